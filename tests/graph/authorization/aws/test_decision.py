"""What policies of all kinds decide together."""

from typing import Any

import pytest
from clew.graph.authorization.aws.arns import is_immutable
from clew.graph.authorization.aws.decision import explain
from support.policies import (
    ACCOUNT,
    ALLOWED,
    CONDITIONAL,
    DENIED,
    EXTERNAL,
    FORBIDDEN,
    KEY,
    OBJECT,
    OTHER,
    QUEUE,
    ROLE,
    ROOT,
    SESSION,
    USER,
    allow,
    ask,
    decision,
    deny,
    policy,
)

NOTHING = policy(allow("ec2:Nothing"))
ALL = policy(allow())
TRUST = {"action": "sts:AssumeRole", "resource": f"arn:aws:iam::{ACCOUNT}:role/other"}
USE = {"action": "kms:Decrypt", "resource": KEY}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def to(principal: Any, *actions: str) -> dict[str, Any]:
    """A resource's policy that allows all to somebody."""
    return policy(allow(Principal=principal if principal == "*" else {"AWS": principal}))


class TestWithinAnAccount:
    def test_nothing_allows(self) -> None:
        answer = ask()
        assert (answer.decision, answer.decided_by) == (DENIED, "identity")

    def test_identity_policy_is_enough(self) -> None:
        assert decision(allow("s3:*")) is ALLOWED

    @pytest.mark.parametrize(
        ("named", "principal", "expected"),
        [
            (USER, USER, ALLOWED),
            ("*", USER, ALLOWED),
            (ROLE, ROLE, ALLOWED),
            (ROLE, SESSION, ALLOWED),
            (SESSION, SESSION, ALLOWED),
            ("*", "anonymous", ALLOWED),
            (ACCOUNT, USER, DENIED),
            (ROOT, USER, DENIED),
            (EXTERNAL, USER, DENIED),
        ],
    )
    def test_resource_policy_is_enough_if_it_names_the_principal(
        self, named: str, principal: str, expected: str
    ) -> None:
        assert decision(principal=principal, resource_policy=to(named)) == expected

    def test_either_may_deny(self) -> None:
        assert decision(allow(), deny("s3:GetObject"), resource_policy=to("*")) is FORBIDDEN
        hostile = policy(deny(Principal={"AWS": ACCOUNT}))
        assert decision(allow(), resource_policy=hostile) is FORBIDDEN
        assert decision(allow(), principal=SESSION, resource_policy=hostile) is FORBIDDEN

    def test_root_user_needs_no_policy(self) -> None:
        assert decision(principal=ROOT) is ALLOWED
        assert decision(principal=ROOT, resource_policy=policy(deny(Principal="*"))) is FORBIDDEN
        assert decision(principal=ROOT, scps=[[NOTHING]]) is DENIED

    def test_resource_policy_without_principal_matches_nobody(self) -> None:
        assert decision(resource_policy=ALL) is DENIED
        assert decision(allow(), resource_policy=policy(deny())) is ALLOWED

    def test_resource_policy_may_leave_the_resource_out(self) -> None:
        assert decision(resource_policy=policy(allow(resource=None, Principal="*"))) is ALLOWED


class TestAcrossAccounts:
    def test_both_sides_must_allow(self) -> None:
        case = {"principal": EXTERNAL, "resource": QUEUE, "action": "sqs:SendMessage"}
        for named in (EXTERNAL, OTHER, "*"):
            assert decision(allow(), **case, resource_policy=to(named)) is ALLOWED
            answer = ask(**case, resource_policy=to(named))
            assert (answer.decision, answer.decided_by) == (DENIED, "identity")
        for grant in (None, to(USER), to(ACCOUNT)):
            answer = ask(allow(), **case, resource_policy=grant)
            assert (answer.decision, answer.decided_by) == (DENIED, "resource")

    def test_owner_of_a_resource_without_account(self) -> None:
        assert decision(allow()) is ALLOWED
        assert decision(allow(), resource_account=ACCOUNT) is ALLOWED
        assert decision(allow(), resource_account=OTHER) is DENIED
        assert decision(allow(), resource_account=OTHER, resource_policy=to(USER)) is ALLOWED
        assert decision(resource_account=OTHER, resource_policy=to(USER)) is DENIED

    def test_limits_count_on_the_principals_side(self) -> None:
        case = {"resource_account": OTHER, "resource_policy": to(USER)}
        assert decision(allow(), **case, permissions_boundaries=[NOTHING]) is DENIED
        assert decision(allow(), **case, permissions_boundaries=[ALL]) is ALLOWED
        assert decision(allow(), **case, session_policies=[NOTHING]) is DENIED

    def test_root_user_of_another_account(self) -> None:
        case = {"principal": ROOT, "resource_account": OTHER}
        assert decision(**case) is DENIED
        assert decision(**case, resource_policy=to(ACCOUNT)) is ALLOWED


