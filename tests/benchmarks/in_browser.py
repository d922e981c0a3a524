"""Pages of the explorer in a real browser, from the address to the picture."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from clew.cli.asked_query import Bounds
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.server import ExplorerServer
from clew.graph.snapshot import Snapshot
from playwright.sync_api import Page, sync_playwright

_BOUNDS = Bounds(limit=1000, seconds=30.0, bytes=2**30)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_MOST_MILLISECONDS = 600_000
_NODE = "svg.drawing .node"
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass
class Explored:
    """The explorer of a scan in a browser."""

    answers: Answers
    page: Page
    origin: str

    def draw(self, route: str) -> None:
        """Opens a page anew, until its picture is painted."""
        self.page.goto(f"{self.origin}/#/{route}", wait_until="commit")
        self._await()

    def take_apart(self) -> None:
        """Opens the first group of the map, until another picture is painted."""
        drawn = self.page.locator("svg.drawing").element_handle()
        self.page.locator(_NODE).first.press("Enter")
        drawn.wait_for_element_state("hidden")
        self._await()

    @property
    def processor(self) -> float:
        """Seconds of the processors that the page's own process has used."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("Performance.enable")
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "ProcessTime"))

    @property
    def nodes(self) -> int:
        """How many nodes are drawn."""
        return self.page.locator(_NODE).count()

    def _await(self) -> None:
        self.page.wait_for_selector(f"main:not([aria-busy]) {_NODE}")
        self.page.evaluate(_PAINTED)


@contextmanager
def explored(scan: Snapshot) -> Iterator[Explored]:
    """The explorer of a scan that was asked for nothing yet, and a browser that is let in."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    answers = Answers(scan, _BOUNDS)
    with ExplorerServer(answers) as server, sync_playwright() as playwright:
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(_MOST_MILLISECONDS)
        page.request.get(server.address)
        yield Explored(answers, page, server.address.partition("/?")[0])
        browser.close()
        server.shutdown()
