"""What a Cypher text names: the labels and the edges of its patterns."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

from .schema import EdgeType

_STRINGS_AND_COMMENTS = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|//[^\n]*|/\*.*?\*/", re.DOTALL
)
_NODE = re.compile(r"\(\s*(\w*)\s*(?::\s*([\w|\s]+?))?\s*(?:\{[^{}]*\})?\s*\)")
_EDGE = re.compile(
    r"\s*(?P<left><?)-\s*"
    r"(?:\[\s*\w*\s*(?::\s*(?P<types>[\w|\s]+?))?\s*(?P<several>\*[\d.\s]*)?\s*"
    r"(?:\{[^{}]*\})?\s*\])?"
    r"\s*-(?P<right>>?)\s*"
)
_ANY = ("",)


def labels_in(text: str) -> frozenset[str]:
    """The labels that the patterns of a text name."""
    patterns = re.findall(r"\(\s*\w*\s*:\s*([\w|\s]+)", text)
    return frozenset(label.strip() for each in patterns for label in each.split("|"))


def edges_in(text: str) -> frozenset[EdgeType]:
    """The edges that the patterns of a text name, each between every label that its ends may have.

    An empty label or relationship type stands for any: of an end that has none, and of both ends
    of a pattern that may pass over further nodes.
    """
    bare = _STRINGS_AND_COMMENTS.sub("''", text)
    nodes = list(_NODE.finditer(bare))
    labels: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if node[1] and node[2]:
            labels[node[1]].update(_several(node[2]))
    found: set[EdgeType] = set()
    for start in nodes:
        edge = _EDGE.match(bare, start.end())
        end = _NODE.match(bare, edge.end()) if edge else None
        if edge and end:
            found.update(_between(edge, _labels(start, labels), _labels(end, labels)))
    return frozenset(found)


def _between(
    edge: re.Match[str], left: tuple[str, ...], right: tuple[str, ...]
) -> Iterator[EdgeType]:
    """The edges of a pattern, in the directions that it allows."""
    if edge["several"]:
        left = right = _ANY
    is_directed = bool(edge["left"]) != bool(edge["right"])
    for type_, one, other in product(_several(edge["types"] or "") or _ANY, left, right):
        if edge["right"] or not is_directed:
            yield EdgeType(one, type_, other)
        if edge["left"] or not is_directed:
            yield EdgeType(other, type_, one)


def _labels(node: re.Match[str], known: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The labels that a node may have, which another pattern may have given its variable."""
    own = _several(node[2] or "") or tuple(sorted(known.get(node[1], ())))
    return own or _ANY


def _several(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split("|") if each.strip())
