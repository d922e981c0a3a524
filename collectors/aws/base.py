"""What every AWS model and collector has in common."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator

from ...graph.model import Identity, Location, Resource, field
from ...graph.model.reference import wire_reader
from ..collector import Collector


def _tags(value: object) -> object:
    """Tags as AWS spells them (a map, or pairs of Key and Value) as sorted ``key=value``."""
    if isinstance(value, Mapping):
        return sorted(f"{key}={text}" for key, text in value.items())
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        pairs = (
            {name.lower().removeprefix("tag"): text for name, text in tag.items()} for tag in value
        )
        return sorted(f"{pair['key']}={pair.get('value', '')}" for pair in pairs)
    return value


Tags = Annotated[list[str], BeforeValidator(_tags)]


class AWSResource(Resource):
    """A resource in AWS; its id is its ARN."""

    provider = "aws"
    owner_identity = "arn:{partition}:{service}:{region}:{account}:{rest}"
    account_label = "AWSAccount"

    tags: Tags | None = field("Tags as `key=value`, sorted.", wire="Tags", call="ListTags")

    @classmethod
    def unread(cls, here: Location, **known: Any) -> Self:
        """The resource of which a listing gave only what is ``known``; the rest was not read."""
        values = {"account": here.account, "region": here.region, **known}
        identity = Identity.of(cls.identity).build({"partition": here.partition, **values})
        return cls(**{"id": identity, **values})


class TaggedResource(AWSResource):
    """A resource whose tags come with its listing."""

    tags: Tags | None = field("Tags as `key=value`, sorted.")


class AWSCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.aws.session.AWSApi`."""

    provider: ClassVar[str] = "aws"


def first(values: Any, name: str) -> str:
    """The named text in the first of some items, empty if there is none."""
    return str(values[0].get(name, "")) if values else ""


def answered(answer: Mapping[str, Any] | None, path: str, empty: Any = "") -> Any:
    """What a detail's answer says at a dotted path: ``empty`` where the answer leaves it out, None
    where there is no answer because the call failed."""
    if answer is None:
        return None
    value = _reader(path)(answer)
    return empty if value is None else value


_reader = cache(wire_reader)


def parsed(text: str | None) -> dict[str, Any] | None:
    """The JSON object that an attribute holds as text, empty if it holds none; None if unread."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


_S3_URI = re.compile(r"s3[an]?://([^/?#,]+/[^?#,]+)")


def s3_objects(*texts: str) -> list[str]:
    """The objects that texts name by their addresses, each as ``bucket/key``."""
    return sorted({found for text in texts for found in _S3_URI.findall(text)})


def function_arn(arn: str) -> str:
    """The ARN of a Lambda function without the version or alias; other ARNs as they are."""
    parts = arn.split(":")
    return ":".join(parts[:7]) if parts[2:3] == ["lambda"] and parts[5:6] == ["function"] else arn


_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[^.]+)\.[^/]+/(?P<name>[^:@]+)"
)


def container_image(uri: str, partition: str) -> str:
    """The ARN of the ECR repository that an image comes from; images of other registries as they
    are."""
    found = _ECR_IMAGE.match(uri)
    if not found:
        return uri
    return f"arn:{partition}:ecr:{found['region']}:{found['account']}:repository/{found['name']}"


def named_by_digest(images: Iterable[str]) -> str:
    """Whether ``all``, ``some`` or ``none`` of some container images are named by digest, which no
    push changes; empty if there are no images."""
    known = {"@" in image for image in images}
    if len(known) > 1:
        return "some"
    return {True: "all", False: "none"}[known.pop()] if known else ""


def secret_arn(value: str, here: Location) -> str:
    """The ARN of the secret that a setting names by ARN or by name, a JSON key, a stage and a
    version perhaps behind it. Of a name it is the ARN without the random end."""
    if value.startswith("arn:"):
        return ":".join(value.split(":")[:7])
    name = value.partition(":")[0]
    return f"arn:{here.partition}:secretsmanager:{here.region}:{here.account}:secret:{name}"


def parameter_arn(value: str, here: Location) -> str:
    """The ARN of the Systems Manager parameter that a setting names by ARN or by name."""
    if value.startswith("arn:"):
        return value
    name = value.removeprefix("/")
    return f"arn:{here.partition}:ssm:{here.region}:{here.account}:parameter/{name}"


def secret_or_parameter_arn(value: str, here: Location) -> str:
    """The ARN of what fills a container's variable: a secret, named by ARN, or a parameter."""
    return secret_arn(value, here) if ":secretsmanager:" in value else parameter_arn(value, here)


def role_key(value: str) -> str:
    """What finds a role that a setting names by ARN, by name, or by path and name."""
    return value if value.startswith("arn:") else value.rpartition("/")[2]


def batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most a size, as calls that describe many at once take them."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def name_tag(raw: Mapping[str, Any]) -> str:
    """What the tag ``Name`` says, which EC2 shows as the name; empty if there is none."""
    tags = raw.get("Tags") or raw.get("TagSet") or []
    return next((str(tag["Value"]) for tag in tags if tag["Key"] == "Name"), "")


def metric_arn(here: Location, namespace: str, name: str, account: str = "") -> str:
    """The identity of a CloudWatch metric, which has no ARN of its own. No namespace holds a `|`,
    so two metrics never share it."""
    return (
        f"arn:{here.partition}:cloudwatch:{here.region}:{account or here.account}"
        f":metric/{namespace}|{name}"
    )
