"""AWS Data Pipeline: pipelines, and the roles and networks of them and their machines."""

import re
from collections.abc import Iterator
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, batches, role_key
from .session import AWSApi

_CALL = "GetPipelineDefinition"


class Pipeline(TaggedResource):
    """A pipeline (DescribePipelines). Of its definition only the roles and the networks of its
    machines are kept."""

    label = "AWSDataPipeline"
    identity = "arn:{partition}:datapipeline:{region}:{account}:pipeline/{pipeline_id}"
    wire_case = "camel"

    pipeline_id: str | None = field("Id.")
    description: str | None = field("Description.")
    state: str | None = field("PENDING, SCHEDULED, INACTIVE …", call="-")
    creator: str | None = field("Unique id of the user or role that made it.", call="-")
    roles: list[str] | None = ref("AWSRole", by=("id", "name"), rel="USES_ROLE", call=_CALL)
    resource_roles: list[str] | None = ref(
        "AWSInstanceProfile", by=("id", "name"), rel="RUNS_AS", call=_CALL
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_CALL
    )
    subnet_ids: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_CALL)


class DataPipeline(AWSCollector):
    """Pipelines."""

    service = "datapipeline"
    permissions = (
        "datapipeline:DescribePipelines",
        "datapipeline:GetPipelineDefinition",
        "datapipeline:ListPipelines",
    )

    @lists(Pipeline)
    def pipelines(self, api: AWSApi) -> Iterator[Pipeline]:
        """Pipelines that the caller may see."""

        names = {raw["id"]: raw["name"] for raw in api.pages("list_pipelines", "pipelineIdList")}
        described: dict[str, dict[str, Any]] = {}
        for ids in batches(names, 25):
            answer = api.read("describe_pipelines", pipelineIds=ids) or {}
            described |= {
                raw["pipelineId"]: raw for raw in answer.get("pipelineDescriptionList", [])
            }

        def detailed(id_: str) -> Pipeline:
            definition = api.read("get_pipeline_definition", pipelineId=id_)
            machines = {
                "roles": _roles(definition, "role"),
                "resource_roles": _roles(definition, "resourceRole"),
                "security_group_ids": _named(definition, *_GROUPS),
                "subnet_ids": _named(definition, "subnetId"),
            }
            raw = described.get(id_)
            if raw is None:
                return Pipeline.unread(api.here, pipeline_id=id_, name=names[id_], **machines)
            about = {each["key"]: each.get("stringValue", "") for each in raw["fields"]}
            return Pipeline.load(
                raw,
                api.here,
                state=about.get("@pipelineState", ""),
                creator=about.get("pipelineCreator", ""),
                **machines,
            )

        return api.each(detailed, names)


_PARAMETER = re.compile(r"#\{(\w+)\}")


_GROUPS = (
    "securityGroupIds",
    "emrManagedMasterSecurityGroupId",
    "emrManagedSlaveSecurityGroupId",
    "serviceAccessSecurityGroupId",
    "additionalMasterSecurityGroupIds",
    "additionalSlaveSecurityGroupIds",
)


def _roles(definition: dict[str, Any] | None, key: str) -> list[str] | None:
    named = _named(definition, key)
    return named and sorted({role_key(value) for value in named})


def _named(definition: dict[str, Any] | None, *keys: str) -> list[str] | None:
    """What the objects of a definition name under some keys, with the values of its parameters;
    None where one of these could not be read."""
    if definition is None:
        return None
    values = {
        each["id"]: attribute.get("stringValue")
        for each in definition.get("parameterObjects", [])
        for attribute in each["attributes"]
        if attribute["key"] == "default"
    }
    values |= {each["id"]: each["stringValue"] for each in definition.get("parameterValues", [])}
    texts = {
        each["stringValue"]
        for item in definition.get("pipelineObjects", [])
        for each in item["fields"]
        if each["key"] in keys and each.get("stringValue")
    }
    found = set()
    for text in texts:
        parameter = _PARAMETER.fullmatch(text)
        value = values.get(parameter[1]) if parameter else text
        if value is None:
            return None
        found.add(value)
    return sorted(found)
