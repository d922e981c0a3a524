"""Answers about attack paths, as JSON and Python have them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..graph.attack.coverage import AttackCoverage
    from ..graph.attack.model import AttackGraph, ExplainedPath, Hop, Statement, Step
    from ..graph.attack.search import Path
    from ..graph.scan_coverage import Scan
    from .attack_graph import NamedAttackGraph
    from .documents import GapRow, HopRow, PathRow, StatementRow


def attack_coverage(scan: "Scan") -> "AttackCoverage":
    """How much of a scan attack paths cover.

    :raises UsageError: if they cover no cloud of it.
    """
    from ..graph.attack.coverage import AttackCoverage
    from ..graph.attack.provider import provider_types

    found = AttackCoverage.of(scan)
    if not found.covers:
        raise UsageError(
            f"This scan holds {joined(found.uncovered, 'and') or 'no cloud'}; attack paths "
            f"cover {joined(sorted(provider_types()), 'and')} only."
        )
    return found


def gap_rows(coverage: "AttackCoverage", attack: "NamedAttackGraph") -> "list[GapRow]":
    """What an answer leaves out: of what was listed, of permissions, and of the steps."""
    from .documents import GapRow

    listed = {(gap.label, gap.account, gap.region) for gap in coverage.gaps}
    more = (gap for gap in attack.gaps if (gap.label, gap.account, gap.region) not in listed)
    rows = [GapRow.of(gap) for gap in (*coverage.gaps, *coverage.uncovered_gaps, *more)]
    said = {row.message for row in rows}
    return rows + [GapRow(message=each) for each in attack.unread if each not in said]


def title_of(technique: str) -> str:
    """The title of a technique; its id, if nothing is known of it."""
    from ..graph.attack.provider import known_techniques

    known = known_techniques().get(technique)
    return known.title if known else technique


def path_row(graph: "AttackGraph", path: "Path", explained: "ExplainedPath") -> "PathRow":
    """A path with all that it rests on."""
    from .documents import PathHopRow, PathRow

    states = [graph.nodes[number].state for number in path.nodes]
    return PathRow(
        source=explained.source,
        target=explained.target,
        target_reason=explained.target_reason,
        difficulty=explained.difficulty,
        conditional=explained.conditional,
        hops=[
            PathHopRow(**vars(hop_row(step, hop)), from_state=before, to_state=after)
            for step, hop, before, after in zip(
                path.steps, explained.hops, states, states[1:], strict=False
            )
        ],
    )


def hop_row(step: "Step", hop: "Hop") -> "HopRow":
    """A step with all that it rests on."""
    from .documents import HopRow

    return HopRow(
        from_=hop.source,
        to=hop.target,
        type=hop.type,
        technique=hop.technique or None,
        title=title_of(hop.technique) if hop.technique else None,
        public_ids=_public_ids_of(hop.technique),
        difficulty=step.difficulty,
        permissions=list(hop.permissions),
        conditions=list(hop.conditions),
        statements=statement_rows(hop.statements),
        evidence=list(hop.evidence),
    )


def statement_rows(statements: "Iterable[Statement]") -> "list[StatementRow]":
    """Statements of policies."""
    from .documents import StatementRow

    return [
        StatementRow(policy=one.policy, index=one.index, sid=one.sid, effect=one.effect)
        for one in statements
    ]


def joined(names: Sequence[str], word: str) -> str:
    """Names in a sentence: ``a, b and c``."""
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _public_ids_of(technique: str) -> list[str]:
    """What public catalogues call a technique."""
    from ..graph.attack.provider import known_techniques

    return list(getattr(known_techniques().get(technique), "public_ids", ()))
