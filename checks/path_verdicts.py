"""Verdicts of rules over attack paths.

They stand apart from the rules, since only a run of one needs the search and all that it
imports.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..graph.attack.blast_radius import BlastRadius, ForwardSteps, reach_of_accounts
from ..graph.attack.endpoints import internet
from ..graph.attack.search import Path, Search, Target
from ..graph.sets import NONE, exactly, members
from ..graph.traversal import once_per_graph
from .attack import attack_of
from .check import Place, Row
from .path_rule import PathRule, PathTarget
from .path_words import PathWords, path_words

if TYPE_CHECKING:
    import networkx


def verdicts(rule: PathRule, graph: "networkx.MultiDiGraph", label: str) -> Iterator[Row]:
    """A verdict for each resource of a label, as :meth:`PathRule.rows` has them."""
    paths = _paths(graph)
    if rule.sources == "principal":
        yield from paths.of_principals(rule, label)
        return
    from_ = paths.internet if rule.sources == "internet" else paths.external
    for id_, properties in graph.nodes(data=True):
        if properties["label"] == label and properties["missing"] is None:
            is_meant = rule.is_meant(properties)
            if is_meant is False:
                continue
            row = paths.judged(from_, id_, rule.target)
            if is_meant or row.passed:
                yield row
            else:
                yield Row(id_, None, unread=["its tags, which decide, could not be read"])


class _Spread(NamedTuple):
    """What some sources come to."""

    certain: BlastRadius
    possible: BlastRadius


class _Paths:
    """The attack paths of a check's graph: each set of sources is followed once."""

    def __init__(self, graph: "networkx.MultiDiGraph") -> None:
        self._resources = graph
        self._attack = attack_of(graph)
        self._certain = ForwardSteps(self._attack, only_certain=True)
        self._possible = ForwardSteps(self._attack, only_certain=False)
        self._places: dict[tuple[str, Target], Sequence[Place]] = {}

    @cached_property
    def internet(self) -> _Spread:
        """From everyone."""
        return self._from(internet(self._attack))

    @cached_property
    def external(self) -> _Spread:
        """From each external principal that is not everyone."""
        return self._from(self._attack.external & ~internet(self._attack))

    def _from(self, sources: int) -> _Spread:
        return _Spread(self._certain.from_(sources), self._possible.from_(sources))

    def of_principals(self, rule: PathRule, label: str) -> Iterator[Row]:
        """Whether no path leads from any principal of a label to an administrator; nothing if
        the scan left out whose administrators are meant."""
        accounts = rule.target.label
        if accounts and accounts not in self._known_labels:
            return
        attack, target = self._attack, self._administrators(accounts)
        search = Search(attack, target)
        for number in members(attack.principals & ~target.certain):
            node = attack.nodes[number]
            is_exempt = rule.exempt and rule.exempt(self._resources, node.id)
            if node.label == label and not is_exempt:
                path = search.best(number, only_certain=True)
                path = path or search.best(number, only_certain=False)
                yield self._row(node.id, path, target)

    def judged(self, spread: _Spread, id_: str, kind: PathTarget) -> Row:
        """Whether no path leads to a resource, or to who administers it."""
        target = self._target(id_, kind)
        if target is None:
            label = self._resources.nodes[id_]["label"]
            return Row(id_, None, unread=[f"attack paths do not include every {label}"])
        path = spread.certain.best(target) or spread.possible.best(target)
        return self._row(id_, path, target)

    def _target(self, id_: str, kind: PathTarget) -> Target | None:
        number = self._attack.number.get((id_, ""))
        if kind.kind == "admin_of":
            return NONE if number is None else self._attack.administrators_of(number)
        return None if number is None else exactly(1 << number)

    def _row(self, id_: str, path: Path | None, target: Target) -> Row:
        if path is None:
            return Row(id_, True, listing_scope=self._accounts(id_, target))
        words = path_words(self._attack, path)
        return Row(
            id_,
            None if path.conditional else False,
            unread=[self._doubt(path, words)] if path.conditional else [],
            evidence=[each for each in words.involved if each in self._resources],
            values={"path": words.text},
        )

    def _doubt(self, path: Path, words: PathWords) -> str:
        """On what a conditional path depends, or why its source may be there already."""
        if not words.text:
            reason = self._attack.reasons.get(path.nodes[0], "")
            return f"it may be an administrator already{reason and f': {reason}'}"
        depends = "; ".join(words.conditions)
        depends = depends or "the target's own permissions, which are conditional"
        return f"{words.text}, depending on {depends}"

    def _accounts(self, id_: str, target: Target) -> Sequence[Place]:
        """The accounts over which a path may lead: the resource's own, and all those in which
        something has a path to the target."""
        own = self._resources.nodes[id_]["account"]
        if (own, target) not in self._places:
            reaching = (each for each, nodes in self._reach.items() if nodes & target.possible)
            found = {own, *reaching}
            found |= {inner for outer in found for inner in self._inside.get(outer, ())}
            self._places[own, target] = [Place(each) for each in sorted(found)]
        return self._places[own, target]

    @cached_property
    def _inside(self) -> Mapping[str, Set[str]]:
        """The accounts that lie in another: identities of resources in them are that one's."""
        found: dict[str, set[str]] = defaultdict(set)
        account = dict(self._resources.nodes(data="account"))
        for inner, outer, rel in self._resources.edges(data="rel"):
            if rel == "IN_ACCOUNT" and account[inner] and account[inner] != account[outer]:
                found[account[outer] or ""].add(account[inner])
        return found

    @cached_property
    def _reach(self) -> Mapping[str, int]:
        return reach_of_accounts(self._possible)

    def _administrators(self, label: str) -> Target:
        """Who administers any account of a label; of any at all if it is empty."""
        if not label:
            return self._attack.administrators
        found = NONE
        for number, node in enumerate(self._attack.nodes):
            if node.label == label:
                found |= self._attack.administrators_of(number)
        return found

    @cached_property
    def _known_labels(self) -> frozenset[str]:
        """The labels that the scan holds or set out to read."""
        listed = (each.label for each in self._resources.graph["reads"])
        return frozenset((*listed, *(label for _, label in self._resources.nodes(data="label"))))


@once_per_graph
def _paths(graph: "networkx.MultiDiGraph") -> _Paths:
    return _Paths(graph)
