"""What a check is: its identity, its prose and its rule, all of it data."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ..graph.cypher import edges_in, labels_in
from ..graph.scan_coverage import Place as Place
from ..graph.schema import EdgeType, Schema
from .access_rule import AccessRule
from .category import Category as Category
from .labels import Label as Label
from .labels import Referred as Referred
from .labels import Referring as Referring
from .labels import plain as plain
from .labels import resolved

if TYPE_CHECKING:
    import networkx

    from .path_rule import PathRule


class Severity(StrEnum):
    """How bad a failed check is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Cypher:
    """A rule as a query in the Cypher that every store takes.

    Its columns: ``resource`` (a node), ``passed`` (true, false, or null where a fact is unread),
    and optionally ``target`` (a node; if it is missing the finding is MANUAL), ``unread`` (names of
    what could not be read, which make a null verdict speak), ``severity``, ``derived_from`` (the
    evidence of a derived edge: the resources that it names become the finding's). Nodes in
    further columns are evidence; further scalars can be named in the check's messages.
    """

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels that its patterns name."""
        return tuple(sorted(labels_in(self.text)))

    @cached_property
    def edges(self) -> frozenset[EdgeType]:
        """The edges that its patterns name."""
        return edges_in(self.text)


@dataclass(frozen=True)
class Row:
    """One verdict of a traversal; the fields mean what the columns of :class:`Cypher` do, nodes
    being given by id."""

    resource: str
    passed: bool | None
    target: str | None = None
    undecided_by: str | None = None
    """Where the check judges the resource alone: the node that leaves the verdict open. If it is
    missing, that is why the finding is MANUAL. It is no target, so that the finding is the same one
    whether or not that node could be read."""
    unread: Sequence[str] = ()
    """In whole phrases, what could not be read or decided."""
    severity: str | None = None
    evidence: Sequence[str] = ()
    """Also nodes of labels that the rule does not look at; what is no node is left out."""
    values: Mapping[str, Any] = field(default_factory=dict)
    listing_scope: Sequence[Place] = ()
    """Where the labels that the verdict rests on must have been fully listed, if that is not just
    the resource's own account and region."""
    rests_on: frozenset[EdgeType] | None = None
    """The derived edges on whose absence alone the verdict rests, if that is not all that the rule
    is about."""


@dataclass(frozen=True)
class Traversal:
    """A rule as a function over a frozen NetworkX graph of these labels and their edges.

    What the scan read, label by label, is the graph's attribute ``reads``.
    """

    labels: tuple[Label, ...]
    walk: Callable[["networkx.MultiDiGraph"], Iterable[Row]]
    edges: frozenset[EdgeType] = frozenset()
    """The derived edges that it walks on or works out itself; an empty label or type is any."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """A question about every resource of a label, with an answer of PASS, FAIL or MANUAL.

    The runner turns the rule's rows into findings, so that no check decides on what is unread:
    a missing target or a null verdict is MANUAL. Of several rows for the same resource and target
    a failed one counts before an undecided one, and that before a passed one.
    """

    id: str
    title: str
    provider: str
    service: str
    severity: Severity
    resource: str
    """The label the check is about. Where its listing failed the check is MANUAL."""
    what: str
    """What the check does, exactly, and where the line is drawn."""
    why: str
    """What an attacker or an accident makes of it."""
    remediation: str
    passes: str
    """Message of a PASS; ``{resource}``, ``{target}`` and the rule's scalars can be named, of which
    null leaves nothing."""
    fails: str
    """Message of a FAIL."""
    rule: "Cypher | Traversal | PathRule | AccessRule"
    pass_requires_listing: tuple[Label, ...] = ()
    """Labels of which a PASS says that there is none: if they were not fully listed in the
    resource's account and region, or where the row says instead, the answer is MANUAL. What the
    derived edges of the rule rest on is known without being named."""
    fail_requires_listing: tuple[Label, ...] = ()
    """The same for a FAIL."""
    selected_by: tuple[Label, ...] = ()
    """Labels that tell which resources get a verdict at all, in addition to their own: in an
    account where they were not fully listed others might, which is a MANUAL of the account."""
    without_edges: Literal["PASS", "FAIL"] = "PASS"
    """The verdict where the rule finds none of its derived edges: it requires that everything was
    listed on which their absence rests."""
    references: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    """What it is about."""
    compliance: tuple[str, ...] = ()
    """Controls that ask for it, e.g. ``CIS AWS 1.4: 3.3``, beside those whose framework lists the
    check (``compliance``, next to the checks)."""

    @property
    def labels(self) -> frozenset[str]:
        """Every label that the verdict of the :meth:`resolved` check may depend on."""
        return frozenset(
            {
                *plain(self.rule.labels),
                self.resource,
                *plain(self.pass_requires_listing),
                *plain(self.fail_requires_listing),
                *plain(self.selected_by),
            }
        )

    def resolved(self, schema: Schema) -> "Check":
        """The check with the labels of a schema in the place of what stands for them."""
        rule = self.rule
        if isinstance(rule, Traversal):
            rule = replace(rule, labels=resolved(rule.labels, schema))
        elif isinstance(rule, AccessRule):
            rule = replace(rule, own_labels=resolved(rule.own_labels, schema))
        return replace(
            self,
            rule=rule,
            pass_requires_listing=resolved(self.pass_requires_listing, schema),
            fail_requires_listing=resolved(self.fail_requires_listing, schema),
            selected_by=resolved(self.selected_by, schema),
        )
