"""AWS CodePipeline: pipelines, as whom they act, and what they build and deploy."""

from collections.abc import Iterable, Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CALL = "GetPipeline"


class Pipeline(AWSResource):
    """A pipeline (ListPipelines). Of the settings of its actions only those are kept that lead to
    other resources."""

    label = "AWSCodePipeline"
    identity = "arn:{partition}:codepipeline:{region}:{account}:{name}"
    wire_case = "camel"

    version: int | None = field("How often it was changed.")
    pipeline_type: str | None = field("V1 or V2.")
    created: Timestamp | None = field("When it was made.")
    updated: Timestamp | None = field("When it was last changed.")
    role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call=_CALL)
    action_roles: list[str] | None = ref("AWSRole", by="id", rel="USES_ROLE", call=_CALL)
    actions: list[str] | None = field(
        "`category/provider` of its actions: Source/S3, Build/CodeBuild, Compute/Commands …",
        call=_CALL,
    )
    artifact_buckets: list[str] | None = ref(
        "AWSS3Bucket", by="name", rel="DELIVERS_TO", call=_CALL
    )
    keys: list[str] | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )
    source_buckets: list[str] | None = ref("AWSS3Bucket", by="name", rel="READS_FROM", call=_CALL)
    source_objects: list[str] | None = field(
        "Objects that it takes as its source, `bucket/key`.", call=_CALL
    )
    source_repositories: list[str] | None = field(
        "Repositories that it takes code or images from, by name.", call=_CALL
    )
    code_repositories: list[str] | None = ref(
        "AWSCodeCommitRepository", by="name", rel="READS_FROM", call=_CALL
    )
    projects: list[str] | None = ref("AWSCodeBuildProject", by="name", rel="INVOKES", call=_CALL)
    functions: list[str] | None = ref("AWSLambda", by="name", rel="INVOKES", call=_CALL)


class CodePipeline(AWSCollector):
    """Pipelines."""

    service = "codepipeline"
    permissions = (
        "codepipeline:GetPipeline",
        "codepipeline:ListPipelines",
        "codepipeline:ListTagsForResource",
    )

    @lists(Pipeline)
    def pipelines(self, api: AWSApi) -> Iterator[Pipeline]:
        """Pipelines with their roles and actions."""

        def detailed(raw: dict[str, Any]) -> Pipeline:
            answer = api.read("get_pipeline", name=raw["name"])
            here = api.here
            arn = f"arn:{here.partition}:codepipeline:{here.region}:{here.account}:{raw['name']}"
            tags = api.details("list_tags_for_resource", "tags", resourceArn=arn)
            return Pipeline.load(raw, here, id=arn, tags=tags, **_known(answer))

        return api.each(detailed, api.pages("list_pipelines", "pipelines"))


def _known(answer: dict[str, Any] | None) -> dict[str, Any]:
    """What a pipeline's declaration says; nothing if it was not read."""
    if answer is None:
        return {}
    pipeline = answer["pipeline"]
    stores = [
        *filter(None, [pipeline.get("artifactStore")]),
        *answered(pipeline, "artifactStores", {}).values(),
    ]
    actions = answered(pipeline, "stages[].actions", [])
    actions = [action for stage in actions for action in stage]
    sources = [each for each in actions if each["actionTypeId"]["category"] == "Source"]
    return {
        "role_arn": answered(pipeline, "roleArn"),
        "action_roles": _sorted(action.get("roleArn") for action in actions),
        "actions": _sorted(
            f"{action['actionTypeId']['category']}/{action['actionTypeId']['provider']}"
            for action in actions
        ),
        "artifact_buckets": _sorted(store["location"] for store in stores),
        "keys": _sorted(answered(store, "encryptionKey.id") for store in stores),
        "source_buckets": _settings(sources, "S3", "S3Bucket"),
        "source_objects": _sorted(map(_source_object, sources)),
        "source_repositories": _sorted(
            action.get("configuration", {}).get(name)
            for action in sources
            for name in ("RepositoryName", "FullRepositoryId", "Repo")
        ),
        "code_repositories": _settings(sources, "CodeCommit", "RepositoryName"),
        "projects": _settings(actions, "CodeBuild", "ProjectName"),
        "functions": _settings(actions, "Lambda", "FunctionName"),
    }


def _source_object(action: dict[str, Any]) -> str:
    """What a source takes from S3; empty if it does not."""
    names = (action.get("configuration", {}).get(name) for name in ("S3Bucket", "S3ObjectKey"))
    bucket, key = names
    return f"{bucket}/{key}" if bucket and key else ""


def _settings(actions: list[dict[str, Any]], provider: str, name: str) -> list[str]:
    """What a setting of the actions of a provider says."""
    return _sorted(
        action.get("configuration", {}).get(name)
        for action in actions
        if action["actionTypeId"]["provider"] == provider
    )


def _sorted(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})
