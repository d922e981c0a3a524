"""Amazon S3: buckets, who can reach them and where their data, logs and events go."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from ...graph.model import Document, MissingReason, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi

_GROUPS = "http://acs.amazonaws.com/groups/global/"


class Bucket(AWSResource):
    """A bucket (ListBuckets)."""

    label = "AWSS3Bucket"
    identity = "arn:{partition}:s3:::{name}"
    unique_within = "global"
    # Directory buckets.
    listing_omits = (
        "arn:{partition}:s3:::{name}--x-s3",
        "arn:{partition}:s3express:{region}:{account}:bucket/{name}",
    )

    creation_date: Timestamp | None = field("When it was made.")
    account_public_access_block: str | None = ref(
        "AWSS3AccountPublicAccessBlock", by="account", rel="BOUNDED_BY"
    )
    block_public_acls: bool | None = field(
        "ACLs that grant public access are refused.", call="GetPublicAccessBlock"
    )
    ignore_public_acls: bool | None = field(
        "ACLs that grant public access have no effect.", call="GetPublicAccessBlock"
    )
    block_public_policy: bool | None = field(
        "Policies that grant public access are refused.", call="GetPublicAccessBlock"
    )
    restrict_public_buckets: bool | None = field(
        "While its policy is public it serves only its own account and AWS services.",
        call="GetPublicAccessBlock",
    )
    object_ownership: str | None = field(
        "BucketOwnerEnforced switches ACLs off; empty, like ObjectWriter, leaves them on.",
        call="GetBucketOwnershipControls",
    )
    acl_owner_id: str | None = field("Canonical id of the owner.", call="GetBucketAcl")
    acl_grants: Document | None = field("Grants of the ACL.", call="GetBucketAcl")
    acl_everyone: list[str] | None = field("What the ACL lets everyone do.", call="GetBucketAcl")
    acl_authenticated: list[str] | None = field(
        "What the ACL lets every AWS account do, which is anyone who makes one.",
        call="GetBucketAcl",
    )
    policy: Document | None = field("The bucket policy.", call="GetBucketPolicy", policy="s3")
    policy_is_public: bool | None = field(
        "S3 itself takes the policy for public.", call="GetBucketPolicyStatus"
    )
    encryption_algorithm: str | None = field(
        "Default encryption: AES256, aws:kms or aws:kms:dsse.", call="GetBucketEncryption"
    )
    kms_key_id: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="GetBucketEncryption",
    )
    versioning: str | None = field(
        "Enabled, Suspended, or empty if it never was.", call="GetBucketVersioning"
    )
    mfa_delete: bool | None = field(
        "Deleting a version needs the root user's MFA.", call="GetBucketVersioning"
    )
    object_lock_enabled: bool | None = field(
        "Versions can be kept from deletion.", call="GetObjectLockConfiguration"
    )
    object_lock_mode: str | None = field(
        "Default retention of new objects: GOVERNANCE or COMPLIANCE; empty for none.",
        call="GetObjectLockConfiguration",
    )
    logging_target_bucket: str | None = ref(
        "AWSS3Bucket", by="name", rel="LOGS_TO", call="GetBucketLogging"
    )
    logging_target_prefix: str | None = field("Prefix of the access logs.", call="GetBucketLogging")
    replication_role_arn: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", call="GetBucketReplication"
    )
    replication_bucket_arns: list[str] | None = ref(
        "AWSS3Bucket", by="id", rel="REPLICATES_TO", call="GetBucketReplication"
    )
    replica_kms_key_ids: list[str] | None = ref(
        "AWSKMSKey", by="id", rel="ENCRYPTED_BY", call="GetBucketReplication"
    )
    website_enabled: bool | None = field("Served as a website.", call="GetBucketWebsite")
    website_redirect_host: str | None = field(
        "Host that the website sends every request to, if it does.", call="GetBucketWebsite"
    )
    topic_arns: list[str] | None = ref(
        "AWSSNSTopic", by="id", rel="NOTIFIES", call="GetBucketNotificationConfiguration"
    )
    queue_arns: list[str] | None = ref(
        "AWSSQSQueue", by="id", rel="NOTIFIES", call="GetBucketNotificationConfiguration"
    )
    function_arns: list[str] | None = ref(
        "AWSLambda", by="id", rel="INVOKES", call="GetBucketNotificationConfiguration"
    )
    event_bridge_enabled: bool | None = field(
        "Sends its events to EventBridge.", call="GetBucketNotificationConfiguration"
    )


class S3(AWSCollector):
    """Buckets."""

    service = "s3"
    regional = False
    permissions = (
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListAllMyBuckets",
    )

    @lists(Bucket)
    def buckets(self, api: AWSApi) -> Iterator[Bucket]:
        """The account's buckets; those of a region that is not scanned only by name."""
        # The listing tells the buckets' regions only where it is asked for pages.
        return api.each(
            partial(_bucket, api), api.pages("list_buckets", "Buckets", MaxBuckets=1000)
        )

    def exists(self, api: AWSApi, label: str, key: str) -> bool | None:  # noqa: ARG002
        """Whether a bucket exists, by its name or ARN, no matter who owns it. A refusal says so
        too, so that no permission is asked for: it would let the scan list objects."""
        from botocore.exceptions import ClientError

        def probe() -> bool:
            try:
                api.client().head_bucket(Bucket=key.rpartition(":")[2])
            except ClientError as error:
                code = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if code not in (301, 403, 404):
                    raise
                return bool(code != 404)
            return True

        return api.read_through("HeadBucket", probe)


