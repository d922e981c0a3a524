"""What a store keeps of a scan in addition to its graph comes back as it was, or is an error."""

import json
import zlib
from pathlib import Path

import pytest
from clew.graph.snapshot import Snapshot
from clew.graph.stores.scan_record import FORMAT, ScanRecord
from clew.graph.stores.store import StoreError
from clew.graph.stores.stored_snapshot import StoredSnapshot
from clew.scans.places import open_scan
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return open_scan("demo")


def test_a_stored_snapshot_reads_nothing_from_disk() -> None:
    """Whatever a snapshot tells, a stored one tells in its own way."""
    public = {name for name in vars(Snapshot) if not name.startswith("_")} - {"open"}
    assert public <= {*vars(StoredSnapshot)}, "say in StoredSnapshot how a server answers it"


def test_a_record_comes_back_as_it_was(demo: Snapshot) -> None:
    record = ScanRecord.of(demo)
    back = ScanRecord.unpack(record.packed(), "bolt://here")
    assert back.manifest == demo.manifest
    assert back.coverage == demo.coverage
    assert back.reads == demo.reads
    assert back.digest == demo.digest
    assert back.schema.model_dump() == demo.schema.model_dump()


@given(
    st.binary(max_size=40)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["format", "digest", "manifest", "coverage", "reads"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_what_is_no_record_is_an_error(packed: object) -> None:
    written = packed if isinstance(packed, bytes) else zlib.compress(json.dumps(packed).encode())
    with pytest.raises(StoreError, match=r"damaged|A newer Clew"):
        ScanRecord.unpack(written, "bolt://here")


def test_a_record_of_a_newer_clew_is_an_error(demo: Snapshot) -> None:
    document = json.loads(zlib.decompress(ScanRecord.of(demo).packed()))
    packed = zlib.compress(json.dumps(document | {"format": FORMAT + 1}).encode())
    with pytest.raises(StoreError, match="A newer Clew loaded"):
        ScanRecord.unpack(packed, "bolt://here")


def test_a_part_that_is_cut_off_is_an_error(demo: Snapshot, tmp_path: Path) -> None:
    packed = ScanRecord.of(demo).packed()
    for length in (0, 1, len(packed) // 2, len(packed) - 1):
        with pytest.raises(StoreError, match="damaged"):
            ScanRecord.unpack(packed[:length], "bolt://here")