class TestBoundary:
    def test_limits_identity_policies(self) -> None:
        answer = ask(allow(), permissions_boundaries=[NOTHING])
        assert (answer.decision, answer.decided_by) == (DENIED, "boundary")
        assert decision(allow(), permissions_boundaries=[policy(allow("s3:*"))]) is ALLOWED

    def test_grants_nothing(self) -> None:
        assert decision(permissions_boundaries=[ALL]) is DENIED

    @pytest.mark.parametrize(
        ("named", "principal", "expected"),
        [
            (USER, USER, ALLOWED),
            ("*", USER, ALLOWED),
            ("*", SESSION, ALLOWED),
            ("*", ROLE, ALLOWED),
            (SESSION, SESSION, ALLOWED),
            (ROLE, ROLE, DENIED),
            (ROLE, SESSION, DENIED),
        ],
    )
    def test_implicit_deny_against_a_resource_policy(
        self, named: str, principal: str, expected: str
    ) -> None:
        case: dict[str, Any] = {"principal": principal, "resource_policy": to(named)}
        assert decision(**case, permissions_boundaries=[NOTHING]) == expected
        assert decision(**case, permissions_boundaries=[ALL]) is ALLOWED
        assert decision(**case, permissions_boundaries=[policy(deny())]) is FORBIDDEN

    @pytest.mark.parametrize("principal", [USER, ROLE, SESSION])
    def test_deny_with_not_principal_denies_whoever_has_one(self, principal: str) -> None:
        named = [principal, ROLE, ROOT]
        grant = policy(allow(Principal="*"), deny(NotPrincipal={"AWS": named}))
        assert decision(principal=principal, resource_policy=grant) is ALLOWED
        bounded = decision(
            allow(), principal=principal, resource_policy=grant, permissions_boundaries=[ALL]
        )
        assert bounded is FORBIDDEN


class TestSessionPolicy:
    def test_intersects_with_identity_policies(self) -> None:
        case = {"principal": SESSION}
        answer = ask(allow(), **case, session_policies=[NOTHING])
        assert (answer.decision, answer.decided_by) == (DENIED, "session")
        assert decision(allow(), **case, session_policies=[NOTHING, ALL]) is ALLOWED
        assert decision(**case, session_policies=[ALL]) is DENIED
        assert decision(allow(), **case, session_policies=[policy(deny())]) is FORBIDDEN
        assert decision(allow(), **case, session_policies=[]) is ALLOWED

    @pytest.mark.parametrize("named", [ROLE, "*"])
    def test_limits_what_a_resource_policy_grants_to_the_role(self, named: str) -> None:
        case = {"principal": SESSION, "resource_policy": to(named)}
        assert decision(**case, session_policies=[NOTHING]) is DENIED
        assert decision(**case, session_policies=[ALL]) is ALLOWED

    def test_grant_to_the_session_itself_is_left_open(self) -> None:
        case = {"principal": SESSION, "resource_policy": to(SESSION)}
        answer = ask(**case, session_policies=[NOTHING])
        assert answer.decision is CONDITIONAL
        assert "disagree" in answer.unread[0]
        assert decision(**case, session_policies=[ALL]) is ALLOWED
        assert decision(**case) is ALLOWED


