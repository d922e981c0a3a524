"""What a policy's pattern and the form of a claim have in common."""

import re

import pytest
from clew.graph.authorization.claim_patterns import common
from hypothesis import given
from hypothesis import strategies as st

REPOSITORY = "repo:{who}/{name}:{any}"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("repo:org*", "repo:orgx/x:"),
        ("repo:m?-org/a:*", "repo:mx-org/a:"),
        ("*/infra:ref", "repo:x/infra:ref"),
        ("repo:org/*", None),
        ("repo:org/infra:ref", None),
        ("repo:*/a/b", "repo:x/x:/a/b"),
        ("", None),
        ("user:*", None),
    ],
)
def test_an_external_name_must_be_left_open(pattern: str, text: str | None) -> None:
    assert common(pattern, REPOSITORY) == text


NUMBERED = "repo:{login}@{number}/{repository}@{number}"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("repo:*", "repo:x@7/x@7"),
        ("repo:*@1*/a@*", "repo:x@17/a@7"),
        ("repo:*@??/*", "repo:x@77/x@7"),
        ("repo:*@12/*", None),
        ("repo:*@x*/*", None),
        ("repo:org@*/*", None),
        ("repo:*/a@12", None),
        ("repo:or*@*", "repo:orx@7/x@7"),
    ],
)
def test_numbers_must_be_left_open_too(pattern: str, text: str | None) -> None:
    assert common(pattern, NUMBERED) == text


def test_names_without_an_at_sign() -> None:
    assert common("repo:x*@1/a:", "repo:{login}/{repository}:") is None
    assert common("repo:*/a@1:", "repo:{login}/{repository}:") is None
    assert common("repo:*@1/a:", "repo:{who}/{name}:") == "repo:x@1/a:"


PARTS = st.lists(st.sampled_from(["*", "?", "repo", ":", "/", "org", "x", "-"]), max_size=12)


def glob(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in pattern), re.DOTALL)


@given(PARTS.map("".join))
def test_what_is_found_is_what_both_describe(pattern: str) -> None:
    found = common(pattern, REPOSITORY)
    if found is not None:
        assert glob(pattern).fullmatch(found)
        assert re.fullmatch(r"repo:[^/:]+/[^/:]+:.*", found)


@given(st.text("orgx-", min_size=1, max_size=4), st.text("abc/:", max_size=6), PARTS.map("".join))
def test_nothing_in_common_is_missed(owner: str, rest: str, pattern: str) -> None:
    """Whatever a pattern takes with two owners that differ is open to external principals."""
    texts = [f"repo:{name}/r:{rest}" for name in (f"{owner}é", f"{owner}ü")]
    if all(glob(pattern).fullmatch(text) for text in texts):
        assert common(pattern, REPOSITORY) is not None


def test_long_patterns_do_no_harm() -> None:
    assert common("*a" * 1000, REPOSITORY) is not None
