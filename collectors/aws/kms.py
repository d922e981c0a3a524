"""AWS KMS: keys, their aliases, policies and grants."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ...graph.model import Document, Location, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class Key(AWSResource):
    """A key (ListKeys, DescribeKey)."""

    label = "AWSKMSKey"
    identity = "arn:{partition}:kms:{region}:{account}:key/{key_id}"
    short_names: ClassVar[Mapping[str, str]] = {
        "alias/{alias}": "arn:{partition}:kms:{region}:{account}:alias/{alias}"
    }

    id: str = field("ARN.", wire="KeyArn")
    name: str | None = field("Its first alias; else the key's id.")
    key_id: str | None = field("Id without the account.")
    alias_arns: list[str] | None = field("ARNs of its aliases.", call="ListAliases")
    aliases: list[str] | None = field("Its aliases, `alias/` included.", call="ListAliases")
    description: str | None = field("Description.", call="DescribeKey")
    key_manager: str | None = field("CUSTOMER, or AWS for an AWS managed key.", call="DescribeKey")
    key_state: str | None = field("Enabled, Disabled, PendingDeletion ….", call="DescribeKey")
    key_usage: str | None = field("What it is for.", call="DescribeKey")
    key_spec: str | None = field("Kind of key material.", call="DescribeKey")
    origin: str | None = field("Where the key material comes from.", call="DescribeKey")
    creation_date: Timestamp | None = field("When it was made.", call="DescribeKey")
    deletion_date: Timestamp | None = field(
        "When it will be deleted; empty if that is not planned.", call="DescribeKey"
    )
    multi_region: bool | None = field("One of several copies over regions.", call="DescribeKey")
    multi_region_key_type: str | None = field(
        "PRIMARY or REPLICA; empty if it is no multi-region key.", call="DescribeKey"
    )
    replica_key_arns: list[str] | None = ref(
        "AWSKMSKey", by="id", rel="REPLICATES_TO", call="DescribeKey"
    )
    rotation_enabled: bool | None = field(
        "Its material is replaced on a schedule.", call="GetKeyRotationStatus"
    )
    rotation_period_in_days: int | None = field(
        "Days between rotations; null without rotation.", call="GetKeyRotationStatus"
    )
    policy: Document | None = field("The key policy.", call="GetKeyPolicy", policy="kms")


class Grant(AWSResource):
    """A grant on a customer managed key (ListGrants)."""

    label = "AWSKMSGrant"
    identity = "arn:{partition}:kms:{region}:{account}:grant/{grant_id}"

    id: str = field("The grant within account and region.")
    name: str | None = field("Name, if it was given one.")
    grant_id: str | None = field("Id.")
    key_arn: str | None = ref("AWSKMSKey", by="id", rel="GRANTS_ON")
    grantee_principal: str | None = ref(
        ("AWSRole", "AWSUser", "UnknownResource"), by="id", rel="GRANTED_TO"
    )
    grantee_service_principal: str | None = field("The service that may use the key, if it is one.")
    retiring_principal: str | None = field("Who may end the grant.")
    issuing_account: str | None = field("Account that made the grant.")
    operations: list[str] | None = field("What the grantee may do.")
    constraints: Document | None = field("Encryption context that limits the grant; empty if none.")
    creation_date: Timestamp | None = field("When it was made.")


class KMS(AWSCollector):
    """Keys and the grants on them."""

    service = "kms"
    permissions = (
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListGrants",
        "kms:ListKeys",
        "kms:ListResourceTags",
    )

    @lists(Key, Grant)
    def keys(self, api: AWSApi) -> Iterator[Key | Grant]:
        """Keys of this region with their aliases, and the grants on customer managed ones.

        The listing of aliases counts for the keys: without it no key is found by its alias.
        """
        aliases = api.details("list_aliases", "Aliases", lists=Key)
        by_key = defaultdict(list)
        for alias in sorted(aliases or [], key=lambda alias: str(alias["AliasName"])):
            by_key[alias.get("TargetKeyId", "")].append(alias)

        def detailed(raw: dict[str, Any]) -> list[Key | Grant]:
            key_id, arn = raw["KeyId"], raw["KeyArn"]
            own = None if aliases is None else by_key[key_id]
            about = answered(api.read("describe_key", KeyId=arn), "KeyMetadata", {})
            copies = answered(about, "MultiRegionConfiguration", {})
            kind = answered(copies, "MultiRegionKeyType")
            rotation = api.read(
                "get_key_rotation_status", KeyId=arn, absent=("UnsupportedOperationException",)
            )
            policy = api.read("get_key_policy", KeyId=arn, PolicyName="default")
            tags = api.details("list_resource_tags", "Tags", KeyId=arn)
            key = Key.load(
                raw,
                api.here,
                name=own[0]["AliasName"] if own else key_id,
                aliases=own and [alias["AliasName"] for alias in own],
                alias_arns=own and [alias["AliasArn"] for alias in own],
                description=answered(about, "Description"),
                key_manager=answered(about, "KeyManager"),
                key_state=answered(about, "KeyState"),
                key_usage=answered(about, "KeyUsage"),
                key_spec=answered(about, "KeySpec"),
                origin=answered(about, "Origin"),
                creation_date=answered(about, "CreationDate"),
                deletion_date=answered(about, "DeletionDate"),
                multi_region=answered(about, "MultiRegion", False),
                multi_region_key_type=kind,
                replica_key_arns=answered(
                    copies if kind == "PRIMARY" else about and {}, "ReplicaKeys[].Arn", []
                ),
                rotation_enabled=answered(rotation, "KeyRotationEnabled", False),
                rotation_period_in_days=answered(rotation, "RotationPeriodInDays", None),
                policy=answered(policy, "Policy"),
                tags=tags,
            )
            if key.key_manager == "AWS":  # its grants are the services' own, often thousands
                return [key]
            grants = api.pages("list_grants", "Grants", lists=Grant, KeyId=arn)
            return [key, *(_grant(raw, key, api.here) for raw in grants)]

        for found in api.each(detailed, api.pages("list_keys", "Keys")):
            yield from found


def _grant(raw: dict[str, Any], key: Key, here: Location) -> Grant:
    principal = raw.get("GranteePrincipal", "")
    by_arn = principal.startswith("arn:")
    return Grant.load(
        raw,
        here,
        key_arn=key.id,
        grantee_principal=_role_of_session(principal) if by_arn else "",
        grantee_service_principal=raw.get("GranteeServicePrincipal", "" if by_arn else principal),
    )


def _role_of_session(principal: str) -> str:
    """The role of an assumed-role session; other principals as they are."""
    parts = principal.split(":")
    if parts[2] != "sts" or not parts[5].startswith("assumed-role/"):
        return principal
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"
