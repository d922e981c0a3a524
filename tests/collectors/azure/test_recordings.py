"""Recorded answers of ARM go through the collectors' own code: nothing crashes, nothing is taken
for malformed, and no reference is lost."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from clew.collectors.registry import collectors, models
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, Resource, Scope, Status
from support.azure_recordings import FOLDER, collected, recorded, references, texts

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not there")

NOT_REFERENCES = ("error", "parameters")
"""What went wrong, and what a deployment was given: neither says what a resource refers to."""


@pytest.fixture(scope="module")
def recordings() -> tuple[
    dict[str, dict[str, list[Mapping[str, Any]]]], dict[str, list[Resource]], list[str]
]:
    malformed: list[str] = []
    found = recorded()
    return found, {name: collected(rows, malformed) for name, rows in found.items()}, malformed


def test_no_recorded_answer_is_malformed(recordings: Any) -> None:
    _, resources, malformed = recordings
    assert malformed == []
    assert sum(map(len, resources.values())) > 10_000


def test_every_reference_is_an_edge_or_a_property(recordings: Any) -> None:
    found, resources, _ = recordings
    known = {model.arm_type.lower() for each in collectors("azure") for model in each.typed()}  # type: ignore[attr-defined]
    lost: Counter[tuple[str, str]] = Counter()
    for name, by_type in found.items():
        kept = texts(resources[name])
        documents = [text for text in kept if text.startswith(("{", "["))]
        ids = {each.id for each in resources[name]}
        for kind, rows in by_type.items():
            for raw in rows:
                own = raw["id"].lower()
                if own in ids or kind in known:
                    for other in {*references(_referring(raw))}:
                        related = other.startswith(own) or own.startswith(other)
                        is_kept = other in kept or any(other in text for text in documents)
                        if not related and not is_kept:
                            lost[kind, other.split("/providers/")[-1].partition("/")[0]] += 1
    assert not lost


def test_what_is_missing_says_why(recordings: Any) -> None:
    _, resources, _ = recordings
    labels, reasons = Counter[str](), Counter[tuple[str, str]]()
    for some in resources.values():
        labels.update(each.label for each in some)
        graph = _linked(some)
        reasons.update(
            (str(node.missing), node.label) for node in graph.nodes.values() if node.missing
        )
    print(f"labels: {dict(labels.most_common())}")
    print(f"missing: {dict(reasons.most_common())}")
    assert len(labels) > 80
    # What no collector knows is not called missing from what was listed.
    assert not any(label == "UnknownResource" for reason, label in reasons if reason == "NOT_FOUND")


def _referring(value: Any) -> Any:
    """An answer without what is no reference."""
    if isinstance(value, Mapping):
        return {key: _referring(item) for key, item in value.items() if key not in NOT_REFERENCES}
    return [_referring(item) for item in value] if isinstance(value, list) else value


def _linked(resources: list[Resource]) -> ResourceGraph:
    owners = sorted({each.account for each in resources if each.account})
    labels = [model.label for each in collectors("azure") for model in each.models()]
    listings = [
        ListingStatus(label, owner, "global", Status.OK) for label in labels for owner in owners
    ]
    scope = Scope(
        accounts={"azure": owners}, regions={owner: [] for owner in owners}, labels=labels
    )
    return link(resources, models(), listings, scope)
