"""AWS IAM Identity Center: its instances, permission sets, and who is given them where."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

from ...graph.model import Document, Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_NONE = "ResourceNotFoundException"


class Instance(AWSResource):
    """An instance of IAM Identity Center (ListInstances): its organization's, which every member
    sees, or one of an account alone."""

    label = "AWSSSOInstance"
    identity = "arn:{partition}:sso:::instance/{instance_id}"
    unique_within = "global"

    id: str = field("ARN.", wire="InstanceArn")
    instance_id: str | None = field("Id.", call="-")
    identity_store_id: str | None = field("Directory of its users and groups.")
    status: str | None = field("ACTIVE …")
    created_date: Timestamp | None = field("When it was made.")


class PermissionSet(AWSResource):
    """What the holders of an assignment may do (DescribePermissionSet): the pattern of the roles
    `AWSReservedSSO_NAME_…` in the accounts it is assigned in."""

    label = "AWSSSOPermissionSet"
    identity = "arn:{partition}:sso:::permissionSet/{instance_id}/{permission_set_id}"
    unique_within = "global"

    id: str = field("ARN.", wire="PermissionSetArn")
    instance_id: str | None = field("Id of its instance.", call="-")
    permission_set_id: str | None = field("Id.", call="-")
    instance: str | None = ref("AWSSSOInstance", by="id", rel="PART_OF")
    name: str | None = field("Name.", call="DescribePermissionSet")
    description: str | None = field("Description.", call="DescribePermissionSet")
    created_date: Timestamp | None = field("When it was made.", call="DescribePermissionSet")
    session_duration: str | None = field(
        "How long its sessions last, as ISO 8601.", call="DescribePermissionSet"
    )
    managed_policies: list[str] | None = ref(
        "AWSPolicy", by="id", rel="HAS_POLICY", call="ListManagedPoliciesInPermissionSet"
    )
    customer_managed_policies: list[str] | None = field(
        "Path and name of policies that each account has of its own.",
        call="ListCustomerManagedPolicyReferencesInPermissionSet",
    )
    inline_policy: Document | None = field(
        "The policy in it.", call="GetInlinePolicyForPermissionSet"
    )
    permissions_boundary: str | None = ref(
        "AWSPolicy", by="id", rel="BOUNDED_BY", call="GetPermissionsBoundaryForPermissionSet"
    )
    customer_managed_boundary: str | None = field(
        "Path and name of a boundary that each account has of its own.",
        call="GetPermissionsBoundaryForPermissionSet",
    )


class AccountAssignment(AWSResource):
    """That a user or group has a permission set in an account (ListAccountAssignments)."""

    label = "AWSSSOAccountAssignment"
    identity = (
        "arn:{partition}:sso:::assignment/{instance_id}/{permission_set_id}"
        "/{target_account}/{principal_id}"
    )
    unique_within = "global"

    id: str = field("Permission set, account and principal.")
    instance_id: str | None = field("Id of its instance.", call="-")
    permission_set_id: str | None = field("Id of the permission set.", call="-")
    permission_set: str | None = ref(
        "AWSSSOPermissionSet", by="id", rel="PART_OF", wire="PermissionSetArn"
    )
    target_account: str | None = ref("AWSAccount", by="id", rel="GRANTS_ON", wire="AccountId")
    role: str | None = ref(
        "AWSRole", by="partial_arn", rel="GRANTS_ON", call="DescribePermissionSet"
    )
    principal_type: str | None = field("USER or GROUP.")
    principal_id: str | None = field("Id in the directory of the instance.")
    user: str | None = ref("AWSSSOUser", by="user_id", rel="GRANTED_TO", call="-")
    group: str | None = ref("AWSSSOGroup", by="group_id", rel="GRANTED_TO", call="-")


class SSOAdmin(AWSCollector):
    """Instances, permission sets and their assignments; these are readable by the account that
    manages the organization or is delegated to."""

    service = "sso-admin"
    permissions = (
        "sso:DescribePermissionSet",
        "sso:GetInlinePolicyForPermissionSet",
        "sso:GetPermissionsBoundaryForPermissionSet",
        "sso:ListAccountAssignments",
        "sso:ListAccountsForProvisionedPermissionSet",
        "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
        "sso:ListInstances",
        "sso:ListManagedPoliciesInPermissionSet",
        "sso:ListPermissionSets",
    )

    @lists(Instance)
    def instances(self, api: AWSApi) -> Iterator[Instance]:
        """Instances that the account sees in this region."""
        return _instances(api)

    @lists(PermissionSet, AccountAssignment)
    def permission_sets(self, api: AWSApi) -> Iterator[Resource]:
        """Permission sets of each instance, with their assignments."""
        for instance in _instances(api):
            arns = api.pages(
                "list_permission_sets", "PermissionSets", InstanceArn=instance.id, MaxResults=100
            )
            yield from chain.from_iterable(api.each(partial(_permission_set, api, instance), arns))


def _instances(api: AWSApi) -> Iterator[Instance]:
    for raw in api.pages("list_instances", "Instances"):
        yield Instance.load(
            raw,
            api.here,
            account=raw.get("OwnerAccountId"),
            instance_id=raw["InstanceArn"].rpartition("/")[2],
        )


def _permission_set(
    api: AWSApi, instance: Instance, arn: str
) -> list[PermissionSet | AccountAssignment]:
    of: dict[str, Any] = {"InstanceArn": instance.id, "PermissionSetArn": arn}
    about = api.read("describe_permission_set", **of)
    managed = api.details(
        "list_managed_policies_in_permission_set", "AttachedManagedPolicies", **of
    )
    own = api.details(
        "list_customer_managed_policy_references_in_permission_set",
        "CustomerManagedPolicyReferences",
        **of,
    )
    inline = api.read("get_inline_policy_for_permission_set", **of)
    boundary = api.read("get_permissions_boundary_for_permission_set", absent=(_NONE,), **of)
    found = PermissionSet.load(
        about["PermissionSet"] if about else {},
        api.here,
        id=arn,
        account=instance.account,
        instance_id=instance.instance_id,
        permission_set_id=arn.rpartition("/")[2],
        instance=instance.id,
        description=answered(about, "PermissionSet.Description"),
        session_duration=about and str(answered(about, "PermissionSet.SessionDuration")),
        managed_policies=managed and [policy["Arn"] for policy in managed],
        customer_managed_policies=own and sorted(_path_and_name(policy) for policy in own),
        inline_policy=answered(inline, "InlinePolicy"),
        permissions_boundary=answered(boundary, "PermissionsBoundary.ManagedPolicyArn"),
        customer_managed_boundary=None
        if boundary is None
        else _path_and_name(
            answered(boundary, "PermissionsBoundary.CustomerManagedPolicyReference", {})
        ),
    )
    return [found, *_assignments(api, found, of)]


def _assignments(
    api: AWSApi, permission_set: PermissionSet, of: Mapping[str, Any]
) -> Iterator[AccountAssignment]:
    accounts = api.details(
        "list_accounts_for_provisioned_permission_set",
        "AccountIds",
        lists=AccountAssignment,
        **of,
    )
    for account in accounts or []:
        assignments = api.details(
            "list_account_assignments",
            "AccountAssignments",
            lists=AccountAssignment,
            AccountId=account,
            **of,
        )
        for raw in assignments or []:
            yield AccountAssignment.load(
                raw,
                api.here,
                account=permission_set.account,
                name=f"{permission_set.name or permission_set.permission_set_id} in {account}",
                instance_id=permission_set.instance_id,
                permission_set_id=permission_set.permission_set_id,
                user=raw["PrincipalId"] if raw["PrincipalType"] == "USER" else "",
                group=raw["PrincipalId"] if raw["PrincipalType"] == "GROUP" else "",
                role=permission_set.name
                and f"arn:{api.here.partition}:iam::{account}:role/aws-reserved/sso.amazonaws.com"
                f"/AWSReservedSSO_{permission_set.name}",
            )


def _path_and_name(policy: Mapping[str, Any]) -> str:
    return f"{policy.get('Path', '/')}{policy['Name']}" if policy else ""
