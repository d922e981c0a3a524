"""Techniques over small estates: the exact steps that are there, and those that are not."""

import pytest
from clew.collectors.aws.iam import InstanceProfile
from clew.collectors.aws.lambda_ import Function
from clew.graph.attack.model import StepType
from clew.graph.model import Location
from clew.graph.sets import members
from support.identities import (
    ACCOUNT,
    ADMIN,
    OTHER,
    REGION,
    Identities,
    allow,
    deny,
    policy,
    trust,
)
from support.steps import Steps

LAMBDA, EC2 = "lambda.amazonaws.com", "ec2.amazonaws.com"
HERE = Location(ACCOUNT, REGION, "aws")
CREATE = ("lambda:CreateFunction", "lambda:InvokeFunction")
CREATE_FUNCTION = "lambda-create-function-invoke"


@pytest.fixture
def iam() -> Identities:
    return Identities()


def function(name: str, role: str | None) -> Function:
    raw = {
        "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        "FunctionName": name,
        "PackageType": "Zip",
    }
    return Function.load(raw, HERE, role=role, policy="")


def test_a_role_is_passed_to_a_new_function_if_it_trusts_the_service(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PassRole", *CREATE))
    iam.role("target", trusts=trust(LAMBDA))
    iam.role("of-ec2", trusts=trust(EC2))

    steps = Steps.of(iam)

    assert steps.taken() == {("mallory", CREATE_FUNCTION, "target"): True}
    hop = steps.hop("mallory", CREATE_FUNCTION, "target")
    assert hop.permissions == ("iam:PassRole", *CREATE)
    assert hop.conditions == ()
    assert {(one.policy.rpartition(":")[2], one.index) for one in hop.statements} == {
        ("role/target", 0),
        ("user/mallory/inline_policy/own", 0),
    }


def test_a_role_may_be_passed_to_one_service_only(iam: Identities) -> None:
    for service in (LAMBDA, EC2):
        iam.user(
            f"for-{service.split('.')[0]}",
            allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": service}}),
            allow(*CREATE),
        )
    iam.role("target", trusts=trust(LAMBDA))

    assert Steps.of(iam).taken() == {("for-lambda", CREATE_FUNCTION, "target"): True}


@pytest.mark.parametrize("trusted", [LAMBDA, f"{LAMBDA}.cn", "lambda.cn-north-1.amazonaws.com.cn"])
@pytest.mark.parametrize("passed", [LAMBDA, f"{LAMBDA}.cn", "lambda.*.amazonaws.com.cn"])
def test_a_service_has_other_names_in_china_and_in_regions(trusted: str, passed: str) -> None:
    iam = Identities(partition="aws-cn")
    only = {"StringLike": {"iam:PassedToService": passed}}
    iam.user("mallory", allow("iam:PassRole", Condition=only), allow(*CREATE))
    iam.role("target", trusts=trust(trusted))
    iam.role("of-ec2", trusts=trust(f"{EC2}.cn"))

    assert Steps.of(iam).taken() == {("mallory", CREATE_FUNCTION, "target"): True}


def test_a_wildcard_within_a_segment_names_nobody_elsewhere(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PassRole", on="arn:aws:iam::*get"), allow(*CREATE))
    iam.user("eve", allow("iam:PassRole", on="arn:aws:iam:*:role/t*get"), allow(*CREATE))
    iam.role("target", trusts=trust(LAMBDA))

    assert Steps.of(iam).taken() == {("eve", CREATE_FUNCTION, "target"): True}


def test_only_the_role_that_may_be_passed(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PassRole", on=iam.arn("role", "one")), allow(*CREATE))
    iam.role("one", trusts=trust(LAMBDA))
    iam.role("other", trusts=trust(LAMBDA))

    assert Steps.of(iam).taken() == {("mallory", CREATE_FUNCTION, "one"): True}


def test_all_actions_must_be_allowed_on_one_new_function(iam: Identities) -> None:
    arn = f"arn:aws:lambda:*:{ACCOUNT}:function:"
    for name, invoked in (("together", "dev-hello"), ("apart", "prod-*")):
        iam.user(
            name,
            allow("iam:PassRole"),
            allow("lambda:CreateFunction", on=f"{arn}dev-*"),
            allow("lambda:InvokeFunction", on=f"{arn}{invoked}"),
        )
    iam.role("target", trusts=trust(LAMBDA))

    assert Steps.of(iam).taken() == {("together", CREATE_FUNCTION, "target"): True}


def test_a_boundary_cuts(iam: Identities) -> None:
    boundary = iam.managed("boundary", policy(allow("iam:PassRole", "lambda:CreateFunction")))
    iam.user("mallory", allow("iam:PassRole", *CREATE), boundary=boundary)
    iam.role("target", trusts=trust(LAMBDA))

    assert Steps.of(iam).taken() == {}


def test_a_service_control_policy_cuts(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PassRole", *CREATE))
    iam.role("target", trusts=trust(LAMBDA))
    levels = [[policy(allow("*"))], [policy(allow("*"), deny("lambda:CreateFunction"))]]

    assert Steps.of(iam, service_controls={ACCOUNT: levels}).taken() == {}


def test_an_open_condition_makes_a_step_conditional(iam: Identities) -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    iam.user("mallory", allow("iam:PassRole", Condition=mfa), allow(*CREATE))
    iam.role("target", trusts=trust(LAMBDA))

    steps = Steps.of(iam)

    assert steps.taken() == {("mallory", CREATE_FUNCTION, "target"): False}
    hop = steps.hop("mallory", CREATE_FUNCTION, "target")
    assert hop.conditions == ("iam:PassRole: aws:MultiFactorAuthPresent",)


def test_a_condition_of_the_role_s_trust_counts_too(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PassRole", *CREATE))
    condition = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    iam.role("target", trusts=trust(LAMBDA, condition=condition))

    assert True not in Steps.of(iam).taken().values()


def test_who_shares_an_outcome_shares_a_grant(iam: Identities) -> None:
    for number in range(20):
        iam.user(f"user-{number}", allow("iam:PassRole", *CREATE))
        iam.role(f"role-{number}", trusts=trust(LAMBDA))

    graph = Steps.of(iam).graph

    (grant,) = (each for each in graph.steps if each.technique == CREATE_FUNCTION)
    assert (grant.sources.bit_count(), grant.reached.certain.bit_count()) == (20, 20)


def test_control_of_a_live_resource_leads_over_it_to_its_role(iam: Identities) -> None:
    iam.user("mallory", allow("lambda:UpdateFunctionCode", "lambda:InvokeFunction"))
    role = iam.role("target", allow("*"), trusts=trust(LAMBDA))
    iam.role("idle", allow("*"), trusts=trust(LAMBDA))

    steps = Steps.of(iam, resources=[function("job", role)], listed=["AWSLambda"])

    assert steps.taken()["mallory", "lambda-update-code-invoke", "job"] is True
    assert {target for _, _, target in steps.taken()} == {"job"}
    assert steps.taken(StepType.RUNS_AS) == {("job", "RUNS_AS", "target"): True}


def test_only_the_live_resource_that_may_be_changed(iam: Identities) -> None:
    one = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:one"
    iam.user("mallory", allow("lambda:UpdateFunctionCode", on=one))
    role = iam.role("target", trusts=trust(LAMBDA))
    found = [function("one", role), function("other", role)]

    steps = Steps.of(iam, resources=found, listed=["AWSLambda"])

    assert {target for _, _, target in steps.taken(source="mallory")} == {"one"}


def test_what_was_not_listed_may_be_there(iam: Identities) -> None:
    iam.user("mallory", allow("lambda:UpdateFunctionCode", "lambda:InvokeFunction"))
    iam.role("target", trusts=trust(LAMBDA))
    iam.role("of-ec2", trusts=trust(EC2))

    steps = Steps.of(iam)

    taken = steps.taken(source="mallory")
    assert taken["mallory", "lambda-update-code-invoke", "target"] is False
    assert {target for _, _, target in taken} == {"target"}
    hop = steps.hop("mallory", "lambda-update-code-invoke", "target")
    assert "whether a AWSLambda runs as target could not be read" in hop.conditions
    assert hop.permissions == ("lambda:UpdateFunctionCode", "lambda:InvokeFunction")


def test_what_was_listed_and_is_not_there_is_not_there(iam: Identities) -> None:
    iam.user("mallory", allow("lambda:UpdateFunctionCode", "lambda:InvokeFunction"))
    iam.role("target", trusts=trust(LAMBDA))

    assert Steps.of(iam, listed=["AWSLambda"]).taken() == {}


def test_a_resource_whose_role_was_not_read_may_run_as_any_that_fits(iam: Identities) -> None:
    iam.user("mallory", allow("lambda:UpdateFunctionCode"))
    iam.role("target", trusts=trust(LAMBDA))
    iam.role("of-ec2", trusts=trust(EC2))

    steps = Steps.of(iam, resources=[function("job", None)], listed=["AWSLambda"])

    assert steps.taken(StepType.RUNS_AS) == {("job", "RUNS_AS", "target"): False}
    assert steps.hop("job", "RUNS_AS", "target").conditions == (
        "as which role job runs could not be read",
    )


def test_an_instance_needs_a_profile_that_carries_the_role(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PassRole", "ec2:RunInstances"))
    carried = iam.role("carried", trusts=trust(EC2))
    iam.role("bare", trusts=trust(EC2))
    profile = InstanceProfile(
        id=f"arn:aws:iam::{ACCOUNT}:instance-profile/carried",
        name="carried",
        account=ACCOUNT,
        region="global",
        roles=[carried],
    )

    steps = Steps.of(iam, resources=[profile], listed=["AWSInstanceProfile"])

    taken = steps.taken(source="mallory")
    assert taken["mallory", "ec2-run-instances", "carried"] is True
    assert ("mallory", "ec2-run-instances", "bare") not in taken
    assert steps.hop("mallory", "ec2-run-instances", "carried").evidence == (profile.id,)


def test_immutable_roles_are_not_changed(iam: Identities) -> None:
    iam.user("mallory", allow("iam:UpdateAssumeRolePolicy"))
    iam.role("plain", trusts=trust(EC2))
    iam.role("AWSServiceRoleForX", trusts=trust(EC2), path="/aws-service-role/x.amazonaws.com/")
    iam.role("AWSReservedSSO_X_0123", trusts=trust(EC2), path="/aws-reserved/sso.amazonaws.com/")

    assert Steps.of(iam).taken() == {("mallory", "iam-update-trust", "plain"): True}


def test_policies_of_aws_are_not_rewritten(iam: Identities) -> None:
    theirs = iam.managed("Theirs", policy(allow("iam:CreatePolicyVersion")), owner="aws")
    iam.user("mallory", attached=[theirs])

    assert Steps.of(iam).taken() == {}


@pytest.mark.parametrize(
    ("keys", "techniques"),
    [
        (["1"], {"iam-create-access-key": True, "iam-replace-access-key": True}),
        (["1", "2"], {"iam-replace-access-key": True}),
        (None, {"iam-create-access-key": True, "iam-replace-access-key": True}),
    ],
)
def test_a_user_has_two_access_keys_at_most(
    iam: Identities, keys: list[str] | None, techniques: dict[str, bool]
) -> None:
    iam.user("mallory", allow("iam:CreateAccessKey", "iam:DeleteAccessKey"))
    target = iam.user("target")

    steps = Steps.of(iam, known={target: {"access_key_ids": keys}})

    assert {
        technique: certain
        for (_, technique, reached), certain in steps.taken(source="mallory").items()
        if reached == "target"
    } == techniques


def test_an_unread_field_is_named(iam: Identities) -> None:
    iam.user("mallory", allow("iam:UpdateLoginProfile"))
    iam.user("target")

    hop = Steps.of(iam).hop("mallory", "iam-update-login-profile", "target")

    assert "has_login_profile of target could not be read" in hop.conditions


def test_a_policy_that_one_has_is_rewritten(iam: Identities) -> None:
    own = iam.managed("own", policy(allow("iam:CreatePolicyVersion")))
    iam.managed("nobodys", policy(allow("iam:CreatePolicyVersion")))
    iam.user("mallory", attached=[own])

    steps = Steps.of(iam)

    assert steps.taken() == {("mallory", "iam-create-policy-version", "mallory [any policy]"): True}
    assert own in steps.hop("mallory", "iam-create-policy-version", "mallory [any policy]").evidence


def test_five_versions_are_the_most(iam: Identities) -> None:
    actions = ("iam:CreatePolicyVersion", "iam:DeletePolicyVersion")
    full = iam.managed("full", *[policy(allow(*actions))] * 5)
    iam.user("mallory", attached=[full])

    assert {technique for _, technique, _ in Steps.of(iam).taken()} == {
        "iam-replace-policy-version"
    }


def test_an_older_version_is_put_into_force_with_what_it_says(iam: Identities) -> None:
    own = iam.managed(
        "own",
        ADMIN,
        policy(allow("s3:GetObject")),
        policy(allow("iam:SetDefaultPolicyVersion")),
    )
    iam.user("mallory", attached=[own])

    steps = Steps.of(iam)

    assert steps.taken() == {
        ("mallory", "iam-set-default-policy-version", "mallory [own v1]"): True,
        ("mallory", "iam-set-default-policy-version", "mallory [own v2]"): True,
    }
    assert steps.admins == {"mallory [own v1]": True}


def test_a_version_that_was_not_read_may_say_anything(iam: Identities) -> None:
    own = iam.managed("own", policy(allow("iam:SetDefaultPolicyVersion")))
    iam.user("mallory", attached=[own])

    steps = Steps.of(iam, known={own: {"versions": None}})

    step = ("mallory", "iam-set-default-policy-version", "mallory [own unread version]")
    assert steps.taken()[step] is False
    assert steps.admins["mallory [own unread version]"] is False
    assert steps.hop(*step).conditions == ("versions of own could not be read",)


def test_who_may_put_a_policy_on_itself_stays_under_its_boundary(iam: Identities) -> None:
    boundary = iam.managed("boundary", policy(allow("iam:PutUserPolicy", "iam:PassRole", *CREATE)))
    iam.user("bounded", allow("iam:PutUserPolicy"), boundary=boundary)
    iam.user("free", allow("iam:PutUserPolicy", on=f"arn:aws:iam::{ACCOUNT}:user/free"))
    iam.role("target", allow("s3:GetObject"), trusts=trust(LAMBDA))

    steps = Steps.of(iam)

    own = "iam-put-own-user-policy"
    assert steps.taken(source="bounded") == {
        ("bounded", own, "bounded [any policy]"): True,
    }
    assert steps.taken(source="bounded [any policy]") == {
        ("bounded [any policy]", CREATE_FUNCTION, "target"): True
    }
    assert steps.admins == {"free [any policy]": True}


def test_a_service_control_policy_limits_states_too(iam: Identities) -> None:
    iam.user("mallory", allow("iam:PutUserPolicy"))
    forbidden = deny("iam:Create*", "iam:Update*")
    levels = [[policy(allow("*"), forbidden)]]

    steps = Steps.of(iam, service_controls={ACCOUNT: levels})

    assert ("mallory", "iam-put-own-user-policy", "mallory [any policy]") in steps.taken()
    assert steps.admins == {}


def test_without_its_boundary_a_principal_has_all_that_its_policies_say(iam: Identities) -> None:
    boundary = iam.managed("boundary", policy(allow("iam:DeleteUserPermissionsBoundary")))
    iam.user("mallory", allow("*"), boundary=boundary)

    steps = Steps.of(iam)

    assert steps.taken() == {
        ("mallory", "iam-delete-own-user-boundary", "mallory [unbounded]"): True
    }
    assert steps.admins == {"mallory [unbounded]": True}


def test_a_user_joins_a_group_and_has_both(iam: Identities) -> None:
    iam.user("mallory", allow("iam:AddUserToGroup"), allow("iam:PassRole"))
    iam.group("deployers", allow(*CREATE))
    iam.role("target", trusts=trust(LAMBDA))

    steps = Steps.of(iam)

    joined = "deployers [by mallory]"
    assert steps.taken() == {
        ("mallory", "iam-add-self-to-group", joined): True,
        (joined, CREATE_FUNCTION, "target"): True,
    }


def test_several_groups_are_joined_for_what_they_lend_together(iam: Identities) -> None:
    iam.user("mallory", allow("iam:AddUserToGroup"))
    iam.group("creators", allow(*CREATE))
    iam.group("passers", allow("iam:PassRole"))
    iam.role("target", trusts=trust(LAMBDA))

    taken = Steps.of(iam).taken()

    assert ("mallory", "iam-add-self-to-group", "creators [by mallory]") in taken
    assert ("passers [by mallory, in creators]", CREATE_FUNCTION, "target") in taken


def test_a_group_lends_its_policies_to_its_members(iam: Identities) -> None:
    iam.group("deployers", allow("iam:PassRole", *CREATE))
    iam.user("member", deny("lambda:InvokeFunction"), groups=["deployers"])
    iam.user("other", groups=["deployers"])
    iam.role("target", trusts=trust(LAMBDA))

    assert Steps.of(iam).taken() == {("other", CREATE_FUNCTION, "target"): True}


def test_a_policy_put_on_one_s_own_group_leads_over_the_group(iam: Identities) -> None:
    iam.group("ops", allow("iam:PutGroupPolicy"))
    iam.group("others")
    iam.user("mallory", groups=["ops"])

    steps = Steps.of(iam)

    over = "ops [by mallory, any policy]"
    assert steps.taken() == {("mallory", "iam-put-own-group-policy", over): True}
    assert steps.admins == {over: True}


def test_a_role_that_trusts_a_user_by_name_needs_no_policy_of_the_user(iam: Identities) -> None:
    mallory = iam.user("mallory", allow("iam:PutRolePolicy"))
    iam.role("trusting", trusts=trust(mallory))
    iam.role("strange", trusts=trust(LAMBDA))

    assert ("mallory", "iam-put-role-policy-assume", "trusting [any policy]") in (
        steps := Steps.of(iam).taken()
    )
    assert not any(target.startswith("strange") for _, _, target in steps)


def test_a_new_administrator_is_a_principal_of_its_own(iam: Identities) -> None:
    boundary = iam.managed("boundary", policy(allow("iam:*")))
    actions = ("iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey")
    iam.user("mallory", allow(*actions), boundary=boundary)

    steps = Steps.of(iam)

    technique = "iam-create-user-attach-user-policy-create-access-key"
    assert steps.taken()["mallory", technique, "new [new]"] is True
    assert steps.admins["new [new]"] is True


def test_a_new_administrator_is_one_of_its_maker_s_account(iam: Identities) -> None:
    other = Identities(OTHER)
    for account in (iam, other):
        name = f"in-{account.account}"
        account.user(name, allow("iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"))

    graph = Steps.of(iam, other).graph

    accounts = {
        (graph.nodes[source].account, graph.nodes[target].account)
        for grant in graph.steps
        if grant.type == StepType.CAN_ESCALATE_TO
        for source in members(grant.sources)
        for target in members(grant.reached.certain)
    }
    assert accounts == {(ACCOUNT, ACCOUNT), (OTHER, OTHER)}


def test_an_administrator_takes_no_techniques(iam: Identities) -> None:
    iam.user("root-like", allow("*"))
    iam.role("target", trusts=trust(LAMBDA))

    steps = Steps.of(iam)

    assert steps.taken() == {}
    assert steps.admins == {"root-like": True}


def test_nobody_in_another_account_is_reached_by_a_technique(iam: Identities) -> None:
    other = Identities(OTHER)
    other.role("foreign", trusts=trust(LAMBDA))
    iam.user("mallory", allow("iam:PassRole", "iam:UpdateAssumeRolePolicy", *CREATE))

    assert Steps.of(iam, other).taken() == {}
