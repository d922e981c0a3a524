"""AWS Lambda: functions, what they run as and on, and what invokes them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, container_image, function_arn
from .session import AWSApi


class Function(AWSResource):
    """A function (ListFunctions). Of its environment only the names are kept."""

    label = "AWSLambda"
    identity = "arn:{partition}:lambda:{region}:{account}:function:{name}"

    id: str = field("ARN without a version.", wire="FunctionArn")
    name: str | None = field("Name.", wire="FunctionName")
    description: str | None = field("Description.")
    runtime: str | None = field("Runtime; empty if it is a container image.")
    handler: str | None = field("Entry point.")
    package_type: str | None = field("Zip or Image.")
    architectures: list[str] | None = field("Processor architectures.")
    code_sha256: str | None = field("Digest of its code.", wire="CodeSha256")
    last_modified: str | None = field("When it was last changed.")
    timeout: int | None = field("Seconds it may run.")
    memory_size: int | None = field("Memory in MB.")
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    kms_key_arn: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        wire="KMSKeyArn",
    )
    vpc_id: str | None = ref("AWSVpc", by="vpc_id", rel="IN_NETWORK", wire="VpcConfig.VpcId")
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", wire="VpcConfig.SubnetIds"
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="VpcConfig.SecurityGroupIds",
    )
    dead_letter_target: str | None = ref(
        ("AWSSQSQueue", "AWSSNSTopic"),
        by="id",
        rel="DEAD_LETTERS_TO",
        wire="DeadLetterConfig.TargetArn",
    )
    log_group: str | None = ref("AWSLogGroup", by="name", rel="LOGS_TO")
    layers: list[str] | None = ref("AWSLambdaLayer", by="id", rel="USES_LAYER")
    image_repository: str | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call="GetFunction"
    )
    image_uri: str | None = field("Container image.", call="GetFunction")
    environment_names: list[str] | None = field("Names of its environment variables.", call="-")
    tracing_mode: str | None = field("Active or PassThrough.", wire="TracingConfig.Mode")
    file_system_arns: list[str] | None = field(
        "EFS access points it mounts.", wire="FileSystemConfigs[].Arn"
    )
    signing_profile_version_arn: str | None = field("Who signed its code.")
    policy: Document | None = field("Resource policy.", call="GetPolicy", policy="lambda")
    function_urls: list[str] | None = field(
        "URLs of the function and its aliases.", call="ListFunctionUrlConfigs"
    )
    function_url_auth_types: list[str] | None = field(
        "Of each URL: AWS_IAM, or NONE if it asks for no credentials.",
        call="ListFunctionUrlConfigs",
    )
    failure_destinations: list[str] | None = ref(
        ("AWSSQSQueue", "AWSSNSTopic", "AWSLambda", "AWSEventBus", "AWSS3Bucket"),
        by="id",
        rel="DEAD_LETTERS_TO",
        call="ListFunctionEventInvokeConfigs",
    )
    success_destinations: list[str] | None = ref(
        ("AWSSQSQueue", "AWSSNSTopic", "AWSLambda", "AWSEventBus", "AWSS3Bucket"),
        by="id",
        rel="DELIVERS_TO",
        call="ListFunctionEventInvokeConfigs",
    )


class Layer(AWSResource):
    """A layer of code that functions share (ListLayers)."""

    label = "AWSLambdaLayer"
    identity = "arn:{partition}:lambda:{region}:{account}:layer:{name}"

    id: str = field("ARN without a version.", wire="LayerArn")
    name: str | None = field("Name.", wire="LayerName")
    latest_version: int | None = field("Newest version.", wire="LatestMatchingVersion.Version")
    created_date: str | None = field(
        "When that version was made.", wire="LatestMatchingVersion.CreatedDate"
    )


class EventSourceMapping(AWSResource):
    """What polls a queue or stream and invokes a function (ListEventSourceMappings)."""

    label = "AWSLambdaEventSourceMapping"
    identity = "arn:{partition}:lambda:{region}:{account}:event-source-mapping:{uuid}"

    uuid: str | None = field("Id.", wire="UUID")
    state: str | None = field("Enabled, Disabled …")
    function_arn: str | None = ref("AWSLambda", by="id", rel="INVOKES")
    event_source_arn: str | None = ref(
        ("AWSSQSQueue", "AWSDynamoDBTable"), by="id", rel="READS_FROM"
    )
    failure_destination: str | None = ref(
        ("AWSSQSQueue", "AWSSNSTopic", "AWSS3Bucket"),
        by="id",
        rel="DEAD_LETTERS_TO",
        wire="DestinationConfig.OnFailure.Destination",
    )
    kms_key_arn: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        wire="KMSKeyArn",
    )
    subnet_ids: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="-")
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call="-"
    )
    batch_size: int | None = field("Most records in one invocation.")
    last_modified: Timestamp | None = field("When it was last changed.")


class Lambda(AWSCollector):
    """Functions, layers and event sources."""

    service = "lambda"
    permissions = (
        "lambda:GetFunction",
        "lambda:GetPolicy",
        "lambda:ListEventSourceMappings",
        "lambda:ListFunctionEventInvokeConfigs",
        "lambda:ListFunctionUrlConfigs",
        "lambda:ListFunctions",
        "lambda:ListLayers",
        "lambda:ListTags",
    )

    @lists(Function)
    def functions(self, api: AWSApi) -> Iterator[Function]:
        """Functions; the code of a container image is asked for, that of an archive is not."""

        def detailed(raw: dict[str, Any]) -> Function:
            name, arn = raw["FunctionName"], raw["FunctionArn"]
            image = raw.get("PackageType") == "Image"
            code = api.read("get_function", FunctionName=name) if image else {}
            image_uri = answered(code, "Code.ImageUri")
            policy = api.read(
                "get_policy", FunctionName=name, absent=("ResourceNotFoundException",)
            )
            tags = api.read("list_tags", Resource=arn)
            urls = api.details("list_function_url_configs", "FunctionUrlConfigs", FunctionName=name)
            invokes = api.details(
                "list_function_event_invoke_configs",
                "FunctionEventInvokeConfigs",
                FunctionName=name,
            )
            return Function.load(
                raw,
                api.here,
                log_group=answered(raw, "LoggingConfig.LogGroup") or f"/aws/lambda/{name}",
                layers=[layer["Arn"].rpartition(":")[0] for layer in raw.get("Layers", [])],
                environment_names=sorted(answered(raw, "Environment.Variables", {})),
                image_uri=image_uri,
                image_repository=image_uri and container_image(image_uri, api.here.partition),
                policy=answered(policy, "Policy"),
                tags=answered(tags, "Tags", []),
                function_urls=urls and [url["FunctionUrl"] for url in urls],
                function_url_auth_types=urls and [url["AuthType"] for url in urls],
                failure_destinations=_destinations(invokes, "OnFailure"),
                success_destinations=_destinations(invokes, "OnSuccess"),
            )

        return api.each(detailed, api.pages("list_functions", "Functions"))

    @lists(Layer)
    def layers(self, api: AWSApi) -> Iterator[Layer]:
        """Layers of this account."""
        for raw in api.pages("list_layers", "Layers"):
            yield Layer.load(raw, api.here)

    @lists(EventSourceMapping)
    def event_source_mappings(self, api: AWSApi) -> Iterator[EventSourceMapping]:
        """Event source mappings."""
        for raw in api.pages("list_event_source_mappings", "EventSourceMappings"):
            yield EventSourceMapping.load(
                raw,
                api.here,
                name=raw["UUID"],
                function_arn=function_arn(raw.get("FunctionArn", "")),
                # A stream belongs to its table.
                event_source_arn=raw.get("EventSourceArn", "").partition("/stream/")[0],
                subnet_ids=_accessed_through(raw, "VPC_SUBNET"),
                security_group_ids=_accessed_through(raw, "VPC_SECURITY_GROUP"),
            )


def _accessed_through(mapping: dict[str, Any], kind: str) -> list[str]:
    """The ids of a kind that a source of one's own (Kafka) is reached through, which come as
    `security_group:sg-…`."""
    return [
        str(each["URI"]).rpartition(":")[2]
        for each in mapping.get("SourceAccessConfigurations", [])
        if each["Type"] == kind
    ]


def _destinations(configs: list[dict[str, Any]] | None, outcome: str) -> list[str] | None:
    if configs is None:
        return None
    found = {answered(config, f"DestinationConfig.{outcome}.Destination") for config in configs}
    return sorted(function_arn(arn) for arn in found - {""})
