"""Reports keep to what the owners of their formats publish: for findings of every kind, for odd and
hostile ones, and for all of the demo's."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import islice
from typing import Any

import pytest
from clew.cli.reports import write_report
from support.report_schemas import asff_faults, junit_faults, ocsf_faults, sarif_faults
from support.reported import FINDINGS, ODD

from .conftest import Clew


def _of_json(faults: Callable[[Any], Iterator[str]]) -> Callable[[str], Iterator[str]]:
    return lambda text: faults(json.loads(text))


FAULTS = {
    "ocsf": _of_json(ocsf_faults),
    "sarif": _of_json(sarif_faults),
    "asff": _of_json(asff_faults),
    "junit": junit_faults,
}
FORMS = pytest.mark.parametrize("form", FAULTS)


def written(form: str) -> str:
    stream = StringIO()
    write_report(form, [*FINDINGS, *ODD], stream)
    return stream.getvalue()


def first(faults: Iterator[str]) -> list[str]:
    """Enough of them to see what is wrong."""
    return [*islice(faults, 5)]


@FORMS
def test_odd_and_hostile_findings_keep_to_the_schema(form: str) -> None:
    assert first(FAULTS[form](written(form))) == []


@FORMS
def test_every_finding_of_the_demo_keeps_to_the_schema(form: str, clew: Clew) -> None:
    done = clew("check", "demo", "-f", form)
    assert len(done.out) > 100_000
    assert first(FAULTS[form](done.out)) == []


@pytest.mark.parametrize(
    ("form", "whole", "broken"),
    [
        ("ocsf", '"severity_id": 4', '"severity_id": 40'),
        ("ocsf", '"desc": "Anybody', '"descr": "Anybody'),
        ("sarif", '"kind": "open"', '"kind": "opened"'),
        ("asff", '"Label": "HIGH"', '"Label": 4'),
        ("asff", '"Title": "Buckets are not public"', '"Title": " "'),
        ("asff", '"GeneratorId": "s3_bucket_public",', ""),
        ("junit", "<testcase name=", "<testcase title="),
    ],
)
def test_the_schemas_find_what_is_wrong(form: str, whole: str, broken: str) -> None:
    text = written(form)
    assert whole in text
    assert first(FAULTS[form](text.replace(whole, broken)))
