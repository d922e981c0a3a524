"""What an assistant may ask of a scan. Answers are those of the command line, cut to portions."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ...errors import UsageError
from ...graph.suggestions import nearest
from ...scans.attack_graph import DEFAULT_SOURCES
from ...scans.resource_answers import ScannedResources
from ...scans.scan import Scan
from ..asked_query import AskedQuery, Bounds
from ..gap_lines import gap_lines
from . import catalog
from .portions import portion

if TYPE_CHECKING:
    from ...graph.model import Gap
    from ...graph.snapshot import Snapshot
    from ...scans.asking import Asking
    from ...scans.documents import GapRow

Answer = dict[str, Any]

Limit = Annotated[int, Field(ge=1, description="At most so many.")]
Offset = Annotated[int, Field(ge=0, description="Leave out so many before.")]
Resource = Annotated[str, Field(description="Full identity of a resource, or its unique name.")]
Target = Annotated[
    str,
    Field(
        description="Where paths lead: admin, admin:ACCOUNT, data, or a principal's or resource's "
        "id or name."
    ),
]
Sources = Annotated[
    Sequence[str],
    Field(
        description="Where attackers start: internet, any (principal that is no administrator), "
        "outside (external principals), or ids or names of principals."
    ),
]
Without = Annotated[
    Sequence[str],
    Field(
        description="What is supposed to be cut: steps as FROM->TO or FROM->TO#TECHNIQUE, or "
        "policies as POLICY or POLICY#STATEMENT (what-if)."
    ),
]
Action = Annotated[
    str,
    Field(
        description="One action as its cloud spells it, such as s3:GetObject; data:ACTION for "
        "one on data in Azure."
    ),
]
Context = Annotated[
    dict[str, str | list[str]] | None,
    Field(description="Condition keys of the request that are known, with their values."),
]
Statuses = Annotated[
    Sequence[Literal["FAIL", "MANUAL", "PASS", "ERROR"]],
    Field(description="Only these; PASS is left out unless it is named."),
]
Severities = Annotated[
    Sequence[Literal["critical", "high", "medium", "low", "informational"]],
    Field(description="Only of these severities."),
]
_IN_SHORT = (
    "id", "check", "status", "severity", "title", "account", "region", "resource", "target",
    "reason", "message",
)  # fmt: skip
_LONGEST_PROPERTY = 10_000
"""Characters of a property, as JSON; of longer ones only their length is said."""


class Tools:
    """The questions, each a method whose description and arguments an assistant reads.

    What is asked wrongly raises :class:`~clew.errors.ClewError`.
    """

    def __init__(self, snapshot: "Snapshot", bounds: Bounds) -> None:
        self._snapshot = snapshot
        self._scan = Scan(snapshot)
        self._bounds = bounds
        assert bounds.limit is not None
        self._most = bounds.limit
        self.asked: Mapping[str, Callable[..., Answer]] = {
            "scan": self.scan,
            "list": self.listed,
            "resources": self.resources,
            "around": self.around,
            "findings": self.findings,
            "finding": self.finding,
            "paths": self.paths,
            "choke_points": self.choke_points,
            "can": self.can,
            "who_can": self.who_can,
            "query": self.query,
            "cypher": self.cypher,
            "coverage": self.coverage,
        }
        """The tools, by name."""
        self.read: Mapping[str, Callable[..., Answer]] = {
            "clew://scan": self.scan,
            "clew://schema": self.schema,
            "clew://labels/{label}": self.label,
            "clew://relationships/{relationship}": self.relationship,
        }
        """The resources, by address."""

    def scan(self) -> Answer:
        """What the scan is of: when it was made, its accounts, regions and services, how much it
        holds, how many calls failed, and which clouds attack paths and permissions cover."""
        from ...graph.attack.coverage import AttackCoverage
        from ...scans.asking import askings

        manifest, snapshot = self._snapshot.manifest, self._snapshot
        coverage = AttackCoverage.of(snapshot)
        clouds = [cloud for cloud, ids in manifest.scope.accounts.items() if ids]
        return {
            "started": manifest.started.isoformat(timespec="seconds"),
            "finished": manifest.finished.isoformat(timespec="seconds"),
            "accounts": manifest.scope.accounts,
            "regions": manifest.scope.regions,
            "services": manifest.scope.reported or "all",
            "tags": manifest.scope.tags or "all",
            "resources": sum(map(snapshot.node_count, snapshot.labels)),
            "edges": sum(map(snapshot.edge_count, snapshot.pairs)),
            "labels": len(snapshot.labels),
            "calls": Counter(str(record.status) for record in snapshot.coverage),
            "attack_paths": {"covers": coverage.covers, "not_covered": coverage.uncovered},
            "permissions": {
                "covers": [cloud for cloud in clouds if cloud in askings()],
                "not_covered": [cloud for cloud in clouds if cloud not in askings()],
            },
            "limits": {"rows": self._most, "query_seconds": self._bounds.seconds},
        }

    def listed(
        self,
        kind: Annotated[catalog.Kind, Field(description="What to list.")],
        name: Annotated[str, Field(description="Explain the one of this name.")] = "",
        containing: Annotated[str, Field(description="Only what holds this text.")] = "",
        limit: Limit = 100,
        offset: Offset = 0,
    ) -> Answer:
        """What Clew knows: its checks, saved queries, node labels and relationship types (for
        Cypher), collectors, attack techniques. With a name, all about that one: a check's texts, a
        query's parameters and Cypher, a label's properties."""
        if name:
            return catalog.explained(kind, name, self._snapshot)
        wanted = containing.casefold()
        rows = [row for row in catalog.rows(kind, self._snapshot) if wanted in repr(row).casefold()]
        return self._portion(kind, rows, limit, offset, noun="row")

    def schema(self) -> Answer:
        """The labels that have nodes in the scan, with how many; and the relationship types that
        have edges, with how many. All about one: clew://labels/LABEL, clew://relationships/TYPE."""
        return catalog.schema(self._snapshot)

    def label(self, label: str) -> Answer:
        """A node label: what it is, and its properties with their types and meanings."""
        return catalog.explained("labels", label, self._snapshot)

    def relationship(self, relationship: str) -> Answer:
        """A relationship type: what it says, and between which labels the scan has edges of it."""
        return catalog.explained("relationships", relationship, self._snapshot)

    def resources(
        self,
        containing: Annotated[str, Field(description="Text in the identity or name.")] = "",
        label: Annotated[str, Field(description="Only of this label.")] = "",
        account: Annotated[str, Field(description="Only of this account.")] = "",
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Answer:
        """Finds resources by a part of their identity or name. What has `missing` set is not among
        the scanned resources, but something refers to it."""
        if label:
            self._expect(label, self._snapshot.schema.labels, "label")
        if account:
            self._expect(account, self._snapshot.scope.all_accounts, "account")
        wanted = containing.casefold()
        rows = [
            row.as_json()
            for row in self._scanned.by_id.values()
            if (not label or row.label == label)
            and (not account or row.account == account)
            and (wanted in row.id.casefold() or wanted in row.name.casefold())
        ]
        answer = self._portion("resources", rows, limit, offset, noun="resource")
        if label:
            from ...scans.querying import listing_gaps

            return answer | {"gaps": gap_lines(listing_gaps(self._snapshot, [label]))}
        failed = sum(record.status != "ok" for record in self._snapshot.coverage)
        note = f"{failed:,} calls failed, so there may be more: see the tool coverage."
        return answer | {"gaps": [note] if failed else []}

    def around(self, resource: Resource, limit: Limit = 100, offset: Offset = 0) -> Answer:
        """A resource with its properties, those that were not read, and what it refers to and what
        refers to it (`out`, `in`)."""
        found = self._scanned.answer(self._one(resource))
        properties, long = _by_length(found.properties)
        references = [row.as_json() for row in found.references]
        return {
            "resource": found.resource.as_json(),
            "properties": properties,
            **({"too_long": long} if long else {}),
            "unread": [row.as_json() for row in found.unread],
            **self._portion("references", references, limit, offset, noun="reference"),
            "gaps": gap_lines(found.gaps),
        }

    def findings(
        self,
        statuses: Statuses = ("ERROR", "FAIL", "MANUAL"),
        severities: Severities = (),
        checks: Annotated[Sequence[str], Field(description="Only of these checks.")] = (),
        services: Annotated[Sequence[str], Field(description="Only of these services.")] = (),
        providers: Annotated[
            Sequence[Literal["aws", "azure", "gcp", "entra"]],
            Field(description="Only of these clouds."),
        ] = (),
        account: Annotated[str, Field(description="Only about this account.")] = "",
        resource: Annotated[str, Field(description="Only about this resource.")] = "",
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Answer:
        """What the checks find, in short, the worst first; `finding` has one whole. FAIL is wrong,
        MANUAL could not be decided since something was not read, ERROR is a check that crashed.
        `counts` are of all answers that fit, whatever `statuses` says."""
        from ..check import about

        if account:
            self._expect(account, self._snapshot.scope.all_accounts, "account")
        found = self._scan.findings(checks=checks, services=services, providers=providers)
        ids = [self._one(resource)] if resource else None
        fitting = [
            one
            for one in about([*found], [account] if account else None, None, ids)
            if not severities or one.severity.value in severities
        ]
        rows = [
            {name: value for name in _IN_SHORT if (value := getattr(one, name)) is not None}
            for one in fitting
            if one.status.value in statuses
        ]
        answer = self._portion("findings", rows, limit, offset, noun="finding")
        answer["counts"] = Counter(one.status.value for one in fitting)
        answer["checks_run"] = len(found.checks)
        if found.skipped:
            answer["checks_skipped"] = {
                "why": "The scan did not set out to read what they are about.",
                "checks": [*found.skipped],
            }
        if found.untagged:
            answer["untagged"] = (
                f"{found.untagged:,} findings about resources without the scan's tags are left out."
            )
        return answer

    def finding(self, id: Annotated[str, Field(description="Its id.")]) -> Answer:  # noqa: A002
        """One finding whole: why it matters, what to do, references, controls, and the evidence
        that it rests on."""
        for one in self._scan.findings():
            if one.id == id:
                return one.model_dump(mode="json")
        raise UsageError(f"There is no finding '{id}'.", "The tool findings lists them.")

    def paths(
        self,
        to: Target = "admin",
        sources: Sources = DEFAULT_SOURCES,
        without: Without = (),
        limit: Limit = 10,
    ) -> Answer:
        """Attack paths, easiest first: each step with its technique, permissions, the statements
        that grant it and the conditions it hangs on. None found in what was read is not none."""
        found = self._scan.paths(to, sources=sources, without=without, most=self._within(limit))
        rows = [row.as_json() for row in found.paths]
        return {
            **self._portion("paths", rows, limit, noun="path", has_more=found.more),
            **self._covered(found.covers, found.gaps),
        }

    def choke_points(
        self,
        to: Target = "admin",
        sources: Sources = DEFAULT_SOURCES,
        without: Without = (),
        limit: Limit = 10,
    ) -> Answer:
        """The steps whose cut blocks the most attack paths, the best first: how many sources lose
        their last path by it and those before it, and how many are left."""
        from ...scans.choke_point_answers import choke_points

        most = self._within(limit)
        found = choke_points(self._snapshot, to, sources, without, most + 1)
        rows = [row.as_json() for row in found.choke_points]
        has_more = len(rows) > most
        return {
            **self._portion("choke_points", rows[:most], most, noun="cut", has_more=has_more),
            **self._covered(found.covers, found.gaps),
        }

    def can(
        self,
        principal: Annotated[str, Field(description="Id or unique name of a principal.")],
        action: Action,
        resource: Annotated[
            str, Field(description="Id of the resource (an ARN, an ARM id); none: any.")
        ] = "",
        context: Context = None,
        limit: Limit = 20,
    ) -> Answer:
        """Whether a principal is allowed an action, and which statements and conditions decide."""
        from ...scans.asking import Asked, allowed_rows, context_words

        words = [principal, action, *([resource] if resource else [])]
        asked = Asked.of(words, "a principal and an action", range(1, 2))
        asking = asked.on(self._snapshot, context_words(context or {}))
        who = asking.principal(principal)
        answer = self._permissions(asking, allowed_rows(asking, asked, who), limit)
        if not resource and (summary := asking.summary(who, asked.action)):
            answer["summary"] = summary
        return answer

    def who_can(
        self,
        action: Action,
        resource: Annotated[str, Field(description="Id of the resource; `*`: all at once.")],
        context: Context = None,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Answer:
        """The principals that are allowed an action on a resource, those on conditions last.
        External principals of its policy are among them, root users are not."""
        from ...scans.asking import Asked, able_rows, asked_at_once, context_words

        asked = Asked.of([action, resource], "an action and a resource", range(1))
        asking = asked.on(self._snapshot, context_words(context or {}))
        answer = self._permissions(asking, able_rows(asking, asked), limit, offset)
        if note := asked_at_once(asked):
            answer["note"] = note
        return answer

    def query(
        self,
        name: Annotated[str, Field(description="Of a saved query: see the tool list.")],
        parameters: Annotated[
            dict[str, str | int | float | bool | list[str]] | None,
            Field(description="Its parameters, by name."),
        ] = None,
        limit: Limit = 100,
    ) -> Answer:
        """The rows of a saved query."""
        given = [f"{key}={_as_text(value)}" for key, value in (parameters or {}).items()]
        return self._rows(AskedQuery(name, None, given), limit)

    def cypher(
        self,
        cypher: Annotated[str, Field(description="openCypher, which only reads.")],
        parameters: Annotated[
            dict[str, Any] | None, Field(description="Values of $name, by name.")
        ] = None,
        limit: Limit = 100,
    ) -> Answer:
        """The rows of Cypher on the graph of the scan. Labels, properties and relationship types:
        the tool list. A null property was not read: it is neither true nor false."""
        from ..output import json_line

        if cypher.strip() == "-":
            raise UsageError("Give Cypher.")
        given = [f"{key}={json_line(value)}" for key, value in (parameters or {}).items()]
        return self._rows(AskedQuery("", cypher, given), limit)

    def coverage(
        self,
        all: Annotated[bool, Field(description="Successful calls too.")] = False,  # noqa: A002
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Answer:
        """The calls of the scan that failed, the worst first: what to grant, and how many MANUAL
        findings each leaves open. What they would have listed is not known."""
        self._scan.findings()  # which tells what failed calls leave open
        calls = self._scan.coverage()
        rows = [row.as_json() for row in calls if all or row.status != "ok"]
        return {
            **self._portion("calls", rows, limit, offset, noun="call"),
            "counts": Counter(str(row.status) for row in calls),
            "missing_permissions": sorted({row.permission for row in calls if row.permission}),
        }

    @cached_property
    def _scanned(self) -> ScannedResources:
        return ScannedResources(self._snapshot)

    def _one(self, text: str) -> str:
        """The identity of the resource that has it or, if none has, the name."""
        rows = self._scanned.by_id
        ids = [text] if text in rows else [row.id for row in rows.values() if row.name == text]
        if not ids:
            hint = nearest(text, sorted({row.name for row in rows.values() if row.name}))
            raise UsageError(f"No resource has the identity or the name '{text}'.", hint)
        if len(ids) > 1:
            shown = ", ".join(ids[:20]) + (" …" if len(ids) > 20 else "")
            raise UsageError(f"{len(ids)} resources are named '{text}', say which: {shown}")
        return ids[0]

    def _expect(self, name: str, known: Iterable[str], what: str) -> None:
        names = [*known]
        if name not in names:
            raise UsageError(f"The scan has no {what} '{name}'.", nearest(name, names))

    def _within(self, limit: int) -> int:
        return min(limit, self._most)

    def _portion(
        self,
        key: str,
        rows: list[Answer],
        limit: int,
        offset: int | None = None,
        *,
        noun: str,
        has_more: bool = False,
    ) -> Answer:
        limit = self._within(limit)
        is_most = limit >= self._most
        shown, said = portion(rows, limit, offset, noun=noun, has_more=has_more, is_most=is_most)
        return {key: shown, **said}

    def _rows(self, asked: AskedQuery, limit: int) -> Answer:
        bounds = self._bounds._replace(limit=self._within(limit))
        found = asked.answer(self._snapshot, bounds)
        return {
            "columns": [*found.columns],
            **self._portion("rows", [*found], limit, noun="row", has_more=found.more),
            "gaps": gap_lines(found.gaps),
        }

    def _permissions(
        self, asking: "Asking", rows: list[Answer], limit: int, offset: int | None = None
    ) -> Answer:
        return {
            **self._portion("answers", rows, limit, offset, noun="answer"),
            "covers": [asking.provider],
            "not_covered": asking.others,
            "gaps": [*asking.notes, *asking.sentences],
        }

    def _covered(self, covers: list[str], gaps: "Iterable[Gap | GapRow]") -> Answer:
        accounts = self._snapshot.scope.accounts
        return {
            "covers": covers,
            "not_covered": sorted(
                cloud for cloud, ids in accounts.items() if ids and cloud not in covers
            ),
            "gaps": gap_lines(gaps),
        }


def _by_length(properties: Answer) -> tuple[Answer, dict[str, str]]:
    """Properties that can be shown, and how long the others are."""
    from ..output import json_line

    lengths = {name: len(json_line(value)) for name, value in properties.items()}
    short = {
        name: value for name, value in properties.items() if lengths[name] <= _LONGEST_PROPERTY
    }
    long = {
        name: f"{lengths[name]:,} characters; Cypher returns it alone."
        for name in properties.keys() - short.keys()
    }
    return short, long


def _as_text(value: Any) -> str:
    """A parameter of a saved query as the command line takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list) else str(value)
