from collections.abc import Iterator
from pathlib import Path

import pytest
from clew.graph.stores.conformance import StoreConformance
from clew.graph.stores.ladybug import LadybugStore


class TestLadybugConforms(StoreConformance):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[LadybugStore]:
        with LadybugStore(tmp_path / "cache") as store:
            yield store
