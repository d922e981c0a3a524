"""Makes the scan that ``clew demo`` opens, from the estate in this folder.

Run it after the estate, a collector or a model has changed: python tests/estate/build_demo.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clew.cli.scans import demo_folder
from support.demo_estate import scan_demo

if __name__ == "__main__":
    folder = demo_folder()
    print(f"{len(scan_demo(folder).manifest.files)} files in {folder}")
