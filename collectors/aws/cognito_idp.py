"""Amazon Cognito user pools: their users' groups, and what runs when somebody signs in."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi

_CALL = "DescribeUserPool"


class UserPool(AWSResource):
    """A user pool (ListUserPools). Its users are not read."""

    label = "AWSCognitoUserPool"
    identity = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{pool_id}"
    global_keys = ("provider_name",)

    id: str = field("ARN.", wire="Arn")
    pool_id: str | None = field("Id.", wire="Id")
    provider_name: str | None = field(
        "The name by which identity pools know it as a provider.", call="-"
    )
    creation_date: Timestamp | None = field("When it was made.")
    last_modified_date: Timestamp | None = field("When it was last changed.")
    triggers: list[str] | None = ref("AWSLambda", by="id", rel="INVOKES", call="-")
    trigger_names: list[str] | None = field(
        "When it calls functions: PreTokenGeneration, PostConfirmation …", call="-"
    )
    sign_up_allowed: bool | None = field("Everyone may make a user of their own.", call=_CALL)
    estimated_number_of_users: int | None = field("Users, roughly.", call=_CALL)
    mfa_configuration: str | None = field("OFF, ON or OPTIONAL.", call=_CALL)
    deletion_protection: str | None = field("ACTIVE or INACTIVE.", call=_CALL)
    advanced_security_mode: str | None = field(
        "OFF, AUDIT or ENFORCED: what is done about risky sign-ins.", call=_CALL
    )
    sms_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE", call=_CALL)


class Group(AWSResource):
    """A group of a user pool (ListGroups): identity pools may give its role to its members."""

    label = "AWSCognitoUserPoolGroup"
    identity = "arn:{partition}:cognito-idp:{region}:{account}:userpool/{pool_id}/group/{name}"

    id: str = field("The pool's ARN and the group's name.")
    name: str | None = field("Name within the pool.", wire="GroupName")
    pool_id: str | None = ref("AWSCognitoUserPool", by="pool_id", rel="PART_OF", wire="UserPoolId")
    description: str | None = field("Description.")
    precedence: int | None = field("Of somebody's groups, the least one's role is preferred.")
    role_arn: str | None = ref("AWSRole", by="id", rel="GRANTS_ON")
    creation_date: Timestamp | None = field("When it was made.")


class CognitoIDP(AWSCollector):
    """User pools and their groups."""

    service = "cognito-idp"
    permissions = (
        "cognito-idp:DescribeUserPool",
        "cognito-idp:ListGroups",
        "cognito-idp:ListUserPools",
    )

    @lists(UserPool, Group, through={Group: UserPool})
    def user_pools(self, api: AWSApi) -> Iterator[Resource]:
        """User pools, each with its groups."""

        def detailed(raw: dict[str, Any]) -> list[Resource]:
            of = {"UserPoolId": raw["Id"]}
            groups = api.details("list_groups", "Groups", lists=Group, **of)
            return [
                _pool(raw, api, api.read("describe_user_pool", **of)),
                *(Group.load(group, api.here) for group in groups or []),
            ]

        for found in api.each(detailed, api.pages("list_user_pools", "UserPools", MaxResults=60)):
            yield from found


def _pool(raw: dict[str, Any], api: AWSApi, answer: dict[str, Any] | None) -> UserPool:
    here = api.here
    suffix = "amazonaws.com.cn" if here.partition == "aws-cn" else "amazonaws.com"
    triggers = dict(_triggers(raw.get("LambdaConfig", {})))
    about = answered(answer, "UserPool", {})
    only_admins = answered(about, "AdminCreateUserConfig.AllowAdminCreateUserOnly", False)
    return UserPool.load(
        raw,
        here,
        provider_name=f"cognito-idp.{here.region}.{suffix}/{raw['Id']}",
        triggers=sorted(set(triggers.values())),
        trigger_names=sorted(triggers),
        sign_up_allowed=None if only_admins is None else not only_admins,
        estimated_number_of_users=answered(about, "EstimatedNumberOfUsers", 0),
        mfa_configuration=answered(about, "MfaConfiguration", "OFF"),
        deletion_protection=answered(about, "DeletionProtection", "INACTIVE"),
        advanced_security_mode=answered(about, "UserPoolAddOns.AdvancedSecurityMode", "OFF"),
        sms_role=answered(about, "SmsConfiguration.SnsCallerArn"),
        tags=answered(about, "UserPoolTags", {}),
    )


def _triggers(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The functions of a pool by when they are called; a newer form names some with a version."""
    for name, value in config.items():
        arn = value.get("LambdaArn") if isinstance(value, dict) else value
        if arn and ":lambda:" in arn:
            yield name.removesuffix("Config"), function_arn(arn)
