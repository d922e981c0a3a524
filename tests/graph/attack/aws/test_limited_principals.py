"""Credentials of a principal that are good for some actions only."""

from typing import Any

import pytest
from clew.collectors.aws.codebuild import Project
from clew.collectors.aws.codecommit import Repository
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.endpoints import PathEndpoints
from clew.graph.attack.search import Search, admin
from clew.graph.sets import members
from support.audit import blank
from support.identities import (
    ACCOUNT,
    REGION,
    Document,
    Identities,
    allow,
    deny,
    graph_of,
    policy,
    trust,
)
from support.steps import Steps

USERS = f"arn:aws:iam::{ACCOUNT}:user/*"
GIT = "limited to codecommit:GitPull, codecommit:GitPush"
CODE = blank(
    Repository,
    id=f"arn:aws:codecommit:{REGION}:{ACCOUNT}:code",
    name="code",
    account=ACCOUNT,
    kms_key_id="",
)
LABELS = {"AWSCodeBuildProject", "AWSCodeCommitRepository", "AWSCodePipeline"}


def build() -> Project:
    return blank(
        Project,
        id=f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/build",
        name="build",
        account=ACCOUNT,
        source_type="CODECOMMIT",
        code_repository="code",
        service_role=f"arn:aws:iam::{ACCOUNT}:role/builder",
    )


def of(*statements: Document, victim: Document | None = None) -> Any:
    iam = Identities()
    iam.user("mallory", *statements)
    iam.user("victim", victim or allow("*"))
    iam.role("builder", allow("*"), trusts=trust("codebuild.amazonaws.com"))
    return graph_of(iam, resources=[CODE, build()], listed=LABELS)


@pytest.mark.parametrize(
    ("action", "technique"),
    [
        ("iam:CreateServiceSpecificCredential", "iam-create-codecommit-credential"),
        ("iam:UploadSSHPublicKey", "iam-upload-ssh-key"),
    ],
)
def test_it_does_what_its_principal_may_of_these_actions_and_nothing_else(
    action: str, technique: str
) -> None:
    steps = Steps(attack_graph(*of(allow(action, on=USERS))))

    held = f"victim [{GIT}]"
    assert steps.taken(source="mallory")["mallory", technique, held] is True
    assert steps.taken("CAN_ACCESS", held) == {(held, "CAN_ACCESS", "code"): True}
    # Whether a build runs what is pushed no scan can tell.
    assert steps.taken(source=held) == {(held, "codebuild-push-source", "build"): False}
    assert held not in steps.admins
    assert not steps.taken("CAN_ASSUME", held)


def test_what_its_principal_may_not_do_it_cannot_do_either() -> None:
    own = allow("iam:CreateServiceSpecificCredential", on=USERS)
    steps = Steps(attack_graph(*of(own, victim=allow("codecommit:GitPush", "iam:*"))))

    held = f"victim [{GIT}]"
    assert not steps.taken("CAN_ACCESS", held)
    assert [key[1] for key in steps.taken(source=held)] == ["codebuild-push-source"]


@pytest.mark.parametrize("service", ["bedrock", "cassandra", "codecommit", ""])
def test_for_which_service_they_are_made_may_be_limited(service: str) -> None:
    wanted = {"iam:ServiceSpecificCredentialServiceName": f"{service}.amazonaws.com"}
    condition = {"Condition": {"StringEquals": wanted}} if service else {}
    made = allow("iam:CreateServiceSpecificCredential", on=USERS, **condition)
    steps = Steps(attack_graph(*of(made)))

    found = {key[2] for key in steps.taken(source="mallory") if key[2].startswith("victim [")}
    services = {each.partition("limited to ")[2].partition(":")[0] for each in found}
    assert services == ({service} if service else {"bedrock", "cassandra", "codecommit"})


def test_credentials_that_are_reset_must_be_there() -> None:
    own = allow("iam:ResetServiceSpecificCredential", "iam:ListServiceSpecificCredentials")
    graph, reads = of(own)
    victim = graph.nodes[f"arn:aws:iam::{ACCOUNT}:user/victim"]
    step = "mallory", "iam-reset-codecommit-credential", f"victim [{GIT}]"
    for known, expected in (
        (["codecommit.amazonaws.com"], True),
        (["cassandra.amazonaws.com"], None),
        (None, False),
    ):
        victim["service_credentials"] = known
        assert Steps(attack_graph(graph, reads)).taken().get(step) is expected


def test_a_path_to_a_principal_does_not_end_at_credentials_of_it_for_one_service() -> None:
    iam = Identities()
    iam.user("mallory", allow("iam:UploadSSHPublicKey", on=USERS))
    iam.user("victim", allow("*"))
    graph, reads = graph_of(iam, resources=[CODE], listed=LABELS)
    attack = attack_graph(graph, reads)
    ends = PathEndpoints(attack, graph)
    (mallory,) = members(ends.sources("mallory"))

    for target in (ends.target("victim"), admin(attack)):
        assert not [*Search(attack, target).paths(mallory)]
    assert [*Search(attack, ends.target("code")).paths(mallory)]


def test_a_principal_may_be_changed_first_and_then_be_acted_as_for_one_service() -> None:
    changed = allow("iam:PutUserPolicy", "iam:UploadSSHPublicKey", on=f"{USERS[:-1]}victim")
    steps = Steps(attack_graph(*of(changed, victim=allow("s3:ListAllMyBuckets"))))

    held = f"victim [any policy, {GIT}]"
    assert steps.taken("CAN_ACCESS", held) == {(held, "CAN_ACCESS", "code"): True}
    (step,) = (key for key in steps.taken() if key[2] == held)
    assert step[1] == "iam-upload-ssh-key"
    assert held not in steps.admins


def test_a_policy_over_the_account_binds_such_credentials_too() -> None:
    iam = Identities()
    iam.user("mallory", allow("iam:UploadSSHPublicKey", on=USERS))
    iam.user("victim", allow("*"))
    levels = {ACCOUNT: [[policy(allow("*"), deny("codecommit:*"))]]}
    read = graph_of(iam, resources=[CODE, build()], listed=LABELS, service_controls=levels)
    steps = Steps(attack_graph(*read))

    assert not steps.taken("CAN_ACCESS", f"victim [{GIT}]")
