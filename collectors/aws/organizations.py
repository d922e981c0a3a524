"""AWS Organizations: the organization, its accounts and units, and the policies over them."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Document, Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_POLICY_TYPES = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_NO_ORGANIZATION = "AWSOrganizationsNotInUseException"


class Organization(AWSResource):
    """An organization (DescribeOrganization), which is also the root of its units."""

    label = "AWSOrganization"
    identity = "arn:{partition}:organizations::{account}:organization/{organization_id}"
    unique_within = "global"

    id: str = field("ARN.", wire="Arn")
    organization_id: str | None = field("Id.", wire="Id")
    feature_set: str | None = field("ALL, or CONSOLIDATED_BILLING: no policies.")
    management_account: str | None = ref(
        "AWSAccount", by="id", rel="IN_ACCOUNT", wire="MasterAccountId"
    )
    root_id: str | None = field("Id of the root.", call="ListRoots")
    enabled_policy_types: list[str] | None = field(
        "Types of policy that are in force.", call="ListRoots"
    )
    policies: list[str] | None = ref(
        "AWSOrganizationPolicy", by="id", rel="HAS_POLICY", call="ListTargetsForPolicy"
    )
    root_access_features: list[str] | None = field(
        "Central control of the members' root users that is switched on: "
        "RootCredentialsManagement, RootSessions.",
        call="iam:ListOrganizationsFeatures",
    )


class OrganizationalUnit(AWSResource):
    """An organizational unit (ListOrganizationalUnitsForParent)."""

    label = "AWSOrganizationalUnit"
    identity = "arn:{partition}:organizations::{account}:ou/{organization_id}/{unit_id}"
    unique_within = "global"

    id: str = field("ARN.", wire="Arn")
    unit_id: str | None = field("Id.", wire="Id")
    organization_id: str | None = field("Id of the organization.", call="-")
    parent: str | None = ref(("AWSOrganizationalUnit", "AWSOrganization"), by="id", rel="PART_OF")
    policies: list[str] | None = ref(
        "AWSOrganizationPolicy", by="id", rel="HAS_POLICY", call="ListTargetsForPolicy"
    )


class Account(AWSResource):
    """An AWS account: the scanned one, and all that its organization tells it of (ListAccounts)."""

    label = "AWSAccount"
    identity = "{account}"
    unique_within = "global"

    id: str = field("Account number.")
    account_id: str | None = field("Account number.", wire="Id")
    arn: str | None = field("ARN; empty outside of organizations.", call="ListAccounts")
    name: str | None = field("Name.", call="ListAccounts")
    email: str | None = field("Address of the root user.", call="ListAccounts")
    status: str | None = field("ACTIVE, SUSPENDED …", call="ListAccounts")
    joined_method: str | None = field("INVITED or CREATED.", call="ListAccounts")
    joined_timestamp: Timestamp | None = field("When it joined.", call="ListAccounts")
    is_management_account: bool | None = field(
        "Manages its organization, whose policies do not bind it.", call="DescribeOrganization"
    )
    organization: str | None = ref(
        "AWSOrganization", by="id", rel="MEMBER_OF", call="DescribeOrganization"
    )
    parent: str | None = ref(
        ("AWSOrganizationalUnit", "AWSOrganization"),
        by="id",
        rel="PART_OF",
        call="ListAccountsForParent",
    )
    policies: list[str] | None = ref(
        "AWSOrganizationPolicy", by="id", rel="HAS_POLICY", call="ListTargetsForPolicy"
    )


class OrganizationPolicy(AWSResource):
    """A service or resource control policy (ListPolicies)."""

    label = "AWSOrganizationPolicy"
    identity = "arn:{partition}:organizations::{account}:policy{path}{policy_id}"
    unique_within = "global"

    id: str = field("ARN.", wire="Arn")
    policy_id: str | None = field("Id.", wire="Id")
    description: str | None = field("Description.")
    type: str | None = field("SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY.")
    aws_managed: bool | None = field("Belongs to AWS.")
    document: Document | None = field("The policy.", call="DescribePolicy")
    target_ids: list[str] | None = field(
        "Root, units and accounts it is attached to.", call="ListTargetsForPolicy"
    )
    target_arns: list[str] | None = field(
        "ARNs of what it is attached to.", call="ListTargetsForPolicy"
    )


class Organizations(AWSCollector):
    """The organization as far as the scanned account may see it."""

    service = "organizations"
    regional = False
    permissions = (
        "iam:ListOrganizationsFeatures",
        "organizations:DescribeOrganization",
        "organizations:DescribePolicy",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListPolicies",
        "organizations:ListRoots",
        "organizations:ListTargetsForPolicy",
    )

    @lists(
        Organization,
        OrganizationalUnit,
        Account,
        OrganizationPolicy,
        through={OrganizationalUnit: Organization},
    )
    def tree(self, api: AWSApi) -> Iterator[Resource]:
        """The organization from its root to its accounts; always the scanned account itself."""
        own = {"Id": api.here.account}
        answer = api.read("describe_organization", absent=(_NO_ORGANIZATION,), lists=Organization)
        if answer == {}:
            yield Account.load(
                own,
                api.here,
                arn="",
                organization="",
                parent="",
                policies=[],
                is_management_account=False,
            )
            return
        organization = answer and answer["Organization"]
        policies, attached = _policies(api, organization)
        yield from policies
        root = _root(api)
        if organization:
            yield Organization.load(
                organization,
                api.here,
                name=organization["Id"],
                root_id=root and root["Id"],
                enabled_policy_types=root and _enabled(root),
                policies=root and attached.of(root["Id"]),
                root_access_features=_root_access_features(api, organization),
            )
        parents: dict[str, str] = {}
        if organization and root:
            yield from _units(api, root["Id"], organization["Arn"], attached, parents)
        # The scanned account is always known, so what is refused here leaves no gap of its own.
        listed = api.details("list_accounts", "Accounts") or []
        for account in listed if own["Id"] in {each["Id"] for each in listed} else [own, *listed]:
            number = account["Id"]
            yield Account.load(
                account,
                api.here,
                is_management_account=organization and organization["MasterAccountId"] == number,
                organization=organization and organization["Arn"],
                parent=parents.get(number),
                policies=attached.of(number),
            )


class _Attached:
    """Which policies each root, unit and account has, if that could be read of every policy."""

    def __init__(self, policies: list[OrganizationPolicy], whole: bool) -> None:
        self._whole = whole and all(policy.target_ids is not None for policy in policies)
        self._by_target: dict[str, list[str]] = defaultdict(list)
        for policy in policies:
            for target in policy.target_ids or []:
                self._by_target[target].append(policy.id)

    def of(self, target_id: str) -> list[str] | None:
        """The ARNs of a target's policies; None if there may be more."""
        return self._by_target.get(target_id, []) if self._whole else None


