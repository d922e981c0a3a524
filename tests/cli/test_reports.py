"""Findings in the formats of other tools, each read by a reader that is not ours."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from clew.cli.reports import REPORTS, write_report
from junitparser import JUnitXml
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from sarif_pydantic import Sarif
from support.reported import FINDINGS

from .conftest import Clew


def written(form: str) -> str:
    stream = StringIO()
    write_report(form, FINDINGS, stream)
    return stream.getvalue().encode("utf-8", "backslashreplace").decode()


def test_ocsf_is_what_its_models_take() -> None:
    events = [ComplianceFinding.model_validate(each) for each in json.loads(written("ocsf"))]
    assert len(events) == len(FINDINGS)
    assert Counter(int(each.compliance.status_id or 0) for each in events) == {
        0: 2,
        1: 2,
        2: 3,
        3: 3,
    }
    assert [each.finding_info.uid for each in events] == [each.id for each in FINDINGS]


def test_ocsf_carries_the_evidence_as_a_graph_without_loose_ends() -> None:
    graph = json.loads(written("ocsf"))[0]["finding_info"]["attack_graph"]
    assert graph["query_language_id"] == 1
    assert [node["uid"] for node in graph["nodes"]] == ["arn:aws:s3:::main"]
    assert graph["edges"] == [], "an edge needs both of its nodes"
    assert {each["status"] for each in json.loads(written("ocsf"))} == {"New", "Suppressed"}


def test_sarif_is_what_its_models_take() -> None:
    document = json.loads(written("sarif"))
    (run,) = Sarif.model_validate(document).runs
    results = document["runs"][0]["results"]
    assert len(run.results or []) == len(results)
    assert Counter(each["kind"] for each in results) == {"fail": 3, "open": 3, "pass": 2}
    assert {each["level"] for each in results if each["kind"] != "fail"} == {"none"}
    assert sum("suppressions" in each for each in results) == 1
    (invocation,) = document["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert {rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in results} == {True}


def test_junit_is_read_with_its_numbers() -> None:
    (suite,) = JUnitXml.fromstring(written("junit").encode())
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (10, 2, 2, 4)
    kinds = Counter(type(case.result[0]).__name__ if case.result else "Pass" for case in suite)
    assert kinds == {"Failure": 2, "Error": 2, "Skipped": 4, "Pass": 2}
    assert "main is public." in {case.result[0].text for case in suite if case.is_skipped}


def test_asff_keeps_to_the_bounds_of_security_hub() -> None:
    found = json.loads(written("asff"))
    assert len(found) == len(FINDINGS) - 2, "a check that crashed has no place there"
    for each in found:
        assert re.fullmatch(r"\d{12}", each["AwsAccountId"])
        assert len(each["Title"]) <= 256
        assert len(each["Description"]) <= 1024
        assert len(each["Resources"][0]["Id"]) <= 512
        related = each["Compliance"]["RelatedRequirements"]
        assert related[0] == "CIS AWS 3.0: 2.1.4"
        assert all(len(one) <= 64 for one in related)
        numbers = [one.removeprefix("Long: ").rstrip(",") for one in related[1:]]
        assert ", ".join(numbers).split(", ") == [*map(str, range(1000, 1040))]
    assert Counter(each["Compliance"]["Status"] for each in found) == {
        "FAILED": 3,
        "WARNING": 3,
        "PASSED": 2,
    }


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.text = ""
        self.hosts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.hosts += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_one_file_in_which_nothing_of_others_is_markup() -> None:
    page = _Page()
    page.feed(written("html"))
    assert not {"script", "img", "a", "link", "iframe"} & page.tags.keys()
    assert page.hosts == []
    assert "</script><img src=x onerror=alert(1)>" in page.text
    assert not re.search("[\x00\x1b\u202e]", page.text)
    assert "Muted until 2027-01-01: Accepted." in page.text
    assert "prefers-color-scheme: dark" in page.text
    assert "width=device-width" in written("html")


def test_markdown_has_no_markup_of_others() -> None:
    text = written("markdown")
    assert "<img" not in text
    assert "[x](http" not in text
    assert text.count("\n## ") == 1


@pytest.mark.parametrize("form", REPORTS)
def test_nothing_in_a_report_can_steer_a_terminal(form: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", written(form))


@pytest.mark.parametrize("form", REPORTS)
def test_every_report_carries_what_a_reader_needs(form: str) -> None:
    text = written(form)
    for wanted in ("Block public access.", "https://docs.example/s3", "CIS AWS 3.0: 2.1.4"):
        assert wanted in text.replace("\\", "") or wanted.replace("://", "&#58;//") in text
    assert "arn:aws:s3:::main" in text
    assert "Accepted." in text


@pytest.mark.parametrize("form", REPORTS)
def test_the_demo_can_be_reported(clew: Clew, tmp_path: Path, form: str) -> None:
    done = clew("check", "demo", "--service", "cloudtrail", "-f", form, "-o", tmp_path / "report")
    assert done.code == 0
    assert (tmp_path / "report").stat().st_size > 1000
