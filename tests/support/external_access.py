"""Who outside comes to what in a small AWS estate."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from clew.graph.attack.aws import external
from clew.graph.authorization.aws.environment import AWSEnvironment
from clew.graph.model import Resource
from support.identities import Document, Identities, graph_of


class Found(NamedTuple):
    """A way in, in short."""

    source: str
    """Name, or account, or ARN."""
    target: str
    """Name."""
    conditions: tuple[str, ...] = ()
    """None if it is certain."""


def estate(
    *accounts: Identities,
    resources: Iterable[Resource] = (),
    known: Mapping[str, Mapping[str, Any]] | None = None,
    controls: Mapping[str, Sequence[Sequence[Document]]] | None = None,
    listed: Iterable[str] = (),
) -> AWSEnvironment:
    """The estate of a scan of these accounts, where these resources were found as well as IAM."""
    graph, reads = graph_of(
        *accounts, resources=resources, known=known, resource_controls=controls, listed=listed
    )
    return AWSEnvironment.of(graph, reads)


def comers(found: AWSEnvironment) -> set[Found]:
    """Who outside assumes, reads or invokes what."""
    return {
        Found(each.source.name, each.target.name, each.conditions)
        for each in external.findings(found)
    }