def _bucket(api: AWSApi, raw: dict[str, Any]) -> Bucket:
    name = raw["Name"]
    region = raw.get("BucketRegion") or _location(api, name)
    if region and not api.scans(region):
        return Bucket.absent(
            f"arn:{api.here.partition}:s3:::{name}",
            MissingReason.OUT_OF_SCOPE,
            name=name,
            account=api.here.account,
            region=region,
        )

    def read(operation: str, *absent: str) -> dict[str, Any] | None:
        return api.read(operation, absent=absent, region=region or "", Bucket=name)

    acl = read("get_bucket_acl")
    block = read("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
    block = answered(block, "PublicAccessBlockConfiguration", {})
    ownership = read("get_bucket_ownership_controls", "OwnershipControlsNotFoundError")
    policy = read("get_bucket_policy", "NoSuchBucketPolicy")
    status = {} if policy == {} else read("get_bucket_policy_status", "NoSuchBucketPolicy")
    encryption = _only(
        read("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError"),
        "ServerSideEncryptionConfiguration.Rules",
    )
    versioning = read("get_bucket_versioning")
    lock = read("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError")
    logging = read("get_bucket_logging")
    replication = read("get_bucket_replication", "ReplicationConfigurationNotFoundError")
    copies = _enabled(replication)
    website = read("get_bucket_website", "NoSuchWebsiteConfiguration")
    events = read("get_bucket_notification_configuration")
    functions = answered(events, "LambdaFunctionConfigurations[].LambdaFunctionArn", [])
    tags = read("get_bucket_tagging", "NoSuchTagSet")
    bucket = Bucket.load(
        raw,
        api.here,
        region=region,
        account_public_access_block=api.here.account,
        block_public_acls=answered(block, "BlockPublicAcls", False),
        ignore_public_acls=answered(block, "IgnorePublicAcls", False),
        block_public_policy=answered(block, "BlockPublicPolicy", False),
        restrict_public_buckets=answered(block, "RestrictPublicBuckets", False),
        object_ownership=answered(_only(ownership, "OwnershipControls.Rules"), "ObjectOwnership"),
        acl_owner_id=answered(acl, "Owner.ID"),
        acl_grants=answered(acl, "Grants", []),
        acl_everyone=_granted(acl, "AllUsers"),
        acl_authenticated=_granted(acl, "AuthenticatedUsers"),
        policy=answered(policy, "Policy"),
        # No policy is not public; a policy whose status is unknown may be.
        policy_is_public=answered(status, "PolicyStatus.IsPublic", None if status else False),
        encryption_algorithm=answered(
            encryption, "ApplyServerSideEncryptionByDefault.SSEAlgorithm"
        ),
        kms_key_id=answered(encryption, "ApplyServerSideEncryptionByDefault.KMSMasterKeyID"),
        versioning=answered(versioning, "Status"),
        mfa_delete=None if versioning is None else versioning.get("MFADelete") == "Enabled",
        object_lock_enabled=None if lock is None else lock != {},
        object_lock_mode=answered(lock, "ObjectLockConfiguration.Rule.DefaultRetention.Mode"),
        logging_target_bucket=answered(logging, "LoggingEnabled.TargetBucket"),
        logging_target_prefix=answered(logging, "LoggingEnabled.TargetPrefix"),
        replication_role_arn=answered(replication, "ReplicationConfiguration.Role"),
        replication_bucket_arns=_distinct(copies, "Destination.Bucket"),
        replica_kms_key_ids=_distinct(
            copies, "Destination.EncryptionConfiguration.ReplicaKmsKeyID"
        ),
        website_enabled=None if website is None else website != {},
        website_redirect_host=answered(website, "RedirectAllRequestsTo.HostName"),
        topic_arns=answered(events, "TopicConfigurations[].TopicArn", []),
        queue_arns=answered(events, "QueueConfigurations[].QueueArn", []),
        function_arns=None if functions is None else sorted(map(function_arn, functions)),
        event_bridge_enabled=None if events is None else "EventBridgeConfiguration" in events,
        tags=answered(tags, "TagSet", []),
    )
    bucket.region = region
    return bucket


def _location(api: AWSApi, name: str) -> str | None:
    """The bucket's region, spelled as regions are today; None if it cannot be read."""
    constraint = answered(api.read("get_bucket_location", Bucket=name), "LocationConstraint")
    old: dict[str, str] = {"": "us-east-1", "EU": "eu-west-1"}
    return None if constraint is None else old.get(constraint, constraint)


def _only(answer: dict[str, Any] | None, path: str) -> dict[str, Any] | None:
    """The one item of a list that has at most one."""
    items = answered(answer, path, [])
    return None if items is None else next(iter(items), {})


def _granted(acl: dict[str, Any] | None, group: str) -> list[str] | None:
    """What an ACL grants to one of S3's groups of everyone."""
    if acl is None:
        return None
    return sorted(
        grant["Permission"]
        for grant in acl.get("Grants", [])
        if grant["Grantee"].get("URI") == _GROUPS + group
    )


def _enabled(replication: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """The replication rules that are in force."""
    rules = answered(replication, "ReplicationConfiguration.Rules", [])
    return rules and [rule for rule in rules if rule["Status"] == "Enabled"]


def _distinct(items: list[dict[str, Any]] | None, path: str) -> list[str] | None:
    """What the items say at a path, sorted, each text once."""
    return None if items is None else sorted({answered(item, path) for item in items} - {""})
