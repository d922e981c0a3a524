"""Puts an account that is described by its authorization details into a moto server."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from servers.moto_server import MotoServer

Details = Mapping[str, Any]
"""What GetAccountAuthorizationDetails answers."""
Described = Mapping[str, Any]
"""A further resource: its Terraform type and attributes."""
REGION = "us-east-1"


def load(moto: MotoServer, account: str, details: Details, resources: Iterable[Described]) -> None:
    """Makes roles, what moto can hold of the resources, then users, groups and all policies.

    Policies name an instance by its Terraform name (``i-NAME``); the name of the made one takes
    its place.
    """
    iam = moto.client("iam", account=account)
    for role in details["RoleDetailList"]:
        _make_role(iam, role)
    text = json.dumps(details)
    for resource in resources:
        make = _MAKERS.get(resource["tf_type"])
        made = make(moto, account, resource["attrs"]) if make else None
        if made:
            text = text.replace(f"instance/i-{resource['tf_name']}", f"instance/{made}")
    _load_policies(iam, account, json.loads(text))


def _load_policies(iam: Any, account: str, details: Details) -> None:
    for policy in details["Policies"]:
        if policy["Arn"].split(":")[4] == account:
            _make_policy(iam, policy)
    for role in details["RoleDetailList"]:
        _give_policies(iam, "role", role)
        if boundary := _boundary(role):
            iam.put_role_permissions_boundary(
                RoleName=role["RoleName"], PermissionsBoundary=boundary
            )
    for group in details["GroupDetailList"]:
        iam.create_group(GroupName=group["GroupName"], Path=group["Path"])
        _give_policies(iam, "group", group)
    for user in details["UserDetailList"]:
        _make_user(iam, user)


def _make_policy(iam: Any, policy: Details) -> None:
    versions = sorted(policy["PolicyVersionList"], key=lambda one: int(one["VersionId"][1:]))
    arn = iam.create_policy(
        PolicyName=policy["PolicyName"],
        Path=policy.get("Path", "/"),
        PolicyDocument=_text(versions[0]["Document"]),
    )["Policy"]["Arn"]
    for version in versions[1:]:
        iam.create_policy_version(
            PolicyArn=arn,
            PolicyDocument=_text(version["Document"]),
            SetAsDefault=version["IsDefaultVersion"],
        )


def _make_role(iam: Any, role: Details) -> None:
    iam.create_role(
        RoleName=role["RoleName"],
        Path=role["Path"],
        AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]),
        Tags=role.get("Tags", []),
    )
    for profile in role.get("InstanceProfileList", []):
        name = profile["InstanceProfileName"]
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])


def _make_user(iam: Any, user: Details) -> None:
    name = user["UserName"]
    boundary = _boundary(user)
    iam.create_user(
        UserName=name,
        Path=user["Path"],
        Tags=user.get("Tags", []),
        **({"PermissionsBoundary": boundary} if boundary else {}),
    )
    _give_policies(iam, "user", user)
    for group in user["GroupList"]:
        iam.add_user_to_group(GroupName=group, UserName=name)
    for _ in range(user.get("xAccessKeys", 0)):
        iam.create_access_key(UserName=name)
    if user.get("xLoginProfile"):
        iam.create_login_profile(UserName=name, Password="Ariadne-led-4-out!")


def _boundary(principal: Details) -> str:
    arn: str = (principal.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", "")
    return arn


def _give_policies(iam: Any, kind: str, principal: Details) -> None:
    word = kind.capitalize()
    owner = {f"{word}Name": principal[f"{word}Name"]}
    for policy in principal.get(f"{word}PolicyList", []):
        getattr(iam, f"put_{kind}_policy")(
            **owner,
            PolicyName=policy["PolicyName"],
            PolicyDocument=_text(policy["PolicyDocument"]),
        )
    for policy in principal.get("AttachedManagedPolicies", []):
        getattr(iam, f"attach_{kind}_policy")(**owner, PolicyArn=policy["PolicyArn"])


def _text(document: Details) -> str:
    """A policy as text; one without statements, which AWS refuses, allows what needs no leave."""
    nothing = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    return json.dumps({**document, "Statement": document["Statement"] or [nothing]})


def _bucket(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    moto.client("s3", account=account).create_bucket(Bucket=attrs["bucket"])


def _function(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return None")
    moto.client("lambda", account=account).create_function(
        FunctionName=attrs["function_name"],
        Role=attrs["role"],
        Runtime="python3.12",
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )


def _instance(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> str:
    ec2 = moto.client("ec2", account=account)
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    answer = ec2.run_instances(
        ImageId=image,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": attrs["iam_instance_profile"]},
    )
    made: str = answer["Instances"][0]["InstanceId"]
    return made


def _stack(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    moto.client("cloudformation", account=account).create_stack(
        StackName=attrs["name"], TemplateBody=attrs["template_body"], RoleARN=attrs["iam_role_arn"]
    )


def _cluster(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    moto.client("ecs", account=account).create_cluster(clusterName=attrs["name"])


def _task_definition(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    roles = {
        wire: attrs[name]
        for name, wire in (
            ("task_role_arn", "taskRoleArn"),
            ("execution_role_arn", "executionRoleArn"),
        )
        if name in attrs
    }
    moto.client("ecs", account=account).register_task_definition(
        family=attrs["family"],
        containerDefinitions=json.loads(attrs["container_definitions"]),
        networkMode=attrs["network_mode"],
        requiresCompatibilities=attrs["requires_compatibilities"],
        cpu=attrs.get("cpu", "256"),
        memory=attrs.get("memory", "512"),
        **roles,
    )


def _service(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    moto.client("ecs", account=account).create_service(
        cluster=attrs["cluster"],
        serviceName=attrs["name"],
        taskDefinition=attrs["task_definition"].rpartition("/")[2],
        desiredCount=attrs["desired_count"],
        launchType=attrs["launch_type"],
        enableExecuteCommand=attrs["enable_execute_command"],
    )


def _table(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    moto.client("dynamodb", account=account).create_table(
        TableName=attrs["name"],
        KeySchema=[{"AttributeName": attrs["hash_key"], "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": attrs["hash_key"], "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _notebook(moto: MotoServer, account: str, attrs: Mapping[str, Any]) -> None:
    moto.client("sagemaker", account=account).create_notebook_instance(
        NotebookInstanceName=attrs["name"],
        InstanceType=attrs["instance_type"],
        RoleArn=attrs["role_arn"],
    )


_MAKERS: Mapping[str, Callable[[MotoServer, str, Mapping[str, Any]], str | None]] = {
    "aws_cloudformation_stack": _stack,
    "aws_dynamodb_table": _table,
    "aws_ecs_cluster": _cluster,
    "aws_ecs_service": _service,
    "aws_ecs_task_definition": _task_definition,
    "aws_instance": _instance,
    "aws_lambda_function": _function,
    "aws_s3_bucket": _bucket,
    "aws_sagemaker_notebook_instance": _notebook,
}
