"""AWS Secrets Manager: secrets, never their values."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, MissingReason, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered, function_arn
from .session import AWSApi


class Secret(TaggedResource):
    """A secret (ListSecrets)."""

    label = "AWSSecret"
    identity = "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}"

    id: str = field("ARN.", wire="ARN")
    partial_arn: str | None = field("ARN without the six random characters at its end.")
    description: str | None = field("Description.")
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY"
    )
    rotation_enabled: bool | None = field("It is replaced on a schedule.")
    rotation_lambda_arn: str | None = ref(
        "AWSLambda", by="id", rel="INVOKES", wire="RotationLambdaARN"
    )
    rotation_days: int | None = field(
        "Days between rotations; null if the schedule is an expression or there is none.",
        wire="RotationRules.AutomaticallyAfterDays",
    )
    rotation_schedule: str | None = field(
        "Schedule of the rotation, if it is an expression.", wire="RotationRules.ScheduleExpression"
    )
    last_rotated_date: Timestamp | None = field("When it was last rotated; empty if never.")
    last_changed_date: Timestamp | None = field("When it was last changed.")
    last_accessed_date: Timestamp | None = field("Day it was last read; empty if never.")
    created_date: Timestamp | None = field("When it was made.")
    owning_service: str | None = field("The service that manages it, if one does.")
    primary_arn: str | None = ref("AWSSecret", by="id", rel="READS_FROM")
    resource_policy: Document | None = field(
        "Who may read it.", call="GetResourcePolicy", policy="secretsmanager"
    )


class SecretsManager(AWSCollector):
    """Secrets."""

    service = "secretsmanager"
    permissions = ("secretsmanager:GetResourcePolicy", "secretsmanager:ListSecrets")

    @lists(Secret)
    def secrets(self, api: AWSApi) -> Iterator[Secret]:
        """Secrets of this region, replicas of other regions' included. Those that wait for their
        deletion exist, but nobody reads them."""

        def detailed(raw: dict[str, Any]) -> Secret:
            arn, region = raw["ARN"], api.here.region
            if raw.get("DeletedDate"):
                return Secret.absent(
                    arn,
                    MissingReason.UNREADABLE,
                    name=raw["Name"],
                    account=api.here.account,
                    region=region,
                    partial_arn=arn.rpartition("-")[0],
                )
            primary = raw.get("PrimaryRegion", region)
            policy = api.read("get_resource_policy", SecretId=arn)
            return Secret.load(
                raw,
                api.here,
                partial_arn=arn.rpartition("-")[0],
                rotation_enabled=raw.get("RotationEnabled", False),
                rotation_lambda_arn=function_arn(raw.get("RotationLambdaARN", "")),
                primary_arn="" if primary == region else arn.replace(f":{region}:", f":{primary}:"),
                resource_policy=answered(policy, "ResourcePolicy"),
            )

        listed = api.pages("list_secrets", "SecretList", IncludePlannedDeletion=True)
        return api.each(detailed, listed)
