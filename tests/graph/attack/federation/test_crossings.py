"""Whose tokens are taken by what, over all clouds."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from clew.graph.attack.aws.external import findings
from clew.graph.attack.aws.identity_center import unread_groups
from clew.graph.attack.federation.match import add_federated_steps
from clew.graph.attack.federation.model import Admission, Picked, TokenClaims, TrustRule
from clew.graph.attack.model import AttackGraph, Node
from clew.graph.attack.search import Search, explain_path
from clew.graph.authorization.aws.environment import AWSEnvironment
from clew.graph.logic import Truth, all_of, any_of
from clew.graph.model import Status
from clew.graph.sets import exactly
from clew.graph.view import GraphView
from hypothesis import given
from hypothesis import strategies as st
from support.federated_clouds import EXCHANGE, GITHUB, TENANT, V1, V2, Clouds, federated

HOST = GITHUB.removeprefix("https://")
EKS = "https://oidc.eks.us-east-1.amazonaws.com/id/EC50"
NUMBER = "116000000000000000000"
MAPPED = [
    "google.subject=assertion.sub",
    "attribute.repository=assertion.repository",
    "attribute.actor=assertion.actor",
]


@pytest.fixture
def clouds() -> Clouds:
    return Clouds()


def trusting(clouds: Clouds, subject: str, name: str = "r", **more: Any) -> None:
    """Adds a role that takes tokens of GitHub."""
    provider = clouds.provider(GITHUB)
    clouds.role(name, federated(provider, StringLike={f"{HOST}:sub": subject}, **more))


# Who is outside.


def test_a_repository_is_the_same_one_in_every_cloud(clouds: Clouds) -> None:
    trusting(clouds, "repo:org/app:*")
    clouds.credential(clouds.application("app"), GITHUB, "repo:org/app:environment:prod")
    pool = clouds.pool("p")
    clouds.pool_provider(pool, issuer=GITHUB, attribute_mapping=MAPPED)
    clouds.identity(pool, "attribute.repository/org/app")
    party = f"org/app of {HOST}"
    assert {(target, truth) for source, target, truth in clouds.taken() if source == party} == {
        ("r", True),
        ("app", True),
        ("attribute.repository/org/app", True),
    }


def test_an_organization_has_its_repositories_too(clouds: Clouds) -> None:
    trusting(clouds, "repo:org/*", "wide")
    trusting(clouds, "repo:org/app:*", "narrow")
    found = clouds.taken()
    assert (f"org of {HOST}", "wide", True) in found
    assert (f"org/app of {HOST}", "narrow", True) in found
    assert (f"org/app of {HOST}", "wide", True) in found


def test_a_pattern_that_another_organization_matches_is_anybodys(clouds: Clouds) -> None:
    pool = clouds.pool("p")
    clouds.pool_provider(
        pool,
        issuer=GITHUB,
        attribute_mapping=MAPPED,
        attribute_condition="assertion.repository.startsWith('org')",
    )
    clouds.identity(pool, "*")
    assert ("Internet", "*", True) in clouds.taken()


@pytest.mark.parametrize(
    ("condition", "member", "expected"),
    [
        ("", "*", True),
        ("", "attribute.actor/ann", False),
        ("", "attribute.repository/org/app", False),
        ("assertion.repository_owner == 'org'", "*", False),
        ("assertion.repository_owner == 'org' || true", "*", True),
        ("assertion.ref == 'refs/heads/main'", "*", True),
        ("assertion.repository_owner_id == '1'", "*", False),
        ("size(assertion.sub) > 3", "*", None),
        (None, "*", None),
    ],
)
def test_everybody_comes_in_where_a_pool_lets_them(
    clouds: Clouds, condition: str | None, member: str, expected: Truth
) -> None:
    pool = clouds.pool("p")
    clouds.pool_provider(
        pool, issuer=GITHUB, attribute_mapping=MAPPED, attribute_condition=condition
    )
    clouds.identity(pool, member)
    found = [truth for source, _, truth in clouds.taken() if source == "Internet"]
    assert found == ([] if expected is False else [expected])


@pytest.mark.parametrize(
    ("is_scanned", "subject", "expected"),
    [
        (True, "app", False),
        (True, None, False),
        (True, "somebody", True),
        (False, "app", True),
        (False, None, True),
    ],
)
def test_a_scanned_tenant_is_nobody_outside_where_it_is_known_whom_a_role_means(
    clouds: Clouds, is_scanned: bool, subject: str | None, expected: bool
) -> None:
    if not is_scanned:
        clouds.tenant_listings = {}
    assert tenant_comes_in(clouds, subject) is expected


@pytest.mark.parametrize("label", ["EntraServicePrincipal", "EntraUser"])
@pytest.mark.parametrize("subject", [None, "app", "somebody"])
@pytest.mark.parametrize("is_begun", [True, False])
def test_a_tenant_whose_principals_are_unread_leaves_open_who_comes_in(
    clouds: Clouds, label: str, subject: str | None, is_begun: bool
) -> None:
    clouds.tenant_listings[label] = Status.DENIED
    if not is_begun:
        del clouds.tenant_listings[label]
    assert tenant_comes_in(clouds, subject) is None


def tenant_comes_in(clouds: Clouds, subject: str | None) -> Truth:
    """Whether anybody with a token of the tenant, or who is meant by it, is outside."""
    clouds.application("app")
    issuer = V2.removeprefix("https://")
    asked = {f"{issuer}:aud": "client-of-app"} | ({f"{issuer}:sub": subject} if subject else {})
    provider = clouds.provider(V2, ["client-of-app"])
    clouds.role("r", federated(provider, StringEquals=asked))
    found = findings(AWSEnvironment(*clouds.view()))
    known = [each.is_certain for each in found if each.source.name == issuer]
    return any_of(True if each else None for each in known)


AKS = "https://westeurope.oic.prod-aks.azure.com/t/0a/"


@pytest.mark.parametrize("issuer", [AKS, None, ""])
@pytest.mark.parametrize("trusted", [AKS, EKS])
def test_a_cluster_of_azure_whose_issuer_is_unread_may_be_any_of_its_kind(
    clouds: Clouds, issuer: str | None, trusted: str
) -> None:
    clouds.node("k8s", "AzureKubernetesCluster", "s", oidc_issuer=issuer)
    clouds.credential(clouds.application("app"), trusted, "system:serviceaccount:a:b")
    found = {(name == "k8s", truth) for name, _, truth in clouds.taken()}
    if trusted == EKS or issuer == "":
        assert found == {(False, True)}
    else:
        assert found == ({(True, True)} if issuer else {(True, None), (False, None)})


def eks(clouds: Clouds, issuer: str | None, region: str = "us-east-1") -> None:
    arn = f"arn:aws:eks:{region}:{clouds.iam.account}:cluster/c"
    fields = {"name": "c", "region": region, "oidc_issuer": issuer}
    clouds.node(arn, "AWSEKSCluster", clouds.iam.account, **fields)


@pytest.mark.parametrize("issuer", [EKS, None, ""])
def test_a_cluster_whose_issuer_is_unread_may_be_any_of_its_region(
    clouds: Clouds, issuer: str | None
) -> None:
    eks(clouds, issuer)
    clouds.credential(clouds.application("app"), EKS, "system:serviceaccount:a:b")
    party = f"system:serviceaccount:a:b of {EKS.removeprefix('https://')}"
    assert (
        clouds.taken()
        == {
            EKS: {("c", "app", True)},
            None: {("c", "app", None), (party, "app", None)},
            "": {(party, "app", True)},
        }[issuer]
    )


def test_a_cluster_of_another_region_has_no_tokens_of_an_issuer(clouds: Clouds) -> None:
    eks(clouds, None, "eu-west-1")
    clouds.credential(clouds.application("app"), EKS, "system:serviceaccount:a:b")
    (only,) = clouds.taken()
    assert (only[0].startswith("system:"), only[1:]) == (True, ("app", True))


def test_applications_that_are_unread_leave_open_whom_tokens_are_for(clouds: Clouds) -> None:
    issuer = V2.removeprefix("https://")
    clouds.service_principal("app")
    provider = clouds.provider(V2, ["client-of-app"])
    clouds.role("r", federated(provider, StringEquals={f"{issuer}:sub": "app"}))
    assert ("app", "r") not in {each[:2] for each in clouds.taken()}
    clouds.tenant_listings["EntraApplication"] = Status.DENIED
    assert ("app", "r", None) in clouds.taken()


def test_a_pool_that_was_not_read_leaves_open_who_comes_in(clouds: Clouds) -> None:
    pool = clouds.node(
        "//iam.googleapis.com/projects/q/locations/global/workloadIdentityPools/p",
        "GCPWorkloadIdentityPool",
        "q",
        missing="CROSS_ACCOUNT",
    )
    clouds.identity(pool, "*")
    ((_, target, truth),) = clouds.taken()
    assert (target, truth) == ("*", None)


@pytest.mark.parametrize("off", ["disabled", "state"])
def test_a_provider_that_is_off_takes_nothing(clouds: Clouds, off: str) -> None:
    pool = clouds.pool("p")
    value: Any = {"disabled": True, "state": "DELETED"}[off]
    clouds.pool_provider(pool, issuer=GITHUB, **{off: value})
    clouds.identity(pool, "*")
    assert clouds.taken() == set()


# From one cloud into another.


def test_a_service_account_of_google_assumes_a_role(clouds: Clouds) -> None:
    clouds.service_account("a", NUMBER)
    clouds.service_account("b", "1")
    asked = {"accounts.google.com:sub": NUMBER, "accounts.google.com:oaud": "mine"}
    clouds.role("r", federated("accounts.google.com", StringEquals=asked))
    assert clouds.taken() == {("a", "r", True)}


def test_an_account_that_was_not_scanned_is_outside(clouds: Clouds) -> None:
    asked = {"accounts.google.com:sub": NUMBER, "accounts.google.com:aud": NUMBER}
    clouds.role("r", federated("accounts.google.com", StringEquals=asked))
    assert clouds.taken() == {(f"{NUMBER} of accounts.google.com", "r", True)}


@pytest.mark.parametrize(
    ("version", "issuer", "audience", "expected"),
    [
        (1, V1, "api://aws", True),
        (1, V2, "api://aws", False),
        (2, V2, "client-of-api", True),
        (2, V1, "client-of-api", False),
        (None, V1, "api://aws", None),
        (1, V1, "api://other", False),
    ],
)
def test_a_service_principal_assumes_a_role_by_a_token_for_an_api(
    clouds: Clouds, version: int | None, issuer: str, audience: str, expected: Truth
) -> None:
    clouds.application("api", identifier_uris=["api://aws"], access_token_version=version)
    clouds.service_principal("app")
    provider = clouds.provider(issuer, [audience])
    host = issuer.removeprefix("https://")
    clouds.role("r", federated(provider, StringEquals={f"{host}:sub": "app"}))
    found = {truth for source, _, truth in clouds.taken() if source == "app"}
    assert found == (set() if expected is False else {expected})


def test_a_managed_identity_is_the_credential_of_an_application(clouds: Clouds) -> None:
    clouds.service_principal("managed", service_principal_type="ManagedIdentity")
    clouds.credential(clouds.application("app"), V2, "managed")
    assert clouds.taken() == {("managed", "app", True)}


@pytest.mark.parametrize(
    ("subject", "audience", "expected"),
    [
        ("system:serviceaccount:ns:sa", EXCHANGE, True),
        ("system:serviceaccount:ns:sa", "elsewhere", True),
        ("system:node:ns", EXCHANGE, False),
    ],
)
def test_who_controls_a_cluster_has_the_tokens_of_its_accounts(
    clouds: Clouds, subject: str, audience: str, expected: bool
) -> None:
    issuer = f"https://eastus.oic.prod-aks.azure.com/{TENANT}/G/"
    clouds.node("k8s", "AzureKubernetesCluster", "s", oidc_issuer=issuer)
    clouds.credential(clouds.application("app"), issuer, subject, audience)
    assert (("k8s", "app", True) in clouds.taken()) is expected


def test_entra_compares_issuers_as_they_stand(clouds: Clouds) -> None:
    issuer = f"https://eastus.oic.prod-aks.azure.com/{TENANT}/G/"
    clouds.node("k8s", "AzureKubernetesCluster", "s", oidc_issuer=issuer)
    clouds.credential(clouds.application("app"), issuer[:-1], "system:serviceaccount:ns:sa")
    assert clouds.taken() == set()


def test_an_expression_has_wildcards(clouds: Clouds) -> None:
    expression = "claims['sub'] matches 'repo:org/*:ref:refs/heads/main'"
    clouds.credential(clouds.application("app"), GITHUB, "", expression=expression)
    assert clouds.taken() == {(f"org of {HOST}", "app", True)}


@pytest.mark.parametrize(
    ("mapping", "member", "expected"),
    [
        ([], "attribute.aws_role/arn:aws:sts::111111111111:assumed-role/r", True),
        ([], "attribute.aws_role/arn:aws:sts::111111111111:assumed-role/r2", False),
        ([], "attribute.aws_role/arn:aws:sts::222222222222:assumed-role/r", False),
        (["google.subject=assertion.arn"], "*", True),
        (["google.subject=assertion.arn"], "attribute.aws_role/r", False),
        (["attribute.aws_role=assertion.arn.extract('x')"], "attribute.aws_role/r", None),
    ],
)
def test_a_role_becomes_an_identity_of_a_pool_for_its_account(
    clouds: Clouds, mapping: Sequence[str], member: str, expected: Truth
) -> None:
    clouds.role("r")
    pool = clouds.pool("p")
    clouds.pool_provider(pool, aws_account="111111111111", attribute_mapping=list(mapping))
    clouds.identity(pool, member)
    found = [truth for source, _, truth in clouds.taken() if source == "r"]
    assert found == ([] if expected is False else [expected])


@pytest.mark.parametrize("members", [["ann"], None])
def test_users_of_a_tenant_are_people_of_a_workforce_pool(
    clouds: Clouds, members: list[str] | None
) -> None:
    group = clouds.node("//g/admins", "EntraGroup", TENANT, name="admins", members=["nested"])
    nested = clouds.node("//g/nested", "EntraGroup", TENANT, name="nested", members=members)
    ann, _ = clouds.user("ann"), clouds.user("ben")
    clouds.edge(nested, "MEMBER_OF", group, "members")
    clouds.edge(ann, "MEMBER_OF", nested, "members")
    pool = clouds.node(
        "//iam.googleapis.com/locations/global/workforcePools/w", "GCPWorkforcePool", "o"
    )
    provider = clouds.node(
        f"{pool}/providers/entra",
        "GCPWorkforceProvider",
        "o",
        issuer=V2,
        client_id="gcp",
        attribute_mapping=["google.subject=assertion.oid", "google.groups=assertion.groups"],
        attribute_condition="",
        disabled=False,
    )
    clouds.edge(provider, "PART_OF", pool, "pool")
    clouds.identity(pool, "subject/ben")
    clouds.identity(pool, "group/admins")
    found = {(source, target) for source, target, _ in clouds.taken()}
    assert {("ben", "subject/ben"), ("ann", "group/admins")} <= found
    assert ("ann", "subject/ben") not in found
    assert (("ben", "group/admins") in found) is (members is None)


@pytest.mark.parametrize(
    ("ids", "issuers", "expected"),
    [
        (["ann"], ["scim"], True),
        (["other"], ["scim"], False),
        (None, ["scim"], None),
        ([], [], False),
    ],
)
def test_users_of_identity_center_are_those_of_the_tenant(
    clouds: Clouds, ids: list[str] | None, issuers: list[str], expected: Truth
) -> None:
    clouds.user("ann")
    role = clouds.role("r")
    user = clouds.node(
        "arn:aws:identitystore:::user/u",
        "AWSSSOUser",
        "111111111111",
        name="Ann@clew.example",
        external_ids=ids,
        external_issuers=issuers,
        user_status="ENABLED",
    )
    assignment = clouds.node("assignment", "AWSSSOAccountAssignment", "111111111111")
    clouds.edge(assignment, "GRANTED_TO", user, "user")
    clouds.edge(assignment, "GRANTS_ON", role, "role")
    found = clouds.taken()
    assert ("Ann@clew.example", "r", True) in found
    sent = [truth for source, target, truth in found if source == "ann"]
    assert sent == ([] if expected is False else [expected])


@pytest.mark.parametrize("members", [[], None])
def test_a_group_of_identity_center_whose_members_are_unread_is_a_gap(
    clouds: Clouds, members: list[str] | None
) -> None:
    group = clouds.node("group", "AWSSSOGroup", clouds.iam.account, name="ops", members=members)
    clouds.node("other", "AWSSSOGroup", clouds.iam.account, name="roleless", members=None)
    assignment = clouds.node("assignment", "AWSSSOAccountAssignment", clouds.iam.account)
    clouds.edge(assignment, "GRANTED_TO", group, "group")
    found = [gap.message for gap in unread_groups(GraphView(clouds.graph))]
    said = ["Who is in ops of IAM Identity Center could not be read."]
    assert found == (said if members is None else [])


def test_who_has_an_app_role_asserts_the_role_of_aws_that_it_names(clouds: Clouds) -> None:
    provider = clouds.saml_provider("entra")
    statement = {**federated(provider), "Action": "sts:AssumeRoleWithSAML"}
    asked = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    role = clouds.role("r", {**statement, "Condition": asked})
    clouds.role("other", statement)
    ann = clouds.user("ann")
    given_to = clouds.node(
        "assigned", "EntraAppRoleAssignment", TENANT, app_role=f"{role},{provider}"
    )
    clouds.edge(given_to, "GRANTED_TO", ann, "principal")
    assert clouds.taken() == {("ann", "r", None)}


# Paths.


def test_a_path_crosses_as_often_as_it_must(clouds: Clouds) -> None:
    """A repository, an application, a role of AWS, an identity of Google Cloud."""
    clouds.application("api", identifier_uris=["api://aws"], access_token_version=1)
    application = clouds.application("app")
    clouds.credential(application, GITHUB, "repo:org/app:ref:refs/heads/main")
    host = V1.removeprefix("https://")
    provider = clouds.provider(V1, ["api://aws"])
    clouds.role("r", federated(provider, StringEquals={f"{host}:sub": "app"}))
    pool = clouds.pool("p")
    clouds.pool_provider(pool, aws_account=clouds.iam.account, attribute_mapping=[])
    member = f"attribute.aws_role/arn:aws:sts::{clouds.iam.account}:assumed-role/r"
    identity = clouds.identity(pool, member)
    graph = clouds.attack_graph()
    source = next(n for n, node in enumerate(graph.nodes) if node.name.startswith("org/app"))
    assert graph.external >> source & 1
    search = Search(graph, exactly(1 << graph.number[identity, ""]))
    (path,) = (explain_path(graph, each) for each in search.paths(source))
    assert [hop.target.rpartition("/")[2] for hop in path.hops] == ["app", "r", "r"]
    assert not path.conditional


# Of any estates: a chain of federation equals its links.

NAMES = "abcde"


def _rule(name: str, subject: str, audience: str, issuer: str) -> TrustRule:
    def admits(token: TokenClaims) -> Admission:
        return Admission(all_of((token.says("sub", subject), token.says("aud", audience))))

    return TrustRule(Node(name, "Any", name, ""), issuer, "t", "CAN_ASSUME", 1, admits)


links = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from("xy")), max_size=8
)
audiences = st.fixed_dictionaries({name: st.sampled_from(["x", "y", "?", "*"]) for name in NAMES})


def _token(name: str, audience: str) -> TokenClaims:
    said: dict[str, Any] = {"?": None, "*": Picked(("{any}",))}
    return TokenClaims("https://i", {"sub": (name,), "aud": said.get(audience, (audience,))})


@given(links, audiences)
def test_a_chain_of_federation_equals_its_links(
    chain: list[tuple[str, str, str]], of_tokens: dict[str, str]
) -> None:
    graph = AttackGraph()
    tokens = [(Node(each, "Any", each, ""), _token(each, of_tokens[each])) for each in NAMES]
    rules = [_rule(to, who, audience, "https://i") for who, to, audience in chain]
    add_federated_steps(graph, tokens, rules)
    direct: dict[tuple[str, str], Truth] = {}
    for who, to, audience in chain:
        said = _token(who, of_tokens[who]).says("aud", audience)
        if said is not False and who != to and direct.get((who, to)) is not True:
            direct[who, to] = said
    assert {
        (graph.nodes[source].id, graph.nodes[target].id): step.reached.holds(target)
        for step in graph.steps
        for source, target in _pairs(step.sources, step.reached.possible)
    } == direct
    for start, end in itertools.permutations(NAMES, 2):
        if (start, "") not in graph.number or (end, "") not in graph.number:
            continue
        search = Search(graph, exactly(1 << graph.number[end, ""]))
        found = [explain_path(graph, each) for each in search.paths(graph.number[start, ""])]
        reached = _closure(direct, start)
        assert bool(found) == (end in reached)
        certain = _closure({pair: truth for pair, truth in direct.items() if truth}, start)
        assert any(not each.conditional for each in found) == (end in certain)


def _pairs(sources: int, targets: int) -> Iterator[tuple[int, int]]:
    for source in range(sources.bit_length()):
        for target in range(targets.bit_length()):
            if sources >> source & 1 and targets >> target & 1:
                yield source, target


def _closure(direct: dict[tuple[str, str], Truth], start: str) -> set[str]:
    reached, ahead = set(), [start]
    while ahead:
        at = ahead.pop()
        new = {to for who, to in direct if who == at} - reached
        reached |= new
        ahead += new
    return reached
