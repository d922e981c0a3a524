"""Amazon ECR: private container repositories."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class Repository(AWSResource):
    """A repository (DescribeRepositories)."""

    label = "AWSECRRepository"
    identity = "arn:{partition}:ecr:{region}:{account}:repository/{name}"
    global_keys = ("uri",)
    wire_case = "camel"

    id: str = field("ARN.", wire="repositoryArn")
    name: str | None = field("Name.", wire="repositoryName")
    uri: str | None = field("Where images are pulled from.", wire="repositoryUri")
    created_at: Timestamp | None = field("When it was made.")
    image_tag_mutability: str | None = field("MUTABLE, IMMUTABLE, or either with exclusions.")
    scan_on_push: bool | None = field(
        "Basic scanning of pushed images, where the registry does not say otherwise.",
        wire="imageScanningConfiguration.scanOnPush",
    )
    encryption_type: str | None = field(
        "AES256, KMS or KMS_DSSE.", wire="encryptionConfiguration.encryptionType"
    )
    kms_key: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        wire="encryptionConfiguration.kmsKey",
    )
    policy: Document | None = field("Repository policy.", call="GetRepositoryPolicy", policy="ecr")


class ECR(AWSCollector):
    """Repositories."""

    service = "ecr"
    permissions = (
        "ecr:DescribeRepositories",
        "ecr:GetRepositoryPolicy",
        "ecr:ListTagsForResource",
    )

    @lists(Repository)
    def repositories(self, api: AWSApi) -> Iterator[Repository]:
        """Repositories of the private registry."""

        def detailed(raw: dict[str, Any]) -> Repository:
            policy = api.read(
                "get_repository_policy",
                repositoryName=raw["repositoryName"],
                absent=("RepositoryPolicyNotFoundException",),
            )
            tags = api.read("list_tags_for_resource", resourceArn=raw["repositoryArn"])
            return Repository.load(
                raw,
                api.here,
                policy=answered(policy, "policyText"),
                tags=answered(tags, "tags", []),
            )

        return api.each(detailed, api.pages("describe_repositories", "repositories"))
