"""The bundled scan is what the estate in ``tests/estate`` gives."""

from pathlib import Path

from clew.cli.scans import demo_folder
from clew.graph.snapshot import Snapshot
from support.demo_estate import scan_demo


def test_the_bundled_scan_is_up_to_date(tmp_path: Path) -> None:
    bundled, fresh = Snapshot.open(demo_folder()), scan_demo(tmp_path / "scan")
    assert bundled.schema == fresh.schema, "run: python tests/estate/build_demo.py"
    files = {*fresh.manifest.files, *bundled.manifest.files}
    changed = [
        name for name in files if fresh.manifest.files.get(name) != bundled.manifest.files.get(name)
    ]
    assert not changed, "run: python tests/estate/build_demo.py"
    assert bundled.scope == fresh.scope
