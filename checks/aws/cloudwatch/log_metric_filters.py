"""Events in an account that must raise an alarm: one rule, fifteen kinds of event."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...check import Category, Check, Severity
from .alarming import RESTS_ON, Sample, alarmed

_PREFIX = "cloudwatch_log_metric_filter_"
_COMMON: Mapping[str, Any] = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:somebody",
        "arn": "arn:aws:sts::111122223333:assumed-role/example/somebody",
        "accountId": "111122223333",
    },
    "eventTime": "2026-01-01T00:00:00Z",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "198.51.100.7",
    "userAgent": "aws-cli/2.30.0",
    "requestParameters": {},
    "responseElements": {},
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "111122223333",
    "eventCategory": "Management",
}


def _calls(service: str, *names: str) -> tuple[Sample, ...]:
    """Successful calls of a service's operations."""
    source = f"{service}.amazonaws.com"
    return tuple(
        Sample(name, {**_COMMON, "eventSource": source, "eventName": name}) for name in names
    )


def _sign_in(says: str, **more: Any) -> Sample:
    return Sample(
        says,
        {
            **_COMMON,
            "userIdentity": {
                "type": "IAMUser",
                "userName": "somebody",
                "accountId": "111122223333",
            },
            "eventSource": "signin.amazonaws.com",
            "eventName": "ConsoleLogin",
            "eventType": "AwsConsoleSignIn",
            **more,
        },
    )


