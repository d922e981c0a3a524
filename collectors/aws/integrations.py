"""What the integrations of API Gateway lead to."""

import re
from collections.abc import Iterable, Mapping

from ...graph.model import Location
from .base import function_arn

_FUNCTION = re.compile(r"arn:[^:/]+:lambda:[^:/]+:\d{12}:function:[^/$]+(?=/|$)")
_QUEUE = re.compile(r":apigateway:(?P<region>[^:]+):sqs:path/(?P<account>\d{12})/(?P<name>[^/{]+)$")
_BUCKET = re.compile(r":apigateway:[^:]+:s3:path/(?P<name>[^/{]+)")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")


def invoked_functions(
    uris: Iterable[str], stages: Iterable[Mapping[str, str]] | None
) -> list[str] | None:
    """ARNs of the functions that integrations' URIs name, without version or alias.

    A URI may leave a part to a variable that every stage sets for itself: ``stages`` are these
    variables, stage by stage. None where a URI does so and the stages were not read.
    """
    found: set[str] = set()
    for uri in uris:
        if not _STAGE_VARIABLE.search(uri):
            found.add(uri)
        elif stages is None:
            return None
        else:
            found |= {_in_stage(uri, variables) for variables in stages}
    matches = (_FUNCTION.search(uri) for uri in found)
    return sorted({function_arn(match[0]) for match in matches if match})


def _in_stage(uri: str, variables: Mapping[str, str]) -> str:
    return _STAGE_VARIABLE.sub(lambda name: variables.get(name[1], name[0]), uri)


def forwarded_to(uri: str, here: Location) -> str:
    """ARN of the queue or bucket that the path in an integration's URI names; else empty."""
    if queue := _QUEUE.search(uri):
        return f"arn:{here.partition}:sqs:{queue['region']}:{queue['account']}:{queue['name']}"
    if bucket := _BUCKET.search(uri):
        return f"arn:{here.partition}:s3:::{bucket['name']}"
    return ""


def assumed_roles(credentials: Iterable[str]) -> list[str]:
    """The roles among what integrations act with, which may also be their caller."""
    return sorted({each for each in credentials if ":role/" in each})