class TestTrustAndKeyPolicies:
    @pytest.mark.parametrize("case", [TRUST, USE])
    def test_must_allow_or_hand_on(self, case: dict[str, str]) -> None:
        assert decision(allow(), **case) is DENIED
        assert decision(allow(), **case, resource_policy=to(EXTERNAL)) is DENIED
        assert decision(allow(), **case, resource_policy=to(ACCOUNT)) is ALLOWED
        assert decision(**case, resource_policy=to(ACCOUNT)) is DENIED
        assert decision(**case, resource_policy=to(USER)) is ALLOWED
        assert decision(**case, resource_policy=to("*")) is ALLOWED
        assert decision(deny(), **case, resource_policy=to(USER)) is FORBIDDEN
        assert decision(**case, principal=ROOT, resource_policy=to(ACCOUNT)) is ALLOWED
        assert decision(**case, principal=ROOT, resource_policy=to(EXTERNAL)) is DENIED

    @pytest.mark.parametrize("case", [TRUST, USE])
    def test_across_accounts(self, case: dict[str, str]) -> None:
        case = {**case, "principal": EXTERNAL}
        assert decision(allow(), **case, resource_policy=to(OTHER)) is ALLOWED
        assert decision(allow(), **case, resource_policy=to(ACCOUNT)) is DENIED
        assert decision(**case, resource_policy=to(EXTERNAL)) is DENIED

    def test_external_id(self) -> None:
        condition = {"StringEquals": {"sts:ExternalId": "secret"}}
        trust = policy(allow("sts:AssumeRole", None, Principal={"AWS": OTHER}, Condition=condition))
        case = {**TRUST, "principal": EXTERNAL, "resource_policy": trust}
        answer = ask(allow(), **case)
        assert (answer.decision, answer.open_keys) == (CONDITIONAL, ("sts:ExternalId",))
        assert decision(allow(), **case, context={"sts:ExternalId": "secret"}) is ALLOWED
        assert decision(allow(), **case, strict=True) is DENIED

    def test_service_may_assume(self) -> None:
        trust = policy(allow("sts:AssumeRole", None, Principal={"Service": "lambda.amazonaws.com"}))
        case = {**TRUST, "resource_policy": trust}
        assert decision(**case, principal={"service": "lambda.amazonaws.com"}) is ALLOWED
        assert decision(**case, principal={"service": "ec2.amazonaws.com"}) is DENIED
        assert decision(allow(), **case) is DENIED

    def test_federated_user_may_assume(self) -> None:
        provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
        condition = {"StringEquals": {"token.example.com:sub": "repo"}}
        trust = policy(
            allow(
                "sts:AssumeRoleWithWebIdentity",
                None,
                Principal={"Federated": provider},
                Condition=condition,
            )
        )
        case = {
            "action": "sts:AssumeRoleWithWebIdentity",
            "resource": ROLE,
            "resource_policy": trust,
        }
        for principal in (provider, {"federated": provider}):
            assert ask(**case, principal=principal).open_keys == ("token.example.com:sub",)
            named = {"token.example.com:sub": "repo"}
            assert decision(**case, principal=principal, context=named) is ALLOWED
            assert decision(**case, principal=principal, strict=True) is DENIED

    def test_nobody_assumes_anonymously(self) -> None:
        assert decision(**TRUST, principal="anonymous", resource_policy=to("*")) is DENIED

    def test_other_actions_on_a_role_need_no_trust(self) -> None:
        assert decision(allow(), action="iam:PassRole", resource=ROLE) is ALLOWED


