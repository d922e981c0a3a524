"""Makes the pictures of the explorer that the README shows, from the demo.

python docs/screenshots.py           needs playwright and a Chromium

The pictures are as large as they are shown, and change only when the pages or the demo do.
"""

import shutil
from pathlib import Path
from threading import Thread

from clew.cli.asked_query import Bounds
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.server import ExplorerServer
from clew.scans.places import open_scan
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "explorer"
PAGES = {"overview": "", "attack-path": "paths?from=internet&path=0", "map": "map"}
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Writes a picture of each page."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    answers = Answers(open_scan("demo"), Bounds(1000, 30.0, 2**30))
    FOLDER.mkdir(exist_ok=True)
    with ExplorerServer(answers) as server, sync_playwright() as playwright:
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(server.address)
        origin = server.address.partition("/?")[0]
        for name, route in PAGES.items():
            page.goto(f"{origin}/#/{route}")
            page.wait_for_selector("main:not([aria-busy]) h1", timeout=120_000)
            page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
