"""What projects lie in: folders and an organization, as far as that was read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..neighbours import targets

if TYPE_CHECKING:
    import networkx

FOLDER, ORGANIZATION = "GCPFolder", "GCPOrganization"
ABOVE = (FOLDER, ORGANIZATION)
"""The labels of what projects lie in."""


def above(graph: "networkx.MultiDiGraph", scope: str) -> Iterator[str]:
    """What a project or folder lies in, from below."""
    for each in targets(graph, scope, "PART_OF"):
        if graph.nodes[each]["label"] in ABOVE:
            yield each
            yield from above(graph, each)


def unread_above(graph: "networkx.MultiDiGraph", project: str) -> str | None:
    """The highest that is known of what a project lies in, if what that lies in was not read; None
    if all of it was."""
    *_, last = project, *above(graph, project)
    known = graph.nodes[last]
    if known["label"] == ORGANIZATION or (known["missing"] is None and known["parent"] == ""):
        return None
    return last
