"""An organization's management account takes away what its policies deny in other accounts."""

import json
from collections.abc import Sequence

import pytest
from clew.collectors.aws.organizations import Organization, OrganizationalUnit, OrganizationPolicy
from clew.collectors.aws.s3 import Bucket
from clew.graph.model import Location
from support.audit import blank
from support.identities import ACCOUNT, OTHER, Document, Identities, allow, deny, policy, trust
from support.steps import Steps

pytestmark = pytest.mark.slow

BASE = f"arn:aws:organizations::{OTHER}:policy/imported/service_control_policy"
GUARD, ALLOWS = f"{BASE}/0-1", f"{BASE}/0-0"
UNIT = f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-1"
NO_IAM = policy(deny("iam:*"))


def of(*statements: Document, level: list[Document], **known: object) -> Steps:
    """A role of another account that would administer it but for a control policy, and somebody in
    the management account who may assume it."""
    here, there = Identities(), Identities(OTHER)
    here.user("mallory", allow("sts:AssumeRole"), *statements)
    there.role("boss", allow("*"), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    last = f"{BASE}/0-{len(level) - 1}"
    return Steps.of(
        here,
        there,
        known={last: {"account": ACCOUNT, "target_arns": [UNIT], **known}},
        service_controls={OTHER: [level]},
        listed={OrganizationPolicy.label},
    )


def administers(steps: Steps) -> bool | None:
    """Whether mallory comes to the role without what binds it, for certain."""
    admins = {name for name in steps.admins if name.startswith("boss [")}
    found = [certain for step, certain in steps.taken("CAN_ASSUME").items() if step[2] in admins]
    return max(found, default=None)


DETACH = "organizations:DetachPolicy"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow(DETACH)], True),
        ([allow(DETACH, on=[GUARD, UNIT])], True),
        ([allow(DETACH, on=[GUARD, f"{UNIT}x"])], None),
        ([allow(DETACH, on=UNIT)], None),
        ([allow("organizations:UpdatePolicy", on=GUARD)], True),
        ([allow("organizations:UpdatePolicy", on=ALLOWS)], None),
        ([], None),
    ],
)
def test_what_a_control_policy_denies_is_allowed_once_it_is_gone(
    statements: list[Document], expected: bool | None
) -> None:
    steps = of(*statements, level=[policy(allow("*")), NO_IAM])

    assert administers(steps) is expected
    assert "boss" not in steps.admins


def test_where_it_is_attached_may_not_have_been_read() -> None:
    steps = of(allow(DETACH), level=[policy(allow("*")), NO_IAM], target_arns=None)

    ((step, is_certain),) = steps.taken(source="mallory").items()
    assert not is_certain
    assert f"target_arns of {GUARD} could not be read" in steps.hop(*step).conditions


@pytest.mark.parametrize(
    ("action", "expected"), [(DETACH, None), ("organizations:UpdatePolicy", True)]
)
def test_the_only_policy_of_a_level_stays_and_may_be_rewritten(
    action: str, expected: bool | None
) -> None:
    steps = of(allow(action), level=[policy(allow("s3:*", "sts:*"))])

    assert administers(steps) is expected


