"""The page of products names what is collected, and nothing that is as not collected."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from clew.collectors.registry import models

SOURCE = Path(__file__).parents[2] / "docs" / "products.yaml"
KNOWN: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
each_cloud = pytest.mark.parametrize("cloud", KNOWN)


@each_cloud
def test_whatever_is_collected_belongs_to_a_product(cloud: str) -> None:
    services = {model.service for model in models() if model.provider == cloud}
    assert services == {*KNOWN[cloud]["collected"]}


@each_cloud
def test_what_is_called_not_collected_is_not(cloud: str) -> None:
    types = [
        text.lower().removeprefix("//")
        for model in models()
        if model.provider == cloud
        for text in (
            model.identity,
            getattr(model, "arm_type", ""),
            getattr(model, "asset_type", ""),
            getattr(model, "path", ""),
        )
    ]
    for product, begins in KNOWN[cloud]["not_collected"].items():
        start = begins.lower()
        assert not [each for each in types if f"{each}/".startswith(f"{start}/")], product


@each_cloud
def test_no_product_is_named_twice(cloud: str) -> None:
    names = [*KNOWN[cloud]["collected"].values(), *KNOWN[cloud]["not_collected"]]
    assert len({*names}) == len(names)
