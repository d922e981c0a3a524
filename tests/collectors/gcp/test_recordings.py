"""A recorded export of an organization's assets goes through the collectors' own code: nothing
crashes, nothing is taken for malformed, and no reference is lost."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.gcp.answers import hold_to_the_fields
from clew.collectors.gcp.asset_export import accounts_of, collect, compute_types
from clew.collectors.gcp.base import AssetResource, described, normalised
from clew.collectors.registry import collectors, models
from clew.collectors.scan import scope_of
from clew.graph.linking import link
from clew.graph.model import Location, Resource
from support.gcp_recordings import assets

FOLDER = Path("/work/shared/data/gcp/asset-inventory")
REFERENCE = re.compile(r"(?://[\w.-]+\.com/|projects/[^/]+/)\S+")
NOT_REFERENCES = (
    "licenses",
    "selfLink",
    "selfLinkWithId",
    "name",
    "machineType",
    "zone",
    "region",
    "type",
    "id",
)
"""What an answer says of itself, and of Google's own products."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the recordings are not there")


def test_a_recorded_inventory_is_read_and_loses_no_reference() -> None:
    by_type = {
        model.asset_type: model
        for model in models()
        if issubclass(model, AssetResource) and model.asset_type
    }
    read: list[Resource] = []
    lost = []
    for asset in _assets():
        model = by_type.get(asset["asset_type"])
        if model is None:
            continue
        data = asset["resource"]["data"]
        raw = described(model, data, "project1", "1041", {}, full_name=asset["name"])
        hold_to_the_fields(model, raw)
        resource = model.load(raw, Location("project1"))
        read.append(resource)
        kept = resource.model_dump_json()
        lost += [
            (asset["asset_type"], reference)
            for reference in {*_references(data)}
            if reference.rpartition("/")[2] not in kept
        ]
    assert len(read) > 10
    assert not lost


def _assets() -> Iterator[Mapping[str, Any]]:
    for line in (FOLDER / "mock_cai_resources.dump").read_text().splitlines():
        yield json.loads(line)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in NOT_REFERENCES:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, str) and REFERENCE.fullmatch(value):
        yield value


def test_recorded_answers_of_products_are_read_and_lose_no_reference() -> None:
    recorded = [*assets()]
    found = collect(recorded, collectors("gcp"))
    malformed = [each for each in found.coverage if each.code == "MalformedAnswer"]
    assert not malformed
    collected = "\n".join(each.model_dump_json() for each in found.resources)
    lost = {
        (asset["assetType"], reference)
        for asset in recorded
        for reference in {*_references(normalised(asset["resource"]["data"], {}))}
        if asset["assetType"] in _read_types()
        and not (asset["assetType"].endswith("/Network") and "/subnetworks/" in reference)
        and reference.rstrip("/").rpartition("/")[2] not in collected
    }
    assert not sorted(lost)
    accounts = accounts_of(recorded)
    graph = link(found.resources, models(), found.reads, scope_of(accounts, collectors("gcp"), ()))
    read = Counter(each.label for each in found.resources)
    missing = Counter((each.label, each.missing) for each in graph.nodes.values() if each.missing)
    print({**read}, {f"{label} {why}": count for (label, why), count in missing.items()})
    assert sum(read.values()) > 100


def _read_types() -> frozenset[str]:
    """The types of assets that some model reads."""
    of_products = {
        each.asset_type for each in models() if issubclass(each, AssetResource) and each.asset_type
    }
    return frozenset(of_products | {f"compute.googleapis.com/{each}" for each in compute_types()})
