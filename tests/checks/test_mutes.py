"""Mutes, and answers to MANUAL findings."""

from datetime import date
from typing import Any

import pytest
from clew.checks import Finding, Severity
from clew.checks.finding import FindingStatus
from clew.checks.mutes import MutesError, parse_mutes
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 6, 1)
TAGS = {("AWSS3Bucket", "arn:aws:s3:::a"): ["env=dev"], ("AWSS3Bucket", "arn:aws:s3:::b"): None}


def finding(name: str, status: str = "FAIL", **more: Any) -> Finding:
    known = {
        "id": f"id-{name}",
        "check": "s3_public",
        "status": FindingStatus(status),
        "severity": Severity.HIGH,
        "provider": "aws",
        "service": "s3",
        "account": "011122223333",
        "region": "us-east-1",
        "resource": f"arn:aws:s3:::{name}",
        "resource_label": "AWSS3Bucket",
        "message": "m",
    }
    return Finding(**{**known, **more})


def mute(line: str, until: str = "") -> str:
    ending = f"\n    until: {until}" if until else ""
    return f"mutes:\n  - {line}\n    why: accepted{ending}\n"


@pytest.mark.parametrize(
    ("line", "muted"),
    [
        ("check: s3_public", {"id-a", "id-b"}),
        ("check: s3", set()),
        ("check: /s3_.*/", {"id-a", "id-b"}),
        ("resource: arn:aws:s3:::a", {"id-a"}),
        ("resource: /arn:aws:s3:::[ab]/", {"id-a", "id-b"}),
        ("resource: /a/", set()),
        ("account: 011122223333", {"id-a", "id-b"}),
        ("account: '011122223333'", {"id-a", "id-b"}),
        ("account: 11122223333", set()),
        ("region: eu-west-1", set()),
        ("tag: env=dev", {"id-a"}),
        ("tag: /env=.*/", {"id-a"}),
        ("check: s3_public\n    resource: arn:aws:s3:::b", {"id-b"}),
    ],
)
def test_who_is_muted(line: str, muted: set[str]) -> None:
    found = parse_mutes(mute(line), "f")
    assert {*found.on([finding("a"), finding("b")], TAGS, TODAY).muted} == muted


def test_a_mute_holds_through_its_last_day_and_is_said_to_be_over_after_it() -> None:
    today = parse_mutes(mute("check: s3_public", "2026-06-01"), "f").on([finding("a")], {}, TODAY)
    assert today.muted["id-a"].until == TODAY
    over = parse_mutes(mute("check: s3_public", "2026-05-31"), "f").on([finding("a")], {}, TODAY)
    assert over.muted == {}
    assert [each.line for each in over.expired] == [2]
    assert over.status_of(finding("a")) == "FAIL"


def test_what_means_no_finding_is_said() -> None:
    found = parse_mutes(mute("resource: gone"), "f").on([finding("a")], {}, TODAY)
    assert [each.line for each in found.unused] == [2]


ANSWER = """
answers:
  - check: s3_public
    resource: arn:aws:s3:::a
    verdict: {verdict}
    who: ann
    when: 2026-05-01
"""


@pytest.mark.parametrize("verdict", ["PASS", "FAIL"])
def test_an_answer_counts_for_what_is_manual_alone(verdict: str) -> None:
    mutes = parse_mutes(ANSWER.format(verdict=verdict), "f")
    manual = finding("a", "MANUAL")
    found = mutes.on([manual], {}, TODAY)
    assert found.answers["id-a"].who == "ann"
    assert found.status_of(manual) == verdict
    failed = finding("a", "FAIL")
    read = mutes.on([failed], {}, TODAY)
    assert read.answers == {}
    assert read.status_of(failed) == "FAIL"
    assert len(read.unused) == 1


def test_of_two_answers_the_newer_one_holds_and_of_one_day_the_worse() -> None:
    entry = "  - {{check: s3_public, verdict: {0}, who: x, when: {1}}}\n"
    for given_, verdict in (
        ([("FAIL", "2026-01-01"), ("PASS", "2026-02-01")], "PASS"),
        ([("PASS", "2026-02-01"), ("FAIL", "2026-01-01")], "PASS"),
        ([("PASS", "2026-01-01"), ("FAIL", "2026-01-01")], "FAIL"),
        ([("FAIL", "2026-01-01"), ("PASS", "2026-01-01")], "FAIL"),
    ):
        text = "answers:\n" + "".join(entry.format(*each) for each in given_)
        found = parse_mutes(text, "f").on([finding("a", "MANUAL")], {}, TODAY)
        assert found.answers["id-a"].verdict == verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mute: []", "line 1: the file has no field 'mute'"),
        (mute("chek: x"), "line 2: a mute has no field 'chek'"),
        (mute("check: s3_publik"), "line 2: there is no check 's3_publik'"),
        (mute("check: s3_public", "2026-02-30"), "line 4: '2026-02-30' is no date for 'until'"),
        (mute("check: s3_public", "tomorrow"), "line 4: 'tomorrow' is no date"),
        (mute("check: s3_public", "20260201"), "line 4: '20260201' is no date"),
        (mute("check: /[/"), "line 2: '/[/' is no regular expression"),
        (mute("tag: dev"), "line 2: 'dev' is no tag"),
        ("mutes:\n  - check: s3_public", "line 2: a mute needs 'why'"),
        ("mutes:\n  - why: because", "line 2: a mute needs one of check,"),
        ("mutes:\n  - why: a\n    why: b", "line 3: 'why' is there twice"),
        ("mutes: 3", "line 1: 'mutes' is a list"),
        ("mutes:\n  - [", "it is no YAML"),
        ("- a", "line 1: the file has fields: mutes, answers"),
        (ANSWER.format(verdict="MAYBE"), "line 3: the verdict is PASS or FAIL, not 'MAYBE'"),
        (ANSWER.format(verdict="PASS").replace("who: ann", "who: ''"), "needs 'who'"),
        ("mutes:\n  - check: [a]\n    why: x", "line 2: a text was expected"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, words: str) -> None:
    with pytest.raises(MutesError) as error:
        parse_mutes(text, "mutes.yaml", ["s3_public"])
    assert str(error.value).startswith("mutes.yaml, line ")
    assert words in str(error.value)


def test_an_empty_file_mutes_nothing() -> None:
    assert parse_mutes("# nothing yet\n", "f").mutes == ()
    assert list(parse_mutes("mutes:\nanswers:\n", "f").mutes) == []


@given(
    st.text()
    | st.sampled_from(["mutes:\n  - check: ", "answers:\n  - "]).flatmap(
        lambda start: st.text().map(lambda rest: start + rest)
    )
)
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    refused = ""
    try:
        parse_mutes(text, "f")
    except MutesError as error:
        refused = str(error)
    assert not refused or refused.startswith("f, line ")