def _policies(
    api: AWSApi, organization: dict[str, Any] | None
) -> tuple[list[OrganizationPolicy], _Attached]:
    """The policies, and what they are attached to."""
    billing_only = organization and organization["FeatureSet"] != "ALL"
    types = () if billing_only else _POLICY_TYPES
    listings = [
        api.details("list_policies", "Policies", lists=OrganizationPolicy, Filter=kind)
        for kind in types
    ]

    def detailed(summary: dict[str, Any]) -> OrganizationPolicy:
        policy_id = summary["Id"]
        answer = api.read("describe_policy", PolicyId=policy_id)
        targets = api.details("list_targets_for_policy", "Targets", PolicyId=policy_id)
        return OrganizationPolicy.load(
            summary,
            api.here,
            document=answered(answer, "Policy.Content"),
            target_ids=None if targets is None else [target["TargetId"] for target in targets],
            target_arns=None if targets is None else [target["Arn"] for target in targets],
        )

    summaries = chain.from_iterable(listing or [] for listing in listings)
    policies = list(api.each(detailed, summaries))
    return policies, _Attached(policies, whole=None not in listings)


def _root(api: AWSApi) -> dict[str, Any] | None:
    roots = api.details("list_roots", "Roots", lists=OrganizationalUnit)
    return roots[0] if roots else None


def _enabled(root: dict[str, Any]) -> list[str]:
    return sorted(each["Type"] for each in root["PolicyTypes"] if each["Status"] == "ENABLED")


def _root_access_features(api: AWSApi, organization: dict[str, Any]) -> list[str] | None:
    """What only the management account may ask; without trusted access nothing is switched on."""
    if organization["MasterAccountId"] != api.here.account:
        return None
    answer = api.read(
        "list_organizations_features",
        service="iam",
        absent=("ServiceAccessNotEnabledException",),
    )
    features: list[str] | None = answered(answer, "EnabledFeatures", [])
    return features


def _units(
    api: AWSApi, parent_id: str, parent: str, attached: _Attached, parents: dict[str, str]
) -> Iterator[OrganizationalUnit]:
    """The units below a parent; notes the parent of every account on the way."""
    accounts = api.details("list_accounts_for_parent", "Accounts", ParentId=parent_id)
    parents.update((account["Id"], parent) for account in accounts or [])
    units = api.pages(
        "list_organizational_units_for_parent",
        "OrganizationalUnits",
        lists=OrganizationalUnit,
        ParentId=parent_id,
    )
    for raw in units:
        yield OrganizationalUnit.load(
            raw,
            api.here,
            organization_id=raw["Arn"].split("/")[1],
            parent=parent,
            policies=attached.of(raw["Id"]),
        )
        yield from _units(api, raw["Id"], raw["Arn"], attached, parents)