_ROOT = {"type": "Root", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:root"}


def _refused(service: str, name: str, code: str) -> Sample:
    return Sample(
        code,
        {
            **_COMMON,
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "errorCode": code,
            "errorMessage": "not authorized",
        },
    )


def _failed_sign_in(says: str, mfa: str, **more: Any) -> Sample:
    return _sign_in(
        says,
        errorMessage="Failed authentication",
        additionalEventData={"MFAUsed": mfa},
        responseElements={"ConsoleLogin": "Failure"},
        **more,
    )


def _check(id_: str, subject: str, why: str, samples: Iterable[Sample]) -> Check:
    return Check(
        id=id_,
        title=f"An alarm notifies somebody of {subject}",
        provider="aws",
        service="cloudwatch",
        severity=Severity.MEDIUM,
        categories=(Category.MONITORING,),
        resource="AWSAccount",
        what=(
            f"A trail of all regions, of the account or of its organization, records {subject} and "
            "writes to a log group where a metric filter takes each kind of event "
            f"({', '.join(sample.says for sample in samples)}), and an alarm on that metric, or "
            "one on top of it, has an action that is switched on and leads somewhere: to a topic "
            "with a confirmed subscription, a function, or another service. The alarm must be able "
            "to fire: some number of such events brings the metric, with the dimensions that the "
            "filter gives it, over the threshold; how many is not judged. The filters' patterns "
            "are evaluated on such events, so their wording does not matter, and several filters "
            "may share the work."
        ),
        why=why,
        remediation=(
            "aws logs put-metric-filter --log-group-name GROUP --filter-name NAME --filter-pattern "
            "PATTERN --metric-transformations metricName=NAME,metricNamespace=SPACE,metricValue=1, "
            "then aws cloudwatch put-metric-alarm with --alarm-actions TOPIC on that metric"
        ),
        passes=f"An alarm notifies somebody of {subject} in {{resource}}.",
        fails=f"No alarm notifies anybody of {subject} in {{resource}}: {{silent}}.",
        rule=alarmed(tuple(samples)),
        fail_requires_listing=RESTS_ON,
        references=(
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
        ),
    )


family = (
    _check(
        f"{_PREFIX}unauthorized_api_calls",
        "refused calls",
        "Refusals are how an attacker's first steps look, who tries what a stolen key may do.",
        (
            _refused("s3", "GetBucketPolicy", "AccessDenied"),
            _refused("kms", "ListKeys", "AccessDeniedException"),
            _refused("ec2", "RunInstances", "Client.UnauthorizedOperation"),
        ),
    ),
    _check(
        f"{_PREFIX}sign_in_without_mfa",
        "sign-ins without MFA",
        "A password alone was enough to enter the console, and may have been stolen.",
        (
            _sign_in(
                "a user's sign-in without MFA",
                additionalEventData={"MFAUsed": "No"},
                responseElements={"ConsoleLogin": "Success"},
            ),
        ),
    ),
    _check(
        f"{_PREFIX}root_usage",
        "the use of the root user",
        "The root user can do everything and is not needed from day to day.",
        (
            Sample(
                "a call of the root user",
                {
                    **_COMMON,
                    "userIdentity": _ROOT,
                    "eventSource": "iam.amazonaws.com",
                    "eventName": "CreateAccessKey",
                },
            ),
            Sample(
                "a call of the root user to another service",
                {
                    **_COMMON,
                    "userIdentity": _ROOT,
                    "eventSource": "ec2.amazonaws.com",
                    "eventName": "RunInstances",
                },
            ),
            _sign_in(
                "a sign-in of the root user",
                userIdentity=_ROOT,
                additionalEventData={"MFAUsed": "Yes"},
                responseElements={"ConsoleLogin": "Success"},
            ),
            _sign_in(
                "a sign-in of the root user without MFA",
                userIdentity=_ROOT,
                additionalEventData={"MFAUsed": "No"},
                responseElements={"ConsoleLogin": "Success"},
            ),
        ),
    ),
    _check(
        f"{_PREFIX}policy_changes",
        "changes of IAM policies",
        "A changed policy is how an attacker gains and keeps access.",
        _calls(
            "iam",
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ),
    ),
    _check(
        f"{_PREFIX}and_alarm_for_cloudtrail_configuration_changes_enabled",
        "changes of trails",
        "Anyone who stops the trail acts unseen from then on.",
        _calls(
            "cloudtrail", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"
        ),
    ),
    _check(
        f"{_PREFIX}authentication_failures",
        "failed sign-ins",
        "Many failures are somebody guessing passwords.",
        (
            _failed_sign_in("a failed sign-in", "No"),
            _failed_sign_in("a failed sign-in with MFA", "Yes"),
            _failed_sign_in("a failed sign-in of the root user", "No", userIdentity=_ROOT),
        ),
    ),
    _check(
        f"{_PREFIX}disable_or_scheduled_deletion_of_kms_cmk",
        "keys that are disabled or about to be deleted",
        "Without its key the data is lost; the waiting period is the time to notice.",
        _calls("kms", "DisableKey", "ScheduleKeyDeletion"),
    ),
    _check(
        f"{_PREFIX}for_s3_bucket_policy_changes",
        "changes of bucket policies",
        "A bucket that was opened should be closed again before its data is gone.",
        _calls(
            "s3",
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ),
    ),
    _check(
        f"{_PREFIX}and_alarm_for_aws_config_configuration_changes_enabled",
        "changes of AWS Config",
        "Without the recorder nobody sees what else is changed.",
        _calls(
            "config",
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ),
    ),
    _check(
        f"{_PREFIX}security_group_changes",
        "changes of security groups",
        "An added rule can let traffic in or out.",
        _calls(
            "ec2",
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
    ),
    _check(
        "cloudwatch_changes_to_network_acls_alarm_configured",
        "changes of network ACLs",
        "A rule that was added or taken away opens whole subnets.",
        _calls(
            "ec2",
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
    ),
    _check(
        "cloudwatch_changes_to_network_gateways_alarm_configured",
        "changes of network gateways",
        "A gateway that was attached makes a private network reachable.",
        _calls(
            "ec2",
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
    ),
    _check(
        "cloudwatch_changes_to_network_route_tables_alarm_configured",
        "changes of route tables",
        "A route that was changed leads traffic past inspection, or out.",
        _calls(
            "ec2",
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ),
    ),
    _check(
        "cloudwatch_changes_to_vpcs_alarm_configured",
        "changes of VPCs",
        "A network that was created or peered is a place to hide and to pass through.",
        _calls(
            "ec2",
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ),
    ),
    _check(
        f"{_PREFIX}aws_organizations_changes",
        "changes of the organization",
        "A policy that was detached or an account that left is out of control.",
        _calls(
            "organizations",
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdateOrganizationalUnit",
            "UpdatePolicy",
        ),
    ),
)