class TestOrganizations:
    def test_every_level_must_allow(self) -> None:
        assert decision(allow(), scps=[[ALL], [NOTHING, ALL]]) is ALLOWED
        for levels in ([[ALL], [NOTHING]], [[NOTHING], [ALL]], [[ALL], []]):
            answer = ask(allow(), scps=levels)
            assert (answer.decision, answer.decided_by) == (DENIED, "scp")
        assert decision(allow(), scps=[]) is ALLOWED

    def test_deny_at_any_level(self) -> None:
        assert decision(allow(), scps=[[ALL, policy(deny("s3:*"))], [ALL]]) is FORBIDDEN
        assert decision(resource_policy=to(USER), scps=[[policy(deny())]]) is FORBIDDEN

    def test_grants_nothing(self) -> None:
        assert decision(scps=[[ALL]]) is DENIED

    def test_full_language(self) -> None:
        region = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
        limited = [[ALL, policy(deny(NotAction="iam:*", Condition=region))]]
        assert decision(allow(), scps=limited, context={"aws:RequestedRegion": "x"}) is FORBIDDEN
        assert ask(allow(), scps=limited).open_keys == ("aws:RequestedRegion",)
        narrow = [[policy(allow(NotAction="ec2:*", NotResource="arn:aws:s3:::other/*"))]]
        assert decision(allow(), scps=narrow) is ALLOWED
        assert decision(allow(), scps=narrow, resource="arn:aws:s3:::other/x") is DENIED
        assert decision(allow(), scps=[[policy(allow("s3:*Obj*", OBJECT))]]) is ALLOWED

    def test_bind_no_one_else(self) -> None:
        closed = {"scps": [[policy(deny())]], "resource_policy": to("*")}
        assert decision(**closed, principal="anonymous") is ALLOWED
        assert decision(**closed, principal={"service": "logs.amazonaws.com"}) is ALLOWED
        linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/run"
        for who in (linked, session):
            assert decision(allow(), scps=[[policy(deny())]], principal=who) is ALLOWED
            everyone = policy(deny(Principal="*"))
            assert decision(allow(), rcps=[[everyone]], principal=who) is ALLOWED

    def test_rcp_denies(self) -> None:
        outside = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}
        levels = [[policy(deny(Principal="*", Condition=outside))], []]
        inside = {"aws:PrincipalOrgID": "o-1"}
        assert decision(allow(), rcps=levels, context=inside) is ALLOWED
        assert decision(allow(), rcps=levels, strict=True) is FORBIDDEN
        answer = ask(allow(), rcps=levels)
        assert (answer.decision, answer.open_keys) == (CONDITIONAL, ("aws:PrincipalOrgID",))
        everyone = {"rcps": levels, "resource_policy": to("*"), "strict": True}
        assert decision(**everyone, principal="anonymous") is FORBIDDEN
        assert decision(**everyone, principal={"service": "logs.amazonaws.com"}) is FORBIDDEN

    def test_rcp_always_allows_as_well(self) -> None:
        assert decision(allow(), rcps=[[policy(deny("s3:Put*", Principal="*"))]]) is ALLOWED
        assert decision(allow(), rcps=[[]]) is ALLOWED

    def test_rcp_binds_only_some_services(self) -> None:
        levels = [[policy(deny(Principal="*"))]]
        case = {"action": "ec2:RunInstances", "resource": "*", "rcps": levels}
        assert decision(allow(), **case) is ALLOWED
        assert decision(allow(), action="S3:GetObject", rcps=levels) is FORBIDDEN


class TestEndpoint:
    def test_is_one_more_gate(self) -> None:
        answer = ask(allow(), endpoint_policies=[NOTHING])
        assert (answer.decision, answer.decided_by) == (DENIED, "endpoint")
        assert decision(allow(), endpoint_policies=[to("*")]) is ALLOWED
        assert decision(endpoint_policies=[to("*")]) is DENIED
        assert decision(allow(), endpoint_policies=[to("*"), policy(deny())]) is FORBIDDEN

    @pytest.mark.parametrize("named", [USER, ACCOUNT, ROOT])
    def test_names_principals(self, named: str) -> None:
        assert decision(allow(), endpoint_policies=[to(named)]) is ALLOWED
        assert decision(allow(), endpoint_policies=[to(EXTERNAL)]) is DENIED

    def test_stands_before_anonymous_callers_too(self) -> None:
        case = {"principal": "anonymous", "resource_policy": to("*")}
        assert decision(**case, endpoint_policies=[to(USER)]) is DENIED


class TestServicePrincipals:
    def test_rest_on_the_resource_policy(self) -> None:
        source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        grant = policy(
            allow(
                "s3:PutObject",
                "arn:aws:s3:::bucket/*",
                Principal={"Service": "cloudtrail.amazonaws.com"},
                Condition=source,
            )
        )
        case: dict[str, Any] = {
            "principal": {"service": "cloudtrail.amazonaws.com"},
            "action": "s3:PutObject",
            "resource_policy": grant,
        }
        assert decision(**case, context={"aws:SourceAccount": ACCOUNT}) is ALLOWED
        assert decision(**case, context={"aws:SourceAccount": OTHER}) is DENIED
        assert ask(**case).open_keys == ("aws:SourceAccount",)
        assert decision(**{**case, "resource_policy": None}) is DENIED

    def test_are_distinguished_from_principals_of_accounts(self) -> None:
        people = deny(Principal="*", Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}})
        grant = policy(allow(Principal="*"), people)
        assert decision(principal={"service": "x.amazonaws.com"}, resource_policy=grant) is ALLOWED
        assert decision(resource_policy=grant) is FORBIDDEN
        assert decision(resource_policy=grant, principal="anonymous") is FORBIDDEN


