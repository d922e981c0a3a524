"""Which checks are meant, and what they find in a scan."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..graph.suggestions import nearest
from .stores import is_loaded, open_store

if TYPE_CHECKING:
    from ..checks import Check, Report
    from ..graph.model import Scope
    from ..graph.snapshot import Snapshot
    from .attack_graph import ScannedAttackGraph


def report_on(
    snapshot: "Snapshot", chosen: "Iterable[Check]", attack: "ScannedAttackGraph"
) -> "Report":
    """What checks find in a scan, whose attack graph may be built for that."""
    if is_loaded(snapshot):
        # What is asked of a server is what it holds now, not what was found in it before.
        from ..checks import run

        with open_store(snapshot) as store:
            found = run(chosen, store, snapshot, attack=attack.graph)
    else:
        from ..checks.kept import report

        found = report(chosen, snapshot, partial(open_store, snapshot), attack.graph)
    attack.keep()
    return found


def selected(
    scope: "Scope",
    ids: Sequence[str] = (),
    services: Sequence[str] = (),
    providers: Sequence[str] = (),
    categories: Sequence[str] = (),
) -> "list[Check]":
    """The checks that are meant; a scan of some services is judged on those, unless checks or
    services are named.

    :raises UsageError: if there is no such check, service or category.
    """
    from ..checks import Category, check_named, checks

    named = {check.id: check for check in map(check_named, ids) if check}
    # Services are known only by all checks.
    known = named if ids and not services and len(named) == len({*ids}) else checks()
    for id_ in ids:
        if id_ not in known:
            raise UsageError(
                f"There is no check '{id_}'.", nearest(id_, list(known)), "See: clew list checks"
            )
    with_checks = sorted({check.service for check in known.values()})
    for service in services:
        if service not in with_checks:
            raise UsageError(
                f"No check is about a service '{service}'.",
                nearest(service, with_checks),
                "See: clew list checks",
            )
    for category in categories:
        if category not in [*Category]:
            raise UsageError(
                f"There is no category '{category}'.",
                nearest(category, [*Category]),
                f"The categories are {', '.join(Category)}.",
            )
    wanted = services or (() if ids else scope.reported)
    return [
        check
        for check in known.values()
        if (not ids or check.id in ids)
        and (not wanted or check.service in wanted)
        and (not providers or check.provider in providers)
        and (not categories or not {*categories}.isdisjoint(check.categories))
    ]
