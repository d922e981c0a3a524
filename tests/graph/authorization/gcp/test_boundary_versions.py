"""What access boundaries limit depends on their version; what is not known stays open."""

import pytest
from clew.graph.authorization.gcp.boundary_versions import LATEST, limits, version
from clew.graph.logic import Truth
from hypothesis import given
from hypothesis import strategies as st
from support.gcp_worlds import IAM, TREE, GCPWorld

KEYS, QUERY, READ = "iam.serviceAccountKeys.create", "bigquery.jobs.create", "storage.objects.get"
UNLISTED = "compute.instances.setMetadata"
ASKED = (KEYS, QUERY, READ, UNLISTED, "iam.serviceAccounts.getCertificateAs", "iam.roles.update")
HOME, OTHER = f"{TREE}projects/p", f"{TREE}projects/q"


@pytest.mark.parametrize(
    ("number", "asked", "expected"),
    [
        ("1", READ, True),
        ("1", "storage.objects.list", False),
        ("2", "storage.objects.list", True),
        ("1", QUERY, True),
        ("1", "bigquery.tables.getData", False),
        ("2", "bigquery.tables.getData", True),
        ("2", KEYS, False),
        ("2", "resourcemanager.projects.setIamPolicy", True),
        ("2", "resourcemanager.projects.createPolicyBinding", False),
        ("1", "run.jobs.run", True),
        ("1", "run.jobs.update", False),
        ("1", "pubsub.topics.publish", True),
        ("1", "pubsub.topics.setIamPolicy", False),
        ("3", "pubsub.topics.setIamPolicy", True),
        ("3", "cloudkms.cryptoKeys.setIamPolicy", False),
        ("4", "cloudkms.cryptoKeys.setIamPolicy", True),
        ("3", "secretmanager.versions.access", False),
        ("4", "secretmanager.versions.access", True),
        ("4", "iam.workloadIdentityPoolProviders.update", True),
        ("4", UNLISTED, False),
        ("3", KEYS, True),
        ("3", QUERY, True),
        ("latest", KEYS, True),
        ("latest", UNLISTED, None),
        (None, READ, True),
        (None, KEYS, None),
        ("", KEYS, None),
        ("0", KEYS, None),
        ("12", KEYS, True),
        ("12", UNLISTED, None),
        ("3", "iam.serviceAccounts.getCertificateAs", False),
        ("3", "iam.workloadIdentityPools.create", False),
    ],
)
def test_a_version_limits_what_is_listed_for_it(
    number: str | None, asked: str, expected: Truth
) -> None:
    assert limits(version(number), asked) is expected


@given(st.none() | st.text(max_size=4))
def test_any_text_is_a_version(text: str | None) -> None:
    number = version(text)
    assert number is None or number > 0
    assert limits(number, READ) is True


@given(st.integers(1, 9), st.sampled_from(ASKED))
def test_a_later_version_limits_what_an_earlier_one_does(number: int, asked: str) -> None:
    assert not limits(number, asked) or limits(number + 1, asked)
    assert limits(number, asked) is not None or number >= LATEST


@pytest.mark.parametrize(
    ("versions", "decided"),
    [
        (["1"], "ALLOWED"),
        (["1", "2"], "ALLOWED"),
        (["3"], "EXPLICITLY_DENIED"),
        (["3", "latest"], "EXPLICITLY_DENIED"),
        (["3", "1"], "CONDITIONAL"),
        ([None], "CONDITIONAL"),
    ],
)
def test_what_every_boundary_of_a_principal_limits_is_stopped(
    versions: list[str | None], decided: str
) -> None:
    world = GCPWorld()
    world.scope("organizations/o", name="example.com", customer_id="C1")
    world.scope("projects/p", "organizations/o")
    world.scope("projects/q", "organizations/o")
    ann = world.principal("user:ann@example.com")
    world.grant([ann], [KEYS], HOME)
    world.grant([ann], [KEYS], OTHER)
    for each in versions:
        world.boundary([OTHER], f"{IAM}locations/global/workspace/C1", version=each)
    assert world.decision(ann, KEYS, HOME) == decided
    assert world.decision(ann, KEYS, OTHER) == "ALLOWED"
