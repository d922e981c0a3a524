"""What every AWS model and collector has in common."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ...graph.model import Resource, field
from ..collector import Collector


def _tags(value: object) -> object:
    """Tags as AWS spells them (a map, or pairs of Key and Value) as sorted ``key=value``."""
    if isinstance(value, Mapping):
        return sorted(f"{key}={text}" for key, text in value.items())
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        pairs = ({name.lower().removeprefix("tag"): text for name, text in tag.items()} for tag in value)
        return sorted(f"{pair['key']}={pair.get('value', '')}" for pair in pairs)
    return value


Tags = Annotated[list[str], BeforeValidator(_tags)]


class AWSResource(Resource):
    """A resource in AWS; its id is its ARN."""

    provider = "aws"

    tags: Tags | None = field("Tags as `key=value`, sorted.", wire="Tags", call="ListTags")


class AWSCollector(Collector):
    """A collector that reads through :class:`~clew.collectors.aws.session.AWSApi`."""

    provider: ClassVar[str] = "aws"


def first(values: Any, name: str) -> str:
    """The named text in the first of some items, empty if there is none."""
    return str(values[0].get(name, "")) if values else ""
