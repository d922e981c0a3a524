import re

import pytest
from clew.checks.entra.trusted_tokens import anyone_gets, conditions
from clew.graph.logic import Truth
from hypothesis import given
from hypothesis import strategies as st

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("issuer", "subject", "expected"),
    [
        (GITHUB, "repo:clew-example/shop:ref:refs/heads/main", False),
        (GITHUB, "repo:clew-example/shop:environment:production", False),
        (GITHUB, "environment:production", True),
        (GITHUB, "ref:refs/heads/main", True),
        (GITHUB, "repository_owner:clew-example:environment:production", False),
        (GITHUB, "repo:*", False),
        (GITHUB, None, None),
        (None, "repo:clew-example/shop:ref:refs/heads/main", None),
        (GITLAB, "project_path:clew/shop:ref_type:branch:ref:main", False),
        ("https://accounts.google.com", "100000000000000000001", False),
        (f"https://login.microsoftonline.com/{TENANT}/v2.0", "an-object-id", False),
        (f"https://sts.windows.net/{TENANT.upper()}/", "an-object-id", False),
        (f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/c/", "system:serviceaccount", False),
        ("https://login.microsoftonline.com/another/v2.0", "an-object-id", None),
        ("https://westeurope.oic.prod-aks.azure.com/another/c/", "system:serviceaccount", None),
        ("https://issuer.example.com", "somebody", None),
        (f"{GITHUB}/clew", "environment:production", None),
    ],
)
def test_subjects(issuer: str | None, subject: str | None, expected: Truth) -> None:
    assert anyone_gets(issuer, subject, "", {TENANT}) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("claims['sub'] matches 'repo:clew-example/*'", False),
        ("claims['sub'] matches 'repo:clew-example/shop:*'", False),
        ("claims['sub'] matches 'repo:clew*'", True),
        ("claims['sub'] matches 'repo:*/shop:ref:refs/heads/main'", True),
        ("claims['sub'] matches '*'", True),
        ("claims['sub'] matches 'repo:?lew-example/shop:*'", True),
        ("claims['sub'] eq 'repo:clew-example/shop:environment:prod'", False),
        ("claims['sub'] eq 'repo:*'", None),
        (
            "claims['sub'] matches 'repo:*' and claims['job_workflow_ref'] matches "
            "'clew-example/shop/*'",
            False,
        ),
        (
            "claims['sub'] matches 'repo:*' and claims['job_workflow_ref'] matches '*'",
            True,
        ),
        ("claims['sub'] startsWith 'repo:'", None),
        ("claims['sub'] matches 'repo:*' or claims['sub'] matches 'x'", None),
        ("claims['sub'] matches 'a' and claims['sub'] matches 'b'", None),
    ],
)
def test_expressions(expression: str, expected: Truth) -> None:
    assert anyone_gets(GITHUB, "", expression, set()) is expected


@given(NAMES, NAMES, NAMES)
def test_what_names_an_owner_is_nobody_elses(owner: str, name: str, rest: str) -> None:
    assert anyone_gets(GITHUB, f"repo:{owner}/{name}:environment:{rest}", "", set()) is False
    pattern = f"claims['sub'] matches 'repo:{owner}/*:{rest}*'"
    assert anyone_gets(GITHUB, "", pattern, set()) is False


@given(st.text(max_size=60))
def test_no_expression_is_read_wrong(expression: str) -> None:
    found = conditions("", expression)
    for claim, text in (found or {}).items():
        assert re.search(rf"claims\['{claim}'\].*'{re.escape(text)}'", expression)
