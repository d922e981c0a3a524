"""Saved answers of GetAccountAuthorizationDetails, whatever their form."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from clew.collectors.aws.authorization_details import MalformedAnswerError, accounts_of, collect
from clew.graph.model import Status
from hypothesis import given
from hypothesis import strategies as st

ACCOUNT = "111122223333"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


def role(name: str, account: str = ACCOUNT, **more: Any) -> dict[str, Any]:
    return {
        "Arn": f"arn:aws:iam::{account}:role/team/{name}",
        "RoleName": name,
        "AssumeRolePolicyDocument": TRUST,
        **more,
    }


def ids(document: object, label: str) -> list[str]:
    found = collect(accounts_of(document), {}, {})
    return sorted(each.id for each in found.resources if each.label == label)


@pytest.mark.parametrize(
    "form",
    [
        lambda answer: answer,
        lambda answer: [answer, {"UserDetailList": []}],
        lambda answer: {ACCOUNT: answer},
        lambda answer: {ACCOUNT: [answer]},
    ],
    ids=["an answer", "its pages", "by account", "pages by account"],
)
def test_one_answer_in_every_form(form: Any) -> None:
    answer = {"RoleDetailList": [role("build")]}

    assert ids(form(answer), "AWSRole") == [f"arn:aws:iam::{ACCOUNT}:role/team/build"]


def test_each_entry_belongs_to_the_account_that_its_arn_names() -> None:
    answer = {"RoleDetailList": [role("one"), role("two", "444455556666")]}

    assert list(accounts_of(answer)) == [ACCOUNT, "444455556666"]
    assert len(ids(answer, "AWSRole")) == 2


def test_a_path_that_is_left_out_comes_from_the_arn() -> None:
    (found,) = (
        each
        for each in collect(accounts_of({"RoleDetailList": [role("a")]}), {}, {}).resources
        if each.label == "AWSRole"
    )

    assert found.path == "/team/"  # type: ignore[attr-defined]


def test_percent_encoded_policies_are_decoded() -> None:
    plain = {"RoleDetailList": [role("a")]}
    encoded = {"RoleDetailList": [role("a", AssumeRolePolicyDocument=quote(json.dumps(TRUST)))]}

    assert collect(accounts_of(encoded), {}, {}).resources == (
        collect(accounts_of(plain), {}, {}).resources
    )


def test_instance_profiles_come_with_their_roles_but_are_not_all() -> None:
    profile = {
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/web",
        "InstanceProfileName": "web",
        "Path": "/",
        "Roles": [{"Arn": f"arn:aws:iam::{ACCOUNT}:role/team/web"}],
    }
    document = {"RoleDetailList": [role("web", InstanceProfileList=[profile])]}

    assert ids(document, "AWSInstanceProfile") == [profile["Arn"]]
    reads = collect(accounts_of(document), {}, {}).reads
    assert "AWSInstanceProfile" not in {read.label for read in reads}


def test_credentials_are_unread() -> None:
    user = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "UserName": "ann"}
    found = collect(accounts_of({"UserDetailList": [user]}), {}, {})
    (ann,) = (each for each in found.resources if each.label == "AWSUser")

    assert (ann.access_key_ids, ann.has_login_profile) == (None, None)  # type: ignore[attr-defined]
    assert "AWSAccessKey" not in {read.label for read in found.reads}
    assert {read.status for read in found.reads} == {Status.OK}


def test_levels_of_policies_stand_above_the_account() -> None:
    levels = [[{"Statement": []}], [{"Statement": [{}]}], [{"Statement": []}]]
    found = collect(accounts_of({ACCOUNT: {"UserDetailList": []}}), {ACCOUNT: levels}, {})
    both = collect(accounts_of({ACCOUNT: {"UserDetailList": []}}), *[{ACCOUNT: levels}] * 2)
    (known,) = (each for each in both.resources if each.label == "AWSOrganization")
    assert known.enabled_policy_types == ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]  # type: ignore[attr-defined]
    by_label: dict[str, list[Any]] = {}
    for each in found.resources:
        by_label.setdefault(each.label, []).append(each)
    (root,) = by_label["AWSOrganization"]
    (unit,) = by_label["AWSOrganizationalUnit"]
    (account,) = by_label["AWSAccount"]

    assert (unit.parent, account.parent) == (root.id, unit.id)
    assert root.enabled_policy_types is None
    assert [len(each.policies) for each in (root, unit, account)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "names no account"),
        ({}, "none of UserDetailList"),
        ("text", "none of UserDetailList"),
        ({"RoleDetailList": 1}, "RoleDetailList is not a list"),
        ({"RoleDetailList": [{"Arn": "a"}]}, "RoleDetailList[0] has no RoleName"),
        (
            {"RoleDetailList": [role("a", RolePolicyList=[{"PolicyName": "p"}])]},
            "RoleDetailList[0] (arn:aws:iam::111122223333:role/team/a)",
        ),
        ({ACCOUNT: {"UserDetailList": [3]}}, f"account {ACCOUNT}: UserDetailList[0]"),
        ({"UserDetailList": []}, "names no account"),
    ],
)
def test_what_is_malformed_is_named(document: object, place: str) -> None:
    with pytest.raises(MalformedAnswerError) as error:
        accounts_of(document)

    assert place in str(error.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "RoleDetailList",
                    "UserDetailList",
                    "Policies",
                    "Arn",
                    "RoleName",
                    "UserName",
                    ACCOUNT,
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    try:
        answers = accounts_of(document)
    except MalformedAnswerError:
        return
    collect(answers, {}, {})
