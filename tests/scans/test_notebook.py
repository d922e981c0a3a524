"""What notebooks show of answers: all values as text, and what is left out."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import networkx
import pytest
from clew import FindingsAnswer, PathAnswer, QueryAnswer, ReportedFinding, Scan, open_scan
from clew.checks.check import Severity
from clew.checks.finding import FindingStatus
from clew.graph.model import Gap
from clew.scans.documents import GapRow, PathHopRow, PathRow, StatementRow
from clew.scans.plain_text import printable
from clew.scans.shown_graph import ShownGraph
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></table><h1>",
    "&lt;b&gt;",
    "$x$ \\(y\\)",
    "\x1b[31m\x00\u202e\ud800",
    "né ✓",
)
TAGS = {
    *("div", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "ol", "ul", "li"),
    *("details", "summary"),
}


class Page(HTMLParser):
    """Reads a page: its tags, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(shown: Any) -> Page:
    """The page of an answer, which has nothing but what it should have."""
    text = shown._repr_html_()
    assert text.startswith('<div class="tex2jax_ignore mathjax_ignore">')
    page = Page(text)
    assert page.tags <= TAGS
    assert page.attributes <= {"class", "style"}
    assert page.text.isprintable()
    return page


def path(value: str) -> PathRow:
    hop = PathHopRow(
        from_=value,
        to=value,
        type=value,
        technique=value,
        title=value,
        public_ids=[value],
        difficulty=1,
        permissions=[value],
        conditions=[value],
        statements=[StatementRow(policy=value, index=0, sid=value, effect="Allow")],
        evidence=[value],
        from_state=value,
        to_state=value,
    )
    return PathRow(
        source=value,
        target=value,
        target_reason=value,
        difficulty=1,
        conditional=True,
        hops=[hop],
    )


def paths(value: str, number: int = 1) -> PathAnswer:
    return PathAnswer(
        format=1,
        covers=["aws"],
        gaps=[GapRow(message=value)],
        paths=[path(value)] * number,
        more=False,
    )


def finding(value: str) -> ReportedFinding:
    return ReportedFinding(
        id="x",
        check=value,
        status=FindingStatus.FAIL,
        severity=Severity.HIGH,
        provider="aws",
        service=value,
        account=value,
        region=value,
        resource=value,
        resource_label=value,
        message=value,
        title=value,
        why=value,
        remediation=value,
        references=[value],
        categories=[value],
        compliance=[value],
        tags=[value],
        failed_calls=[value],
        time=datetime(2026, 1, 1, tzinfo=UTC),
    )


def graph(value: str) -> ShownGraph:
    found = ShownGraph()
    found.add_node("a", label=value, name=value)
    found.add_node(value, label=value, name=None, missing=value)
    found.add_edge("a", value, rel=value)
    return found


def shown(value: str) -> list[Any]:
    return [
        QueryAnswer([{value: value, "n": {"label": value, "id": value}}], [value, "n"], [], False),
        FindingsAnswer([finding(value)], [value], [value]),
        paths(value),
        path(value),
        graph(value),
    ]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_text(value: str) -> None:
    for answer in shown(value):
        assert printable(value) in read(answer).text


@given(st.text())
def test_any_value_is_text(value: str) -> None:
    for answer in shown(value):
        read(answer)


def test_what_is_cut_is_said() -> None:
    rows = [{"n": number} for number in range(60)]
    page = read(QueryAnswer(rows, ["n"], [Gap("Not all was read.")], True))
    assert "60 rows (the first 50 are shown)." in page.text
    assert "There are more than were asked for." in page.text
    assert "1 gap, so there may be further rows" in page.text
    assert "Not all was read." in page.text
    assert "20 more characters" in read(QueryAnswer([{"n": "x" * 320}], ["n"], [], False)).text
    assert "(the first 10 are shown)" in read(paths("x", 12)).text
    found = read(FindingsAnswer([finding("x")] * 60, ["x"], ["y"], 3))
    assert "60 findings of 1 check: 60 FAIL (the first 50 are shown)." in found.text
    assert "1 check not run" in found.text
    assert "Left out: 3 findings" in found.text


def test_no_path_is_none_in_what_was_read() -> None:
    page = read(paths("gap", 0))
    assert "No attack path in what was read of aws." in page.text
    assert "1 gap, so there may be further paths" in page.text


@pytest.fixture(scope="module")
def demo() -> Scan:
    return open_scan("demo")


def test_answers_about_the_demo_are_shown(demo: Scan) -> None:
    found = demo.paths(sources=["internet"], most=3)
    page = read(found)
    assert found.paths[0].source in page.text
    assert found.gaps[0].message in page.text
    rows = demo.query("internet_reachable", limit=3)
    assert all(row["resource"]["label"] in read(rows).text for row in rows)
    assert "There are more than were asked for." in read(rows).text


def test_the_graph_is_one_of_networkx_that_is_shown(demo: Scan) -> None:
    found = demo.graph(["AWSCloudTrailTrail", "AWSS3Bucket"])
    assert isinstance(found, networkx.MultiDiGraph)
    assert "LOGS_TO" in read(found).text
    assert f"{found.number_of_nodes():,} nodes" in read(found).text
    few = found.subgraph([*found][:1]).copy()
    assert "1 node, 0 edges." in read(few).text
    assert read(ShownGraph()).text.startswith("0 nodes, 0 edges.")
