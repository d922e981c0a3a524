"""Makes the scan that ``clew demo`` opens, from the estate in this folder.

Run it after the estate, a collector or a model has changed: python tests/estate/build_demo.py
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from clew.graph.snapshot.packed import pack
from clew.scans.bundled import demo_file
from support.demo_estate import scan_demo

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        pack(scan_demo(Path(folder) / "scan"), demo_file())
    print(f"{demo_file().stat().st_size:,} bytes in {demo_file()}")
