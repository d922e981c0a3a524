"""Accounts that somebody outside can come to administer."""

from collections.abc import Callable, Iterator

import networkx

from ...check import Check, Row, Severity, Traversal
from . import ways

_REFERENCES = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)


def _walk(starts: Callable[[networkx.MultiDiGraph], int]) -> Traversal:
    def walk(graph: networkx.MultiDiGraph) -> Iterator[Row]:
        for account in ways.accounts(graph):
            yield ways.to_admin(graph, account).judged(account, starts(graph))

    return Traversal(ways.LABELS, walk)


def _check(name: str, who: str, starts: Callable[[networkx.MultiDiGraph], int], why: str) -> Check:
    return Check(
        id=f"paths_{name}_to_admin",
        title=f"No way leads from {who} to an administrator",
        provider="aws",
        service="paths",
        severity=Severity.CRITICAL,
        resource="AWSAccount",
        what=(
            f"No chain of steps leads from {who} to anyone who has all powers over the account's "
            "IAM: roles that let them in, services that answer them, what runs as a role, and "
            "every known technique of escalation, over all scanned accounts. A way that hangs on "
            "a condition that no scan can know, or on something unread, is MANUAL and named. That "
            "there is none counts only where everything that ways lead over was listed."
        ),
        why=why,
        remediation=(
            "Break the way at its cheapest step: clew choke; then see that none is left: "
            "clew paths --to admin --without STEP"
        ),
        passes=f"No way leads from {who} to an administrator of {{resource}}.",
        fails=f"A way leads from {who} to an administrator of {{resource}}: {{way}}.",
        rule=_walk(starts),
        pass_requires_listing=ways.LISTED,
        references=_REFERENCES,
    )


family = (
    _check(
        "internet",
        "the internet",
        ways.internet,
        "Whoever finds one flaw on that way, or none is needed, owns the account and all in it.",
    ),
    _check(
        "outside",
        "accounts and identity providers outside the scan",
        ways.others,
        "Whoever takes over the partner, the pipeline or the identity provider at the start of "
        "the way has the account too; how well that is guarded is in other hands.",
    ),
)
