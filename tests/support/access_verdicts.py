"""Verdicts of checks that ask who may do what, in the small worlds of any cloud."""

from collections.abc import Collection
from typing import Protocol

import networkx
from clew.checks import checks
from clew.checks.access_rule import AccessRule
from clew.collectors.registry import models
from clew.graph.model import ListingStatus
from clew.graph.schema import Schema


class World(Protocol):
    """A world of one cloud."""

    graph: networkx.MultiDiGraph

    def listings(
        self, unlisted: Collection[str] = (), more: Collection[str] = ()
    ) -> list[ListingStatus]:
        """What was listed of it."""


def verdicts(check: str, world: World, *unlisted: str) -> dict[str, str]:
    """By name of the resource (``name → target`` where there is a target), the worst of each."""
    asked = checks()[check].resolved(Schema.of(models()))
    assert isinstance(asked.rule, AccessRule)
    graph = world.graph.copy()
    labels = {each.label for each in models()}
    graph.graph["reads"] = world.listings(unlisted, more=labels)
    nodes = graph.nodes
    found: dict[str, list[str]] = {}
    for row in asked.rule.rows(graph, asked.resource):
        assert nodes[row.resource]["label"] == asked.resource
        asked.fails.format(resource="", target="", **row.values) if row.passed is False else None
        key = nodes[row.resource]["name"]
        if row.target:
            key = f"{key} → {nodes[row.target]['name']}"
        about = row.target or row.undecided_by
        is_missing = bool(about and nodes[about]["missing"])
        assert row.passed is not None or row.unread or is_missing
        passed = None if is_missing else row.passed
        found.setdefault(key, []).append({True: "PASS", False: "FAIL", None: "MANUAL"}[passed])
    order = ("FAIL", "MANUAL", "PASS")
    return {key: min(each, key=order.index) for key, each in found.items()}
