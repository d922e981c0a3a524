"""Attack paths to an administrator of a subscription, where tenants differ."""

import pytest
from clew.collectors.azure.subscriptions import Subscription
from clew.collectors.azure.subscriptions import Tenant as AzureTenant
from clew.graph.model import Location, MissingReason
from support.judging import Estate, verdicts
from support.tenant import TENANT, SmallTenant

UNSCANNED = "0b0b0b0b-1111-4222-8333-444455556666"
OURS, THEIRS = (f"{number}1111111-2222-3333-4444-555555555555" for number in (1, 2))


def subscription(account: str, tenant: str) -> list[Subscription | AzureTenant]:
    return [
        Subscription.load(
            {"displayName": f"of {tenant[:8]}", "subscriptionId": account},
            Location(account),
            id=f"/subscriptions/{account}",
            tenant=f"/tenants/{tenant}",
        ),
        AzureTenant.load(
            {"displayName": tenant, "tenantId": tenant},
            Location(account),
            id=f"/tenants/{tenant}",
            account=tenant,
            directory=f"//graph.microsoft.com/tenants/{tenant}",
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "unread", "expected"),
    [
        ("Member", (), "PASS"),
        ("Guest", (), "FAIL"),
        ("Member", ("EntraUser",), ("MANUAL", MissingReason.UNREADABLE)),
    ],
)
def test_a_guest_who_administers_the_tenant_administers_its_subscriptions(
    kind: str, unread: tuple[str, ...], expected: object
) -> None:
    directory = SmallTenant()
    directory.assign("Global Administrator", directory.user("chief", user_type=kind))
    estate = Estate(
        [*directory.resources.values(), *subscription(OURS, TENANT)],
        provider="azure",
        accounts=(OURS,),
        regions=(),
        others={"entra": (TENANT,)},
        directories={OURS: TENANT},
        unread=unread,
    )
    found = verdicts("paths_external_to_subscription_admin", estate)
    assert found == {"of 0a0a0a0a": expected}


@pytest.mark.parametrize(
    "check", ["paths_external_to_subscription_admin", "paths_internet_to_subscription_admin"]
)
def test_a_subscription_of_a_tenant_that_was_not_read_is_left_to_a_person(check: str) -> None:
    """Its principals are unread, though those of another tenant's subscriptions are not."""
    directory = SmallTenant()
    directory.user("somebody")
    estate = Estate(
        [
            *directory.resources.values(),
            *subscription(OURS, TENANT),
            *subscription(THEIRS, UNSCANNED),
        ],
        provider="azure",
        accounts=(OURS, THEIRS),
        regions=(),
        others={"entra": (TENANT,)},
        directories={OURS: TENANT, THEIRS: UNSCANNED},
    )
    assert verdicts(check, estate) == {
        "of 0a0a0a0a": "PASS",
        "of 0b0b0b0b": ("MANUAL", MissingReason.CROSS_ACCOUNT),
    }
