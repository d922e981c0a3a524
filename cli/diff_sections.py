"""What differs between two scans in lines for people, however they are laid out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..scans.why_changed import field_words
from .output import count

if TYPE_CHECKING:
    from ..scans.diff_documents import DiffAnswer, EdgeRow, FindingRow, PathChangeRow, ResourceRow

UNREAD = ("unread", "newly_read", "undecided")
"""Changes that may be none: one of the scans did not read what they are about."""
_WORDS = {
    "added": "new",
    "removed": "gone",
    "changed": "changed",
    "unread": "not read in the new scan",
    "newly_read": "not read in the old scan",
    "failing": "fails now",
    "worse": "is worse",
    "resolved": "resolved",
    "undecided": "MANUAL now",
    "new_manual": "new, MANUAL",
    "decided": "passes now",
}


class Item(NamedTuple):
    """One change."""

    change: str
    head: str
    below: Sequence[str] = ()
    """What led to it."""

    @property
    def words(self) -> str:
        """What became of it."""
        return _WORDS[self.change]


class Section(NamedTuple):
    """The changes of one kind."""

    title: str
    items: Sequence[Item]

    @property
    def numbers(self) -> str:
        """How many changes of each sort there are."""
        of = dict.fromkeys(_WORDS, 0)
        for item in self.items:
            of[item.change] += 1
        return ", ".join(f"{number:,} {_WORDS[change]}" for change, number in of.items() if number)


def sections(answer: "DiffAnswer") -> Iterator[Section]:
    """The changes, the most important kind first; kinds without any are left out."""
    every = (
        Section("Attack paths", [_path(each) for each in answer.paths]),
        Section("Findings", [_finding(each) for each in answer.findings]),
        Section("Resources", [_resource(each) for each in answer.resources]),
        Section("Edges", [_edge(each) for each in answer.edges]),
    )
    return (section for section in every if section.items)


def notes(answer: "DiffAnswer") -> Iterator[str]:
    """What else must be known of the answer, a sentence each."""
    if answer.more:
        yield "Not all paths were compared: --max 0 compares more."
    if answer.gaps:
        first = answer.gaps[0].message
        more = f", and {count(len(answer.gaps) - 1, 'more gap')}" if len(answer.gaps) > 1 else ""
        yield f"What attack paths lack in the new scan: {first.rstrip('.')}{more}."


def _path(row: "PathChangeRow") -> Item:
    path = row.path
    certainty = "conditional" if path.conditional else "certain"
    below = []
    for place, hop in enumerate(path.hops):
        mark = "✂ " if place == row.hop and row.change == "removed" else ""
        below.append(f"{mark}{hop.from_} {hop.type} {hop.to}{_by(hop.title)}")
    below += row.why
    if row.change == "removed" and row.others:
        below.append(f"{path.source} still has other paths.")
    return Item(
        row.change,
        f"{path.source} → {path.target} (difficulty {path.difficulty}, {certainty})",
        below,
    )


def _by(title: str | None) -> str:
    return f" ({title})" if title else ""


def _finding(row: "FindingRow") -> Item:
    found = row.finding
    before, after = row.old_status or "no answer", row.new_status or "no answer"
    return Item(
        row.change,
        f"{found.severity} {found.check}: {found.message}",
        [f"{before} → {after}: {found.resource}", *_each_once(row.why, found.message)],
    )


def _each_once(lines: Iterable[str], said: str) -> Iterator[str]:
    return (line for line in lines if line != said)


def _resource(row: "ResourceRow") -> Item:
    where = " ".join(part for part in (row.account, row.region) if part)
    below = [row.reason] if row.reason else list(_field_lines(row))
    return Item(row.change, f"{row.label} {row.id}", [*([where] if where else []), *below])


def _field_lines(row: "ResourceRow | EdgeRow") -> Iterator[str]:
    for field in row.fields:
        yield from field_words(field)


def _edge(row: "EdgeRow") -> Item:
    below = [row.reason] if row.reason else list(_field_lines(row))
    return Item(row.change, f"{row.source} {row.type} {row.target}", below)
