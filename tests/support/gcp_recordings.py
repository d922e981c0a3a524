"""Recorded answers of Google's products, which nobody of this project made, as an export of Asset
Inventory has them."""

import gzip
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clew.collectors.gcp.base import AssetResource, described
from clew.collectors.registry import models

FOLDER = Path(os.environ.get("CLEW_TEST_RECORDINGS", "/work/shared/data")) / "gcp"
"""Recordings that lie outside the project; what reads them is skipped where there are none."""
PROJECT, NUMBER = "cloud-custodian", "1"
_COMPUTE = re.compile(r"https://(?:www|compute)\.googleapis\.com/compute/[^/]+/(projects/.+)")

Asset = Mapping[str, Any]


def assets() -> Iterator[Asset]:
    """The recorded resources, each once, and their project."""
    container = f"//cloudresourcemanager.googleapis.com/projects/{NUMBER}"
    data = {"projectId": PROJECT, "projectNumber": NUMBER, "name": PROJECT}
    seen = {container}
    yield _asset(container, "cloudresourcemanager.googleapis.com/Project", data)
    for address, body in _answers():
        for name, kind, raw in (*_of_compute(body), *_of_products(address, body)):
            if name and name not in seen:
                seen.add(name)
                yield _asset(name, kind, raw)


def _asset(name: str, kind: str, data: Mapping[str, Any]) -> Asset:
    ancestors = [f"projects/{NUMBER}"]
    return {
        "name": name,
        "assetType": kind,
        "ancestors": ancestors,
        "resource": {"data": data, "location": ""},
    }


def _answers() -> Iterator[tuple[str, Mapping[str, Any]]]:
    with gzip.open(FOLDER / "recorded_calls.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            call = json.loads(line)
            url = urlsplit(call["headers"].get("content-location", ""))
            if isinstance(call["body"], dict):
                yield f"{url.netloc}{url.path}", call["body"]


def _of_compute(value: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What the compute API answers, wherever it stands."""
    if isinstance(value, list):
        for each in value:
            yield from _of_compute(each)
    elif isinstance(value, Mapping):
        kind = str(value.get("kind", ""))
        link = _COMPUTE.fullmatch(str(value.get("selfLink", "")))
        if kind.startswith("compute#") and link and "name" in value:
            label = kind.removeprefix("compute#")
            yield (
                f"//compute.googleapis.com/{link[1]}",
                f"compute.googleapis.com/{label[0].upper()}{label[1:]}",
                value,
            )
        else:
            for each in value.values():
                yield from _of_compute(each)


def _of_products(
    address: str, body: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What products list at the paths of models."""
    for model in models():
        if not (issubclass(model, AssetResource) and model.asset_type and model.path):
            continue
        key = model.collection or model.path.rpartition("/")[2]
        form = re.escape(model.path).replace(r"\{project\}", "[^/]+")
        form = form.replace(r"\{parent\}", "projects/.+").replace("/v1/", r"/\w+/")
        if re.fullmatch(form, address) and isinstance(body.get(key), list):
            for raw in body[key]:
                yield described(model, raw, PROJECT, NUMBER, {})["fullName"], model.asset_type, raw
