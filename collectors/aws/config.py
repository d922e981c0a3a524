"""AWS Config: rules, and the automations that put right what breaks them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, batches, function_arn
from .session import AWSApi


class Rule(AWSResource):
    """A rule (DescribeConfigRules). Its parameters are not kept."""

    label = "AWSConfigRule"
    identity = "arn:{partition}:config:{region}:{account}:config-rule/{rule_id}"

    id: str = field("ARN.", wire="ConfigRuleArn")
    name: str | None = field("Name.", wire="ConfigRuleName")
    rule_id: str | None = field("Id.", wire="ConfigRuleId")
    description: str | None = field("Description.")
    state: str | None = field("ACTIVE …", wire="ConfigRuleState")
    owner: str | None = field("AWS, CUSTOM_LAMBDA or CUSTOM_POLICY.", wire="Source.Owner")
    managed_rule: str | None = field("Which of AWS's own rules it is; else empty.", call="-")
    function: str | None = ref("AWSLambda", by="id", rel="INVOKES", call="-")
    resource_types: list[str] | None = field(
        "Kinds of resources that it looks at.", wire="Scope.ComplianceResourceTypes"
    )
    created_by: str | None = field("The service that made it; else empty.")


class Remediation(AWSResource):
    """The automation that puts right what breaks a rule (DescribeRemediationConfigurations)."""

    label = "AWSConfigRemediation"
    identity = (
        "arn:{partition}:config:{region}:{account}:remediation-configuration/{remediation_id}"
    )

    id: str = field("ARN.", wire="Arn")
    rule: str | None = ref("AWSConfigRule", by="name", rel="PART_OF", wire="ConfigRuleName")
    remediation_id: str | None = field("Name of the rule, and an id.", call="-")
    document: str | None = ref("AWSSSMDocument", by=("id", "name"), rel="INVOKES", wire="TargetId")
    document_version: str | None = field(
        "Version of the document; empty: the default one.", wire="TargetVersion"
    )
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call="-")
    automatic: bool | None = field("It runs by itself as soon as something breaks the rule.")
    created_by: str | None = field("The service that made it; else empty.", wire="CreatedByService")


class Config(AWSCollector):
    """Rules and remediations."""

    service = "config"
    permissions = (
        "config:DescribeConfigRules",
        "config:DescribeRemediationConfigurations",
        "config:ListTagsForResource",
    )

    @lists(Rule, Remediation, through={Remediation: Rule})
    def rules(self, api: AWSApi) -> Iterator[Rule | Remediation]:
        """Rules, and the remediations of each."""
        raws = list(api.pages("describe_config_rules", "ConfigRules"))

        def detailed(raw: dict[str, Any]) -> Rule:
            source = answered(raw, "Source.SourceIdentifier")
            owner = answered(raw, "Source.Owner")
            arn = raw["ConfigRuleArn"]
            return Rule.load(
                raw,
                api.here,
                managed_rule=source if owner == "AWS" else "",
                function=function_arn(source) if owner == "CUSTOM_LAMBDA" else "",
                tags=api.details("list_tags_for_resource", "Tags", ResourceArn=arn),
            )

        yield from api.each(detailed, raws)
        for names in batches((raw["ConfigRuleName"] for raw in raws), 25):
            answer = api.read(
                "describe_remediation_configurations", lists=Remediation, ConfigRuleNames=names
            )
            for raw in answered(answer, "RemediationConfigurations", []) or []:
                yield _remediation(raw, api)


def _remediation(raw: dict[str, Any], api: AWSApi) -> Remediation:
    roles = answered(raw, "Parameters.AutomationAssumeRole.StaticValue.Values", [])
    return Remediation.load(
        raw,
        api.here,
        name=raw["ConfigRuleName"],
        remediation_id=answered(raw, "Arn").partition("/")[2],
        role=next(iter(roles), ""),
        automatic=raw.get("Automatic", False),
        tags=[],
    )
