"""Every page in a real browser: no error, no request to anywhere else, nothing out of reach."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.offline import write_page
from clew.cli.explorer.server import ExplorerServer
from cli.explorer.conftest import Seen
from cli.explorer.test_offline import HOSTILE
from cli.explorer.test_offline import hostile as hostile
from support.npm_packages import npm_package

ROLE = "arn:aws:iam::444455556666:role/dev-admin"
STEP = "arn:aws:iam::111122223333:role/ci-deploy->" + ROLE
STATEMENT = "arn:aws:iam::111122223333:user/hugo/inline_policy/onboarding#1"
PAGES = {
    "overview": "",
    "findings": "findings?status=MANUAL",
    "finding": "finding?id={finding}",
    "paths": "paths",
    "path": "paths?path=30",
    "paths from and to": f"paths?from=internet&to={quote(ROLE)}",
    "what if": f"paths?without={quote(STEP)}",
    "what if of a statement": f"paths?without={quote(STATEMENT)}",
    "what if from and to": f"paths?from=internet&to={quote(ROLE)}&without={quote(STEP)}",
    "choke points": "choke-points",
    "choke points by statement": "choke-points?by=statement",
    "compliance": "compliance",
    "framework": "compliance?framework=cis-aws-3.0",
    "findings of a requirement": "findings?requirement=" + quote("CIS AWS 3.0: 3.4"),
    "changes": "changes?old={old}",
    "resource": f"resource?id={quote(ROLE)}",
    "missing resource": "resource?id={missing}",
    "search": "found?text=dev",
    "map": "map",
    "map taken apart": "map?open=" + quote('["aws","111122223333"]'),
    "query": "query",
    "saved query": "query?name=internet_reachable",
    "saved query with a parameter": "query?name=around",
    "coverage": "coverage",
    "no such page": "nothing",
}
ABOUT_ABSENCE = ["overview", "paths", "path", "choke points", "framework", "resource", "coverage"]
"""The pages on which what was not read must be seen."""
READY = "main:not([aria-busy]) h1"
AXE = ("axe-core", "4.14.1")
"""Looks for faults of accessibility. MPL-2.0; nothing of it is in the package."""


@pytest.fixture(scope="module")
def addresses(answers: Answers) -> dict[str, str]:
    """The pages of the demo by what they show."""
    finding = next(one for one in answers.findings() if len(one["evidence"]["nodes"]) > 2)
    missing = next(row for row in answers.resources() if row["missing"])
    known = {
        "finding": finding["id"],
        "missing": quote(missing["id"]),
        "old": quote(answers.others.names[0]),
    }
    return {name: f"#/{route.format(**known)}" for name, route in PAGES.items()}


def opened(seen: Seen, address: str) -> Any:
    seen.page.goto(address)
    seen.page.wait_for_selector(READY)
    return seen.page


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_errors_and_fit(
    theme: str,
    width: int,
    server: ExplorerServer,
    addresses: dict[str, str],
    watched: Callable[..., Seen],
) -> None:
    origin = server.address.partition("/?")[0]
    size = {"width": width, "height": 900}
    seen = watched(origin, viewport=size, color_scheme=theme)
    page = opened(seen, server.address)
    for name, route in addresses.items():
        page.goto(f"{origin}/{route}")
        page.wait_for_selector(READY)
        page.wait_for_timeout(100)
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, f"{name} is {beyond} pixels too wide"
    assert seen.complaints == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_serious_fault_of_accessibility(
    theme: str,
    width: int,
    server: ExplorerServer,
    addresses: dict[str, str],
    watched: Callable[..., Seen],
) -> None:
    axe = (npm_package(*AXE) / "axe.min.js").read_text("utf-8")
    origin = server.address.partition("/?")[0]
    size = {"width": width, "height": 900}
    page = opened(watched(origin, viewport=size, color_scheme=theme), server.address)
    for name, route in addresses.items():
        page.goto(f"{origin}/{route}")
        page.wait_for_selector(READY)
        assert [*faults(page, axe)] == [], name


def test_a_fault_of_accessibility_would_be_found(
    server: ExplorerServer, watched: Callable[..., Seen]
) -> None:
    axe = (npm_package(*AXE) / "axe.min.js").read_text("utf-8")
    page = opened(watched(server.address.partition("/?")[0]), server.address)
    page.evaluate("document.querySelector('main').append(document.createElement('select'))")
    assert [each.partition(":")[0] for each in faults(page, axe)] == ["select-name"]


def faults(page: Any, axe: str) -> Iterator[str]:
    """What axe-core calls serious or worse."""
    page.evaluate(axe)
    for one in page.evaluate("async () => (await axe.run()).violations"):
        if one["impact"] in ("serious", "critical"):
            for node in one["nodes"]:
                yield f"{one['id']}: {node['html'][:200]}"


@pytest.mark.parametrize("name", ABOUT_ABSENCE)
def test_manual_and_gaps_are_visible(
    name: str, server: ExplorerServer, addresses: dict[str, str], watched: Callable[..., Seen]
) -> None:
    origin = server.address.partition("/?")[0]
    page = opened(watched(origin), server.address)
    page.goto(f"{origin}/{addresses[name]}")
    page.wait_for_selector(READY)
    text = page.locator("main").inner_text()
    assert "gap" in text or "MANUAL" in text
    assert "safe" not in text.lower().split()


def test_findings_are_filtered_and_opened_by_keyboard(
    server: ExplorerServer, watched: Callable[..., Seen]
) -> None:
    origin = server.address.partition("/?")[0]
    seen = watched(origin)
    page = opened(seen, server.address)
    page.goto(f"{origin}/#/findings")
    page.wait_for_selector(READY)
    whole = page.locator("[role=status]").inner_text()
    page.get_by_label("Text").fill("Redis")
    narrowed = page.locator("[role=status]").inner_text()
    assert whole != narrowed
    assert "text=Redis" in page.url
    page.reload()
    page.wait_for_selector("tbody a")
    assert page.locator("[role=status]").inner_text() == narrowed
    page.locator("td[data-title=Finding] a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("svg.drawing .node.chosen")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert seen.complaints == []


def test_a_cut_by_a_click_leaves_fewer_sources(
    server: ExplorerServer, watched: Callable[..., Seen]
) -> None:
    origin = server.address.partition("/?")[0]
    page = opened(watched(origin), server.address)
    page.goto(f"{origin}/#/choke-points")
    before = able(page)
    page.get_by_role("link", name="Cut it").first.click()
    page.wait_for_selector("main:not([aria-busy]) .notice .tag")
    assert "without=" in page.url
    assert able(page) < before


def able(page: Any) -> int:
    """How many sources a page of choke points says can get to the target."""
    return int(page.get_by_text("can get to admin").inner_text().split()[0].replace(",", ""))


def test_a_query_gives_a_table_and_a_graph(
    server: ExplorerServer, watched: Callable[..., Seen]
) -> None:
    origin = server.address.partition("/?")[0]
    seen = watched(origin)
    page = opened(seen, server.address)
    page.goto(f"{origin}/#/query")
    cypher = "MATCH (u:AWSUser)-[:MEMBER_OF]->(g:AWSGroup) RETURN u, g"
    page.get_by_label("Cypher", exact=True).fill(cypher)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Show as a graph").click()
    page.wait_for_selector("svg.drawing .edge-label")
    assert seen.complaints == []


def test_the_theme_is_chosen_and_kept(server: ExplorerServer, watched: Callable[..., Seen]) -> None:
    origin = server.address.partition("/?")[0]
    page = opened(watched(origin, color_scheme="light"), server.address)
    page.locator("#theme").click()
    page.locator("#theme").click()
    page.reload()
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"


def test_the_offline_file_needs_nothing(
    answers: Answers, addresses: dict[str, str], watched: Callable[..., Seen], tmp_path: Path
) -> None:
    file = tmp_path / "demo.html"
    with file.open("w", encoding="utf-8") as stream:
        write_page(answers, stream)
    seen = watched(file.as_uri())
    page = opened(seen, file.as_uri())
    for route in addresses.values():
        page.goto(f"{file.as_uri()}{route}")
        page.wait_for_selector(READY)
    for name, wanted in {
        "finding": "svg.drawing .node.chosen",
        "path": ".hop h3",
        "resource": "svg.drawing .edge-label",
        "query": ".notice:has-text('clew serve')",
        "map taken apart": "svg.drawing .node",
    }.items():
        page.goto(f"{file.as_uri()}{addresses[name]}")
        page.wait_for_selector(f"main:not([aria-busy]) {wanted}")
    assert seen.complaints == []


def test_hostile_values_are_shown_as_text(
    hostile: Answers, watched: Callable[..., Seen], tmp_path: Path
) -> None:
    file = tmp_path / "hostile.html"
    with file.open("w", encoding="utf-8") as stream:
        write_page(hostile, stream)
    seen = watched(file.as_uri())
    page = opened(seen, file.as_uri())
    for row in hostile.resources():
        page.goto(f"{file.as_uri()}#/resource?id={quote(row['id'])}")
        page.wait_for_selector("main:not([aria-busy]) dl")
        assert page.locator("img").count() == 0
    page.goto(f"{file.as_uri()}#/found?text=b0")
    page.wait_for_selector(READY)
    assert HOSTILE[0][:12] in page.locator("main").inner_text()
    assert seen.complaints == []