DISABLE = "organizations:DisablePolicyType"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        ({"StringEquals": {"organizations:PolicyType": "SERVICE_CONTROL_POLICY"}}, True),
        ({"StringEquals": {"organizations:PolicyType": "RESOURCE_CONTROL_POLICY"}}, None),
    ],
)
@pytest.mark.parametrize("level", [[policy(allow("*")), NO_IAM], [policy(allow("s3:*", "sts:*"))]])
def test_a_type_of_policy_that_is_switched_off_denies_nothing(
    level: list[Document], condition: Document | None, expected: bool | None
) -> None:
    more = {"Condition": condition} if condition else {}
    root = {"account": ACCOUNT, "organization_id": "o-1", "root_id": "r-1"}
    here, there = Identities(), Identities(OTHER)
    on = f"arn:aws:organizations::{ACCOUNT}:root/o-1/r-1"
    here.user("mallory", allow("sts:AssumeRole"), allow(DISABLE, on=on, **more))
    there.role("boss", allow("*"), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    organization = f"arn:aws:organizations::{OTHER}:organization/imported"
    known = {f"{BASE}/0-{place}": {"account": ACCOUNT} for place in range(len(level))}
    steps = Steps.of(
        here,
        there,
        known={organization: root, **known},
        service_controls={OTHER: [level]},
        listed={OrganizationPolicy.label, Organization.label},
    )

    assert administers(steps) is expected


class Tree:
    """A member account in a unit within a unit, and somebody in the management account."""

    organization = f"arn:aws:organizations::{ACCOUNT}:organization/o-1"
    root = f"arn:aws:organizations::{ACCOUNT}:root/o-1/r-1"
    outer = f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-1"
    inner = f"arn:aws:organizations::{ACCOUNT}:ou/o-1/ou-2"
    member = f"arn:aws:organizations::{ACCOUNT}:account/o-1/{OTHER}"

    def __init__(self, *statements: Document, boss: str = "*", **denied_at: Document) -> None:
        """``boss`` is what the member's role is allowed; ``denied_at`` are statements of policies
        at the root, a unit or the account; resource control policies name a principal."""
        self.statements = statements
        self.boss = boss
        self.denied_at = denied_at

    def steps(self, parent: str = inner, buckets: Sequence[Bucket] = ()) -> Steps:
        here, there = Identities(), Identities(OTHER)
        here.user("mallory", allow("sts:AssumeRole", "s3:GetObject"), *self.statements)
        there.role("boss", allow(self.boss), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
        policies = {place: self.policy(place) for place in self.denied_at}
        attached = {place: [each.id] for place, each in policies.items()}
        place = Location(ACCOUNT, "", "aws")
        organization = blank(
            Organization,
            id=self.organization,
            organization_id="o-1",
            root_id="r-1",
            account=ACCOUNT,
            feature_set="ALL",
            enabled_policy_types=["RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY"],
            policies=attached.get("at_root", []),
            management_account=ACCOUNT,
        )
        units = [
            OrganizationalUnit.unread(
                place, id=id_, unit_id=id_[-4:], parent=above, policies=attached.get(at, [])
            )
            for id_, above, at in (
                (self.outer, self.organization, "outer"),
                (self.inner, self.outer, "inner"),
            )
        ]
        known = {
            OTHER: {
                "arn": self.member,
                "parent": parent,
                "organization": self.organization,
                "policies": attached.get("account", []),
                "is_management_account": False,
            },
            ACCOUNT: {"is_management_account": True, "organization": "", "parent": ""},
        }
        return Steps.of(
            here,
            there,
            resources=[organization, *units, *policies.values(), *buckets],
            known=known,
            listed={each.label for each in (Organization, OrganizationalUnit, OrganizationPolicy)}
            | {"AWSAccount", Bucket.label},
        )

    def policy(self, place: str) -> OrganizationPolicy:
        statement = self.denied_at[place]
        kind = "RESOURCE_CONTROL_POLICY" if "Principal" in statement else "SERVICE_CONTROL_POLICY"
        return blank(
            OrganizationPolicy,
            id=f"arn:aws:organizations::{ACCOUNT}:policy/o-1/{kind.lower()}/p-{place}",
            name=place,
            type=kind,
            account=ACCOUNT,
            document=json.dumps(policy(allow("*"), statement)),
            target_arns=[getattr(self, place, self.root if place == "at_root" else self.member)],
        )


MOVE = "organizations:MoveAccount"


@pytest.mark.parametrize(
    ("place", "expected"), [("outer", True), ("inner", True), ("at_root", None), ("account", None)]
)
def test_an_account_that_is_moved_is_not_bound_by_what_its_units_have(
    place: str, expected: bool | None
) -> None:
    steps = Tree(allow(MOVE), **{place: deny("iam:*")}).steps()

    assert administers(steps) is expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ([Tree.member, Tree.inner, Tree.root], True),
        ([Tree.member, Tree.outer, Tree.root], None),
        ([Tree.member, Tree.inner], None),
        ([Tree.inner, Tree.root], None),
    ],
)
def test_to_move_an_account_takes_leave_on_it_and_on_both_places(
    on: list[str], expected: bool | None
) -> None:
    steps = Tree(allow(MOVE, on=on), inner=deny("iam:*")).steps()

    assert administers(steps) is expected


def test_an_account_at_the_root_cannot_be_moved_out_of_a_unit() -> None:
    steps = Tree(allow(MOVE), account=deny("iam:*")).steps(parent=Tree.organization)

    assert not [step for step in steps.taken() if step[1] == "organizations-move-account"]


NOT_FOR_ALL = {"Principal": "*", **deny("s3:*")}
ORPHANED = blank(
    Bucket,
    id="arn:aws:s3:::b",
    name="b",
    account=OTHER,
    kms_key_id="",
    policy=json.dumps(
        policy({**allow("s3:GetObject", on="arn:aws:s3:::b/*"), "Principal": {"AWS": ACCOUNT}})
    ),
)


@pytest.mark.parametrize(
    ("action", "place", "technique"),
    [
        ("organizations:DetachPolicy", "outer", "organizations-detach-resource-policy-oneself"),
        ("organizations:DetachPolicy", "account", "organizations-detach-resource-policy-oneself"),
        ("organizations:DetachPolicy", "at_root", "organizations-detach-resource-policy-oneself"),
        ("organizations:UpdatePolicy", "inner", "organizations-update-resource-policy-oneself"),
        (DISABLE, "at_root", "organizations-disable-resource-policies-oneself"),
        ("organizations:DeletePolicy", "inner", None),
        ("s3:PutBucketPolicy", "inner", None),
    ],
)
def test_what_a_resource_control_policy_denies_is_allowed_once_it_is_gone(
    action: str, place: str, technique: str | None
) -> None:
    steps = Tree(allow(action), **{place: NOT_FOR_ALL}).steps(buckets=[ORPHANED])

    found = [step for step in steps.taken("CAN_ACCESS") if step[0].startswith("mallory")]
    assert [step[0] for step in found if step[0] == "mallory"] == []
    assert bool(found) is (technique is not None)
    if technique:
        gained = [step[1] for step in steps.taken(source="mallory") if step[2] == found[0][0]]
        assert gained == [technique]
        assert steps.taken("CAN_ACCESS")[found[0]] is True
        assert not steps.hop(*found[0]).conditions


@pytest.mark.parametrize(
    ("action", "place", "expected"),
    [
        ("organizations:DetachPolicy", "outer", True),
        ("organizations:UpdatePolicy", "at_root", True),
        (DISABLE, "inner", True),
        (MOVE, "inner", True),
        (MOVE, "at_root", False),
    ],
)
def test_others_too_reach_what_it_denied(action: str, place: str, expected: bool) -> None:
    tree = Tree(allow(action), boss="s3:GetObject", **{place: NOT_FOR_ALL})
    steps = tree.steps(buckets=[ORPHANED])

    found = [step for step in steps.taken("CAN_ACCESS") if step[0].startswith("boss")]
    assert bool(found) is expected
    assert "boss" not in [step[0] for step in found]