class TestRulesWithoutPolicies:
    def test_caller_identity_is_always_reported(self) -> None:
        answer = ask(deny(), action="sts:getcalleridentity", resource="*", scps=[[]])
        assert (answer.decision, answer.decided_by, answer.statements) == (ALLOWED, "always", ())

    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("iam:SetDefaultPolicyVersion", "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"),
            ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x/y"),
            (
                "iam:UpdateAssumeRolePolicy",
                f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x",
            ),
            *(
                (
                    f"iam:{action}",
                    f"arn:aws-cn:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/cn-north-1/x",
                )
                for action in ("AttachRolePolicy", "DeleteRole", "TagRole", "UpdateRoleDescription")
            ),
            *(
                (f"kms:{change}Alias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/s3")
                for change in ("Create", "Delete", "Update")
            ),
        ],
    )
    def test_what_is_aws_own_cannot_be_changed(self, action: str, resource: str) -> None:
        answer = ask(allow(), action=action, resource=resource)
        assert (answer.decision, answer.decided_by) == (DENIED, "immutable")
        assert is_immutable(resource)
        reading = ask(allow(), action="x:Get", resource=resource)
        assert reading.decision is ALLOWED

    @pytest.mark.parametrize(
        "resource",
        [
            f"arn:aws:iam::{ACCOUNT}:policy/mine",
            ROLE,
            f"arn:aws:iam::{ACCOUNT}:role/aws-x/y",
            f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/mine",
            f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/alias/aws/s3",
            f"arn:aws:sns:eu-west-1:{ACCOUNT}:alias/aws/s3",
            "*",
        ],
    )
    def test_what_is_ones_own_can(self, resource: str) -> None:
        assert not is_immutable(resource)

    def test_facts_about_the_principal(self) -> None:
        facts = {
            "StringEquals": {
                "aws:username": "ada",
                "aws:PrincipalAccount": ACCOUNT,
                "aws:PrincipalType": "User",
                "aws:ResourceAccount": ACCOUNT,
            },
            "ArnEquals": {"aws:PrincipalArn": USER},
        }
        for strict in (False, True):
            assert decision(allow(Condition=facts), strict=strict) is ALLOWED
        other = {"aws:username": "eve"}
        assert decision(allow(Condition=facts), context=other) is DENIED

    def test_session_shows_its_role(self) -> None:
        condition = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
        assert decision(allow(Condition=condition), principal=SESSION) is ALLOWED
        kind = {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}
        assert decision(allow(Condition=kind), principal=SESSION) is ALLOWED

    def test_organization_is_known_if_given(self) -> None:
        condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
        assert decision(allow(Condition=condition)) is CONDITIONAL
        assert (
            decision(allow(Condition=condition), context={"aws:PrincipalOrgID": "o-1"}) is ALLOWED
        )


