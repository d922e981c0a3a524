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


EMPTY: dict[str, Any] = {
    "UserDetailList": [],
    "GroupDetailList": [],
    "RoleDetailList": [],
    "Policies": [],
}


def statuses(document: object) -> dict[str, Status]:
    return {read.label: read.status for read in collect(accounts_of(document), {}, {}).reads}


def test_an_answer_with_all_of_its_lists_is_whole() -> None:
    found = collect(accounts_of({ACCOUNT: EMPTY}), {}, {})

    assert {read.status for read in found.reads} == {Status.OK}
    assert {record.status for record in found.coverage} == {Status.OK}


@pytest.mark.parametrize("absent", sorted(EMPTY))
def test_a_list_that_is_missing_is_not_empty(absent: str) -> None:
    answer = {name: value for name, value in EMPTY.items() if name != absent}
    found = collect(accounts_of({ACCOUNT: answer}), {}, {})
    labels = {
        "UserDetailList": {"AWSUser", "AWSInlinePolicy"},
        "GroupDetailList": {"AWSGroup", "AWSInlinePolicy"},
        "RoleDetailList": {"AWSRole", "AWSInlinePolicy", "AWSServicePrincipal", "AWSEveryone"},
        "Policies": {"AWSPolicy"},
    }

    assert {r.label for r in found.reads if r.status != Status.OK} == labels[absent]
    assert [(r.status, r.code) for r in found.coverage] == [(Status.ERROR, "ListMissing")]
    assert absent in found.coverage[0].message


@pytest.mark.parametrize(
    ("pages", "is_whole"),
    [
        ([{"IsTruncated": True, "Marker": "a"}], False),
        ([{"NextToken": "a"}], False),
        ([{"IsTruncated": "true"}], False),
        ([{"IsTruncated": True, "Marker": "a"}, {"IsTruncated": True, "Marker": "b"}], False),
        ([{"IsTruncated": True, "Marker": "a"}, {"IsTruncated": False}], True),
        ([{"IsTruncated": False}, {"IsTruncated": True, "Marker": "a"}], True),
        ([{"IsTruncated": False, "Marker": None, "NextToken": ""}], True),
    ],
)
def test_what_is_truncated_is_not_whole(pages: list[dict[str, Any]], is_whole: bool) -> None:
    found = collect(accounts_of({ACCOUNT: [EMPTY | page for page in pages]}), {}, {})
    wrong = {read.label for read in found.reads if read.status != Status.OK}

    assert wrong == (set() if is_whole else {r.label for r in found.reads} - {"AWSAccount"})
    assert found.coverage[0].code == ("" if is_whole else "Truncated")


def attached(value: object) -> dict[str, Any]:
    return {"AttachedManagedPolicies": value}


@pytest.mark.parametrize(
    ("more", "place", "fields"),
    [
        (attached(""), ".AttachedManagedPolicies is not a list", ["attached_policies"]),
        (attached(None), ".AttachedManagedPolicies is not a list", ["attached_policies"]),
        (attached([3]), "Policies[0] is not an object", ["attached_policies"]),
        (attached([{}]), "Policies[0] has no PolicyArn", ["attached_policies"]),
        (attached([{"PolicyArn": None}]), "[0].PolicyArn is not text", ["attached_policies"]),
        ({"RolePolicyList": [{"PolicyName": "p"}]}, "has no PolicyDocument", ["inline_policies"]),
        (
            {"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": "{"}]},
            "[0].PolicyDocument is not a policy",
            ["inline_policies"],
        ),
        (
            {"AssumeRolePolicyDocument": None},
            "AssumeRolePolicyDocument is not a policy",
            ["assume_role_policy_document", "trusted_services", "trusted_everyone"],
        ),
        ({"PermissionsBoundary": []}, "Boundary is not an object", ["permissions_boundary"]),
        ({"CreateDate": 7}, "CreateDate is not text", ["create_date"]),
        ({"RoleLastUsed": {"Region": 1}}, "RoleLastUsed.Region", ["last_used_region"]),
        ({"Tags": [{"Key": "k"}]}, "Tags[0] has no Value", ["tags"]),
    ],
)
def test_what_is_not_as_aws_gives_it_is_named_and_unread(
    more: dict[str, Any], place: str, fields: list[str]
) -> None:
    answer = EMPTY | {"RoleDetailList": [role("a", **more)]}
    found = collect(accounts_of(answer), {}, {})
    (made,) = (each for each in found.resources if each.label == "AWSRole")

    assert [getattr(made, name) for name in fields] == [None] * len(fields)
    assert {read.status for read in found.reads} == {Status.OK}
    (record,) = found.coverage
    assert record.status == Status.ERROR
    assert "RoleDetailList[0]." in record.message
    assert place in record.message


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:role/USER",
        "arn:aws:iam::111122223333:user/a",
        "arn:aws:iam::1234:role/a",
        "arn:aws:iam::111122223333:role",
        "arn",
        "",
        7,
        None,
    ],
)
def test_an_entry_without_an_identity_is_left_out(arn: object) -> None:
    answer = EMPTY | {"RoleDetailList": [role("a"), role("b") | {"Arn": arn}]}
    found = collect(accounts_of(answer), {}, {})

    assert len([each for each in found.resources if each.label == "AWSRole"]) == 1
    assert statuses(answer)["AWSRole"] == Status.ERROR
    assert statuses(answer)["AWSUser"] == Status.OK
    assert "RoleDetailList[1]" in found.coverage[0].message


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
        ({"UserDetailList": [{"Arn": "arn:aws:iam::aws:user/U", "UserName": "U"}]}, "[0].Arn"),
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
