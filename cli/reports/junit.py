"""JUnit's XML: a suite for each check, a case for each resource.

MANUAL findings are skipped, as are muted ones; a check that crashed is an error. What is written
is what JUnit's own reports may hold: of several dialects it is the one that Jenkins knows.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO
from xml.etree import ElementTree

from ...graph.export.flattening import clean
from . import by_check, decided_words

if TYPE_CHECKING:
    from ...checks.report import ReportedFinding


def write(findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes one document."""
    root = ElementTree.Element("testsuites", name="Clew")
    for check, found in by_check(findings).items():
        root.append(_suite(check, found))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, 0)) for suite in root)))
    ElementTree.indent(root)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(ElementTree.tostring(root, encoding="unicode") + "\n")


def _suite(check: str, findings: "Sequence[ReportedFinding]") -> ElementTree.Element:
    first = findings[0]
    suite = ElementTree.Element(
        "testsuite", name=clean(check), timestamp=first.time.strftime("%Y-%m-%dT%H:%M:%S")
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (
        ("title", first.title),
        ("severity", str(first.severity)),
        ("remediation", first.remediation),
        *(("reference", each) for each in first.references),
        *(("compliance", each) for each in first.compliance),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=clean(value))
    cases = [_case(each) for each in findings]
    suite.extend(cases)
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    return suite


def _case(found: "ReportedFinding") -> ElementTree.Element:
    about = f"{found.resource} → {found.target}" if found.target else found.resource
    where = [part for part in (found.provider, found.account, found.region) if part]
    case = ElementTree.Element(
        "testcase", name=clean(about), classname=clean(".".join([*where, found.check])), time="0"
    )
    decided = decided_words(found)
    said = clean(" ".join([found.message, *decided]))
    if found.muted or found.status == "MANUAL":
        ElementTree.SubElement(case, "skipped").text = said
    elif found.status != "PASS":
        tag = "failure" if found.status == "FAIL" else "error"
        failure = ElementTree.SubElement(case, tag, message=said, type=str(found.severity))
        failure.text = clean(f"{found.title}\n{found.remediation}")
    return case
