from typing import Any

import pytest
from clew.collectors.entra.conditional_access import ConditionalAccessPolicy
from clew.collectors.entra.devices import (
    CompliancePolicy,
    DeviceManagementSettings,
    ManagedDevice,
)
from support.tenant import TENANT, SmallTenant
from support.tenant_checks import verdicts

CHECK = "entra_conditional_access_policy_mdm_compliant_device_required"
HERE: dict[str, Any] = {"account": TENANT, "region": "global", "name": "it"}


def tenant(**changes: Any) -> SmallTenant:
    """A tenant that asks for a compliant device, but for what is changed."""
    found = SmallTenant()
    known: dict[str, Any] = {
        "state": "enabled",
        "includes_all_users": True,
        "applications": ["All"],
        "controls": ["compliantDevice"],
        "operator": "OR",
        "is_assigned": True,
        "compliance_state": "compliant",
        "secure_by_default": True,
        **changes,
    }

    def add(model: Any, key: str, *fields: str, **more: Any) -> None:
        parts = {key: "1"} if key else {}
        id_ = model.identity.format(account=TENANT, **parts)
        found.add(model(id=id_, **HERE, **parts, **{name: known[name] for name in fields}, **more))

    add(
        ConditionalAccessPolicy,
        "policy_id",
        "state",
        "includes_all_users",
        "applications",
        "controls",
        "operator",
        tenant=found.tenant,
        authentication_strength="",
        users=[],
        groups=[],
        roles=[],
        excluded_users=[],
        excluded_groups=[],
        excluded_roles=[],
        locations=[],
        excluded_locations=[],
    )
    add(CompliancePolicy, "policy_id", "is_assigned")
    add(ManagedDevice, "managed_id", "compliance_state", device="", user="")
    add(DeviceManagementSettings, "", "secure_by_default")
    return found


def verdict(found: SmallTenant, **scan: Any) -> str:
    (status,) = verdicts(CHECK, found, **scan).values()
    return status


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "PASS"),
        ({"state": "disabled"}, "FAIL"),
        ({"includes_all_users": False}, "FAIL"),
        ({"applications": ["one"]}, "FAIL"),
        ({"controls": ["mfa"]}, "FAIL"),
        ({"controls": ["compliantDevice", "mfa"]}, "FAIL"),
        ({"controls": ["compliantDevice", "mfa"], "operator": "AND"}, "PASS"),
        ({"is_assigned": False}, "FAIL"),
        ({"compliance_state": "noncompliant"}, "FAIL"),
        ({"secure_by_default": False}, "FAIL"),
        ({"secure_by_default": None}, "MANUAL"),
    ],
)
def test_all_of_it_is_needed(changes: dict[str, Any], expected: str) -> None:
    assert verdict(tenant(**changes)) == expected


@pytest.mark.parametrize(
    "label",
    [
        "EntraConditionalAccessPolicy",
        "IntuneCompliancePolicy",
        "IntuneManagedDevice",
        "IntuneSettings",
    ],
)
def test_a_tenant_without_the_licence_is_manual(label: str) -> None:
    found = tenant()
    found.resources = {id_: each for id_, each in found.resources.items() if each.label != label}
    assert verdict(found, unread=[label]) == "MANUAL"
