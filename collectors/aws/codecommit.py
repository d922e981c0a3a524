"""AWS CodeCommit: repositories."""

from collections.abc import Iterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CALL = "GetRepository"


class Repository(AWSResource):
    """A repository (ListRepositories)."""

    label = "AWSCodeCommitRepository"
    identity = "arn:{partition}:codecommit:{region}:{account}:{name}"
    wire_case = "camel"

    name: str | None = field("Name.", wire="repositoryName")
    repository_id: str | None = field("Id.")
    default_branch: str | None = field("Branch that is meant where none is named.", call=_CALL)
    created: Timestamp | None = field("When it was made.", wire="creationDate", call=_CALL)
    last_modified: Timestamp | None = field(
        "When it was last changed.", wire="lastModifiedDate", call=_CALL
    )
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )


class CodeCommit(AWSCollector):
    """Repositories."""

    service = "codecommit"
    permissions = (
        "codecommit:GetRepository",
        "codecommit:ListRepositories",
        "codecommit:ListTagsForResource",
    )

    @lists(Repository)
    def repositories(self, api: AWSApi) -> Iterator[Repository]:
        """Repositories."""

        def detailed(raw: dict[str, str]) -> Repository:
            here, name = api.here, raw["repositoryName"]
            arn = f"arn:{here.partition}:codecommit:{here.region}:{here.account}:{name}"
            about = api.read("get_repository", repositoryName=name)
            tags = api.read("list_tags_for_resource", resourceArn=arn)
            known = answered(about, "repositoryMetadata", {}) or {}
            return Repository.load(
                {**raw, **known},
                here,
                id=arn,
                kms_key_id=answered(about, "repositoryMetadata.kmsKeyId"),
                default_branch=answered(about, "repositoryMetadata.defaultBranch"),
                tags=answered(tags, "tags", {}),
            )

        return api.each(detailed, api.pages("list_repositories", "repositories"))
