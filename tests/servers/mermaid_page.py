"""Mermaid, as npm has it, in a page of a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import platformdirs
import pytest

_PACKAGE = "mermaid@11.17.2"
_CACHE = Path(platformdirs.user_cache_dir("clew-tests", appauthor=False), "mermaid")
_SCRIPT = "package/dist/mermaid.min.js"
_FETCH_SECONDS = 300

_DRAW = """
async text => {
  await mermaid.parse(text);
  document.body.innerHTML = (await mermaid.render("drawn", text)).svg;
  const words = selector => [...document.querySelectorAll(selector)].map(each =>
    [...each.querySelectorAll("br")].reduce((whole, br) => (br.replaceWith(" "), whole), each)
      .textContent);
  return {
    missing: document.querySelectorAll("g.node.missing").length,
    nodes: words("g.node .nodeLabel"),
    edges: words("g.edgeLabel span.edgeLabel"),
    scripts: document.querySelectorAll("script:not([data-ours])").length,
  };
}
"""


@pytest.fixture(scope="module")
def mermaid_page(browser: Any) -> Callable[[str], dict[str, Any]]:
    """Parses and draws a text, and tells what is to be seen. Where Mermaid cannot be had tests are
    skipped, or fail if ``CI`` is set."""
    page = browser.new_page()
    page.add_script_tag(path=_fetched())
    page.evaluate("document.querySelector('script').dataset.ours = ''")
    page.evaluate("mermaid.initialize({startOnLoad: false, suppressErrorRendering: true})")
    return lambda text: dict(page.evaluate(_DRAW, text))


def _fetched() -> Path:
    """Mermaid's script, from npm's registry the first time."""
    kept = _CACHE / f"{_PACKAGE}.js"
    if kept.is_file():
        return kept
    npm = shutil.which("npm")
    if npm is None:
        _unavailable("npm is not installed")
    with tempfile.TemporaryDirectory() as work:
        command = [str(npm), "pack", "--silent", "--pack-destination", work, _PACKAGE]
        done = subprocess.run(
            command, cwd=work, capture_output=True, text=True, timeout=_FETCH_SECONDS
        )
        if done.returncode != 0:
            _unavailable(f"npm cannot fetch {_PACKAGE}: {done.stderr.strip()[-500:]}")
        (packed,) = Path(work).glob("*.tgz")
        with tarfile.open(packed) as archive:
            archive.extract(_SCRIPT, work, filter="data")
        _CACHE.mkdir(parents=True, exist_ok=True)
        new = _CACHE / f".{os.getpid()}.js"
        shutil.copyfile(Path(work, _SCRIPT), new)
        new.replace(kept)
    return kept


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
