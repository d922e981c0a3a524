"""The directory of IAM Identity Center: its users and groups."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource
from .session import AWSApi


class User(AWSResource):
    """A user of the directory (ListUsers). Of what it says of a person only names are kept."""

    label = "AWSSSOUser"
    identity = "arn:{partition}:identitystore:::user/{user_id}"
    unique_within = "global"

    id: str = field("ARN.")
    name: str | None = field("Name it signs in by.", wire="UserName")
    user_id: str | None = field("Id.")
    identity_store_id: str | None = field("Its directory.")
    display_name: str | None = field("Name that is shown.")
    user_status: str | None = field("ENABLED or DISABLED.")
    external_issuers: list[str] | None = field(
        "Other directories that it was taken from.", wire="ExternalIds[].Issuer"
    )
    external_ids: list[str] | None = field("Its ids in these directories.", wire="ExternalIds[].Id")
    created_at: Timestamp | None = field("When it was made.")


class Group(AWSResource):
    """A group of the directory (ListGroups)."""

    label = "AWSSSOGroup"
    identity = "arn:{partition}:identitystore:::group/{group_id}"
    unique_within = "global"

    id: str = field("ARN.")
    name: str | None = field("Name.", wire="DisplayName")
    group_id: str | None = field("Id.")
    identity_store_id: str | None = field("Its directory.")
    description: str | None = field("Description.")
    external_issuers: list[str] | None = field(
        "Other directories that it was taken from.", wire="ExternalIds[].Issuer"
    )
    members: list[str] | None = ref(
        "AWSSSOUser", by="user_id", rel="MEMBER_OF", inverse=True, call="ListGroupMemberships"
    )
    created_at: Timestamp | None = field("When it was made.")


class IdentityStore(AWSCollector):
    """Users and groups of the directories of Identity Center; these are readable by the account
    that manages the organization or is delegated to."""

    service = "identitystore"
    permissions = (
        "identitystore:ListGroupMemberships",
        "identitystore:ListGroups",
        "identitystore:ListUsers",
        "sso:ListInstances",
    )

    @lists(User)
    def users(self, api: AWSApi) -> Iterator[User]:
        """Users of each directory."""
        for owner, store in _stores(api):
            for raw in api.pages("list_users", "Users", IdentityStoreId=store):
                yield User.load(raw, api.here, account=owner, id=_arn(api, "user", raw["UserId"]))

    @lists(Group)
    def groups(self, api: AWSApi) -> Iterator[Group]:
        """Groups of each directory, with their members."""
        for owner, store in _stores(api):

            def detailed(raw: dict[str, Any], owner: str = owner, store: str = store) -> Group:
                members = api.details(
                    "list_group_memberships",
                    "GroupMemberships",
                    IdentityStoreId=store,
                    GroupId=raw["GroupId"],
                )
                return Group.load(
                    raw,
                    api.here,
                    account=owner,
                    id=_arn(api, "group", raw["GroupId"]),
                    members=members
                    and sorted(
                        each["MemberId"]["UserId"] for each in members if "MemberId" in each
                    ),
                )

            yield from api.each(detailed, api.pages("list_groups", "Groups", IdentityStoreId=store))


def _stores(api: AWSApi) -> list[tuple[str, str]]:
    """The directories of the instances that the account owns here, with their owner."""
    found = api.pages("list_instances", "Instances", service="sso-admin")
    return [
        (raw["OwnerAccountId"], raw["IdentityStoreId"])
        for raw in found
        if raw.get("IdentityStoreId")
    ]


def _arn(api: AWSApi, kind: str, id_: str) -> str:
    return f"arn:{api.here.partition}:identitystore:::{kind}/{id_}"
