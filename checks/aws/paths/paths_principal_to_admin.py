"""Users and roles that can make themselves administrators."""

from collections.abc import Iterator

import networkx

from ....graph.authorization.aws.environment import ROLE, USER
from ....graph.sets import members
from ...check import Check, Row, Severity, Traversal
from . import ways


def _walk(label: str) -> Traversal:
    def walk(graph: networkx.MultiDiGraph) -> Iterator[Row]:
        paths = ways.attack_graph(graph)
        known = ways.to_any_admin(graph)
        for number in members(paths.principals & ~paths.administrators.certain):
            if paths.nodes[number].label == label:
                yield known.judged(paths.nodes[number].id, 1 << number)

    return Traversal(ways.LABELS, walk)


def _check(label: str, noun: str) -> Check:
    return Check(
        id=f"paths_{noun}_to_admin",
        title=f"No {noun} can escalate to an administrator",
        provider="aws",
        service="paths",
        severity=Severity.HIGH,
        resource=label,
        what=(
            f"No chain of steps leads from a {noun} who administers no account to anyone who "
            "administers one: techniques of escalation, roles it can assume, what it can change "
            "that runs as a role, over all scanned accounts. Administrators get no verdict. A way "
            "that hangs on a condition that no scan can know, or on something unread, is MANUAL "
            "and named; so is a right over IAM that the principal has only under a condition."
        ),
        why=(
            f"The {noun}'s credentials are then as good as an administrator's, while they are "
            "guarded, handed out and reviewed as those of somebody who may do little."
        ),
        remediation=(
            "Take away the permission of the first step, or narrow it to the resources that are "
            "meant: clew paths --from ARN --to admin names the statements"
        ),
        passes="{resource} has no way to an administrator.",
        fails="{resource} has a way to an administrator: {way}.",
        rule=_walk(label),
        pass_requires_listing=ways.LISTED,
        references=(
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
            "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        ),
    )


family = (_check(USER, "user"), _check(ROLE, "role"))
