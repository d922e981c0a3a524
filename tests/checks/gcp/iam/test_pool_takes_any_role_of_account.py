"""Pools that take every role of an account of AWS: pool_takes_any_role_of_account."""

import pytest
from clew.collectors.gcp.iam_policies import FederatedPrincipal, PolicyBinding
from clew.collectors.gcp.workload_identity import WorkloadIdentityPool, WorkloadIdentityProvider
from support.gcp_estates import PROJECT, TREE, estate, organization, project, resource
from support.judging import verdicts

CHECK = "pool_takes_any_role_of_account"
POOL = f"//iam.googleapis.com/projects/{PROJECT}/locations/global/workloadIdentityPools/p"
ROLE = "arn:aws:sts::111111111111:assumed-role/r"


def found(member: str, condition: str | None = "", *, account: str = "111111111111") -> object:
    """The verdict on a provider whose pool has an identity that holds a role."""
    attribute, _, value = member.partition("/")
    id_ = f"principalSet://iam.googleapis.com/{POOL.removeprefix('//iam.googleapis.com/')}/{member}"
    who = resource(
        FederatedPrincipal, id_, name=member, pool=POOL, attribute=attribute, value=value
    )
    scope = f"{TREE}projects/{PROJECT}"
    binding = resource(
        PolicyBinding,
        f"{scope}/iamPolicyBindings/b",
        name="roles/viewer",
        scope=scope,
        members=[id_],
        principals=[id_],
        condition="",
    )
    pool = resource(WorkloadIdentityPool, POOL, name="p", disabled=False)
    provider = resource(
        WorkloadIdentityProvider,
        f"{POOL}/providers/aws",
        name="aws",
        pool=POOL,
        aws_account=account,
        attribute_condition=condition,
        attribute_mapping=[],
        disabled=False,
        state="ACTIVE",
    )
    everything = (organization(), project(PROJECT), pool, provider, who, binding)
    return verdicts(CHECK, estate(*everything))


@pytest.mark.parametrize(
    ("member", "condition", "expected"),
    [
        ("*", "", "FAIL"),
        (f"attribute.aws_role/{ROLE}", "", "PASS"),
    ],
)
def test_all_roles_come_in_by_the_whole_pool(member: str, condition: str, expected: str) -> None:
    assert found(member, condition) == {"aws": expected}


@pytest.mark.parametrize("condition", ["assertion.arn.startsWith('arn:x')", None])
def test_a_condition_on_the_caller_is_left_to_a_person(condition: str | None) -> None:
    (told,) = found("*", condition).values()  # type: ignore[attr-defined]
    assert told == ("MANUAL", "UNREADABLE_FIELD")


def test_other_providers_get_no_verdict() -> None:
    assert found("*", account="") == {}
