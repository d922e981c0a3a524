"""A scan as Python has it: one object for all that is asked of it."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ..errors import UsageError
from ..graph.suggestions import nearest
from .attack_graph import DEFAULT_SOURCES, NamedAttackGraph, ScannedAttackGraph
from .attack_graph import scanned_attack_graph as attack_graph_of
from .documents import PATHS_FORMAT, CoverageRow, PathAnswer, PermissionAnswer

if TYPE_CHECKING:
    import networkx
    import pyarrow as pa

    from ..checks.report import ReportedFinding
    from ..graph.model import Gap
    from ..graph.snapshot import Snapshot
    from .asking import Asked, Asking

T = TypeVar("T")


@dataclass(frozen=True)
class _Answer(Sequence[T], Generic[T]):
    """The parts of an answer in their order; what it may lack stands next to them."""

    parts: Sequence[T]

    def __len__(self) -> int:
        return len(self.parts)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self.parts[place]


@dataclass(frozen=True)
class QueryAnswer(_Answer[dict[str, Any]]):
    """The rows of a query by column; a node is its properties with its ``label``, an edge one with
    its ``type``."""

    columns: Sequence[str]
    gaps: "Sequence[Gap]"
    """What was not read, so that there may be further rows."""
    more: bool
    """Whether there are more rows than were asked for."""

    def _repr_html_(self) -> str:
        from .notebook import shown_rows

        return shown_rows(self)


@dataclass(frozen=True)
class FindingsAnswer(_Answer["ReportedFinding"]):
    """Findings: what is wrong first, and of that the worst."""

    parts: "Sequence[ReportedFinding]"
    checks: Sequence[str]
    """The checks that were run."""
    skipped: Sequence[str]
    """Those that were not, because the scan did not set out to read what they are about."""
    untagged: int = 0
    """How many more there are, about resources without the tags that the scan was asked for."""

    def _repr_html_(self) -> str:
        from .notebook import shown_findings

        return shown_findings(self)


class Scan:
    """A scan on disk, in an object store, or in Neo4j. It is read as far as it is asked for.

    What could not be read is null in every answer, MANUAL in findings, and named in gaps.
    """

    def __init__(self, snapshot: "Snapshot", name: str = "") -> None:
        self.snapshot = snapshot
        """The scan's own files: scope, schema, and when it was made."""
        self.name = name or snapshot.path.name
        """What it is called: its folder, name or URI, as it was opened."""

    def __repr__(self) -> str:
        accounts = ", ".join(sorted(self.snapshot.scope.all_accounts))
        return f"<Scan of {accounts}, {self.snapshot.manifest.started:%Y-%m-%d %H:%M}>"

    @property
    def labels(self) -> list[str]:
        """The labels that have nodes."""
        return self.snapshot.labels

    def resources(self, label: str | None = None) -> Iterator[dict[str, Any]]:
        """The nodes of a label, or all: each its properties with its ``label``. What ``missing``
        is set of only stands for something that a reference names.

        :raises UsageError: if there is no such label.
        """
        from ..graph.traversal import SnapshotReader

        reader = SnapshotReader(self.snapshot)
        for each in self.labels if label is None else [self._known(label)]:
            for properties in reader.nodes(each):
                yield {"label": each, **properties}

    def table(self, label: str) -> "pa.Table":
        """The nodes of a label as an Arrow table, a row each; ``.to_pandas()`` makes a DataFrame
        of it.

        :raises UsageError: if there is no such label.
        """
        return self.snapshot.nodes(self._known(label))

    def edges(self, type: str) -> "pa.Table":  # noqa: A002
        """The edges of a relationship type as an Arrow table: ``source``, ``target``, their labels,
        and the type's own columns.

        :raises UsageError: if there is no such type.
        """
        import pyarrow as pa

        columns = self.snapshot.schema.relationships.get(type)
        if columns is None:
            raise UsageError(
                f"There is no relationship type '{type}'.",
                nearest(type, list(self.snapshot.schema.relationships)),
            )
        tables = [
            self.snapshot.edges(pair)
            .append_column("source_label", pa.array([pair.source] * self.snapshot.edge_count(pair)))
            .append_column("target_label", pa.array([pair.target] * self.snapshot.edge_count(pair)))
            for pair in self.snapshot.pairs
            if pair.rel == type
        ]
        if tables:
            return pa.concat_tables(tables)
        names = ("source", "target", *columns, "source_label", "target_label")
        return pa.table({name: pa.array([], pa.string()) for name in names})

    def graph(self, labels: Iterable[str] | None = None) -> "networkx.MultiDiGraph":
        """The nodes of these labels (all, if none are named) and the edges among them, in NetworkX.

        A node is its id, with its properties and ``label``; an edge has ``rel`` next to its
        properties. A notebook shows what it holds.
        """
        from ..graph.traversal import load_snapshot
        from .shown_graph import ShownGraph

        wanted = None if labels is None else map(self._known, labels)
        return load_snapshot(self.snapshot, wanted, ShownGraph())

    def query(
        self,
        name: str = "",
        *,
        cypher: str = "",
        parameters: Mapping[str, Any] | None = None,
        limit: int | None = None,
        timeout: float = 60.0,
    ) -> QueryAnswer:
        """The rows of a saved query, or of Cypher. Queries only read.

        Parameters of a saved query are looked up in the scan as ``clew query --param`` does.

        :raises UsageError: if there is no such query, or a parameter stands for nothing.
        :raises QueryError: if the Cypher is wrong, or takes longer than ``timeout`` seconds.
        """
        from ..queries import ScanNames
        from .querying import plain, query_gaps, saved_query
        from .stores import open_store

        if bool(name) == bool(cypher):
            raise UsageError("Name a saved query or give cypher, one of the two.")
        saved = saved_query(name) if name else None
        text = saved.cypher if saved else cypher
        asked = None if limit is None else limit + 1
        with open_store(self.snapshot) as store:
            values: Mapping[str, Any] = parameters or {}
            if saved:
                given = {key: _text(value) for key, value in values.items()}
                values = saved.values(given, ScanNames(store, self.snapshot))
            found = store.query(text, values, limit=asked, timeout=timeout)
        more = limit is not None and len(found) > limit
        rows = [plain(row) for row in (found[:limit] if more else found)]
        columns = [*saved.columns] if saved else [*(rows[0] if rows else ())]
        return QueryAnswer(rows, columns, query_gaps(text, self.snapshot), more)

    def findings(
        self,
        *,
        checks: Sequence[str] = (),
        services: Sequence[str] = (),
        providers: Sequence[str] = (),
        categories: Sequence[str] = (),
    ) -> FindingsAnswer:
        """What checks find: all, or those that are named, of services, clouds or categories
        (``clew.checks.Category``). In a scan of resources with some tags they are about these, as
        those of ``clew check``.

        :raises UsageError: if there is no such check, service or category.
        """
        from ..checks.report import about_tagged, reported
        from .checking import report_on, selected

        chosen = selected(self.snapshot.scope, checks, services, providers, categories)
        report = report_on(self.snapshot, chosen, ScannedAttackGraph(self.snapshot))
        tags = self.snapshot.scope.tags
        found = about_tagged(report.findings, self.snapshot, tags) if tags else report.findings
        return FindingsAnswer(
            reported(found, report.ran, self.snapshot),
            [check.id for check in report.ran],
            [check.id for check in report.skipped],
            len(report.findings) - len(found),
        )

    def paths(
        self,
        to: str = "admin",
        *,
        sources: Sequence[str] = DEFAULT_SOURCES,
        without: Sequence[str] = (),
        most: int = 1000,
    ) -> PathAnswer:
        """The attack paths to a target, easiest first. What the arguments may be is what
        ``clew paths`` takes as ``--to``, ``--from``, ``--without`` and ``--max``.

        :raises UsageError: if a name stands for nothing, or attack paths cover no cloud of it.
        """
        from ..graph.attack.ranking import ranked
        from ..graph.attack.search import Search, explain_path
        from .path_answers import attack_coverage, gap_rows, path_row

        coverage = attack_coverage(self.snapshot)
        scanned = attack_graph_of(self.snapshot, to)
        attack = NamedAttackGraph(scanned, without)
        target = attack.target(to)
        found = ranked(Search(attack.graph, target), attack.sources(sources, target), most)
        paths = [
            path_row(attack.graph, path, explain_path(attack.graph, path)) for path in found.paths
        ]
        scanned.keep()
        return PathAnswer(
            format=PATHS_FORMAT,
            covers=[*coverage.covers],
            gaps=gap_rows(coverage, attack),
            paths=paths,
            more=found.more,
        )

    def can(
        self,
        principal: str,
        action: str,
        resource: str | None = None,
        *,
        context: Mapping[str, str | Sequence[str]] | None = None,
    ) -> PermissionAnswer:
        """Whether a principal is allowed an action on a resource and why; without a resource on
        all, and if that is not allowed, on one for which it is. What the arguments may be is what
        ``clew can`` takes; ``context`` holds condition keys of the request.

        :raises UsageError: if one of them is not there, or of another cloud.
        """
        from .asking import Asked, allowed_rows, permission_answer

        words = [principal, action, *([] if resource is None else [resource])]
        asked = Asked.of(words, "a principal and an action", range(1, 2))
        asking = self._asking(asked, context)
        answer = permission_answer(asking, allowed_rows(asking, asked, asking.principal(principal)))
        _warn(asking.notes)
        return answer

    def who_can(
        self,
        action: str,
        resource: str | None = None,
        *,
        context: Mapping[str, str | Sequence[str]] | None = None,
    ) -> PermissionAnswer:
        """The principals that are allowed an action on a resource, those on conditions last;
        without a resource on all of them at once. External principals of its policy are among them,
        root users are not.

        :raises UsageError: if one of them is not there, or of another cloud.
        """
        from .asking import Asked, able_rows, asked_at_once, permission_answer

        words = [action, *([] if resource is None else [resource])]
        asked = Asked.of(words, "an action and a resource", range(1))
        asking = self._asking(asked, context)
        answer = permission_answer(asking, able_rows(asking, asked))
        _warn([*asking.notes, *filter(None, [asked_at_once(asked)])])
        return answer

    def coverage(self) -> list[CoverageRow]:
        """How every call of the scan ended, the worst first."""
        from .coverage_rows import coverage_row, left_open, worst_first

        found = left_open(self.snapshot)
        return [coverage_row(record, found) for record in worst_first(self.snapshot, found)]

    def _asking(
        self, asked: "Asked", context: Mapping[str, str | Sequence[str]] | None
    ) -> "Asking":
        from .asking import context_words

        return asked.on(self.snapshot, context_words(context or {}))

    def _known(self, label: str) -> str:
        if label not in self.snapshot.schema.labels:
            raise UsageError(
                f"There is no label '{label}'.",
                nearest(label, list(self.snapshot.schema.labels)),
                "See: clew list labels",
            )
        return label


def _warn(notes: Iterable[str]) -> None:
    for note in notes:
        warnings.warn(note, stacklevel=3)


def _text(value: Any) -> str:
    """A parameter of a saved query as the command line gives it."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def open_scan(path: str | PathLike[str] | None = None) -> Scan:
    """Opens a scan: by its folder, its name among Clew's own scans, its URI in an object store, the
    Bolt URI of a Neo4j that it was pushed to, or as ``demo``. Without a path it is the newest.

    :raises ClewError: if there is none, or it is damaged.
    """
    from .places import open_scan as open_snapshot

    name = None if path is None else fspath(path)
    return Scan(open_snapshot(name), name or "")