class TestWhatAnAnswerRestsOn:
    def test_deny_stands_before_all(self) -> None:
        answer = ask(
            allow(),
            deny("s3:*", Sid="No"),
            scps=[[NOTHING]],
            permissions_boundaries=[policy(deny())],
        )
        assert (answer.decision, answer.decided_by) == (FORBIDDEN, "identity")
        assert [(one.policy_id, one.index) for one in answer.statements] == [
            ("identity_policies[0]", 1),
            ("permissions_boundaries[0]", 0),
        ]

    def test_grants_of_both_sides(self) -> None:
        answer = ask(allow(NotAction="s3:*"), allow("s3:*"), resource_policy=to(USER), scps=[[ALL]])
        assert [(one.policy_id, one.index) for one in answer.statements] == [
            ("identity_policies[0]", 1),
            ("resource_policy", 0),
        ]
        assert explain(answer) == (
            "allowed by statement 2 of identity_policies[0]; statement 1 of resource_policy"
        )

    def test_only_keys_that_decide_are_open(self) -> None:
        assert ask(allow(), allow(Condition=MFA)).decision is ALLOWED
        answer = ask(allow(Condition=MFA), deny("s3:Put*", Condition={"Bool": {"x:y": "true"}}))
        assert (answer.decision, answer.open_keys) == (CONDITIONAL, ("aws:MultiFactorAuthPresent",))
        known = {**MFA, "StringEquals": {"aws:username": "eve"}}
        assert decision(allow(Condition=known)) is DENIED
        assert decision(allow(Condition=MFA), permissions_boundaries=[NOTHING]) is DENIED
        answer = ask(
            allow(Condition=MFA),
            permissions_boundaries=[NOTHING],
            resource_policy=policy(
                allow(Principal={"AWS": USER}, Condition={"IpAddress": {"aws:SourceIp": "::/0"}})
            ),
        )
        assert answer.open_keys == ("aws:SourceIp",)

    def test_open_gate(self) -> None:
        answer = ask(allow(), scps=[[policy(allow(Condition=MFA))]])
        assert (answer.decision, answer.decided_by) == (CONDITIONAL, "scp")
        assert answer.open_keys == ("aws:MultiFactorAuthPresent",)
        assert [one.policy_id for one in answer.statements] == [
            "scps[0][0]",
            "identity_policies[0]",
        ]
        assert explain(answer).startswith(
            "conditional, as it depends on aws:MultiFactorAuthPresent"
        )

    def test_open_deny_of_what_nothing_allows(self) -> None:
        assert decision(deny(Condition=MFA)) is DENIED


class TestPathOfASessionsRole:
    """A session's ARN does not tell the path of its role, which ``aws:PrincipalArn`` has."""

    ANY = "arn:aws:iam::*:role"

    @pytest.mark.parametrize(
        ("pattern", "alike"),
        [
            (f"{ANY}/aws-reserved/sso.amazonaws.com/*", None),
            (f"{ANY}/team/job", None),
            (f"{ANY}/*/job", None),
            (f"{ANY}/team/*", None),
            (f"{ANY}/*", True),
            (f"{ANY}/*job", True),
            (ROLE, True),
            (f"{ANY}/team/other", False),
            (f"{ANY}/other", False),
            (f"arn:aws:iam::{OTHER}:role/team/job", False),
        ],
    )
    @pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals", "StringLike"])
    def test_leaves_conditions_on_it_open(
        self, operator: str, pattern: str, alike: bool | None
    ) -> None:
        key = {"aws:PrincipalArn": pattern}
        held = allow(Condition={operator: key})
        assert ask(held, principal=SESSION).is_allowed is alike
        spared = deny(Condition={operator: key})
        opposite = None if alike is None else not alike
        assert ask(allow(), spared, principal=SESSION).is_allowed is opposite
        other = operator.replace("Like", "NotLike").replace("Equals", "NotEquals")
        unless = deny(Condition={other: key})
        assert ask(allow(), unless, principal=SESSION).is_allowed is alike

    def test_the_role_that_was_given_has_no_path(self) -> None:
        condition = {"ArnLike": {"aws:PrincipalArn": f"{self.ANY}/team/*"}}
        assert decision(allow(Condition=condition), principal=ROLE) is DENIED
        within = f"arn:aws:iam::{ACCOUNT}:role/team/job"
        assert decision(allow(Condition=condition), principal=within) is ALLOWED

    def test_is_known_if_it_is_given(self) -> None:
        condition = {"ArnLike": {"aws:PrincipalArn": f"{self.ANY}/team/*"}}
        for path, expected in (("team/", ALLOWED), ("", DENIED)):
            context = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{path}job"}
            answer = decision(allow(Condition=condition), principal=SESSION, context=context)
            assert answer is expected

    def test_open_by_the_keys_name(self) -> None:
        condition = {"ArnLike": {"aws:PrincipalArn": f"{self.ANY}/team/*"}}
        answer = ask(allow(Condition=condition), principal=SESSION)
        assert answer.open_keys == ("aws:PrincipalArn",)
        place = "arn:aws:s3:::bucket/${aws:PrincipalArn}/*"
        assert decision(allow(resource=place), principal=SESSION) is DENIED
        answer = ask(allow(resource=place), principal=SESSION, resource="arn:aws:s3:::bucket/x/y")
        assert (answer.decision, answer.open_keys) == (CONDITIONAL, ("aws:PrincipalArn",))
