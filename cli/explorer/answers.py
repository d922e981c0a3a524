"""What the explorer may ask of a scan. Answers are the documents that ``-f json`` writes."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...scans.choke_point_answers import Unit, choke_points
from ...scans.scan import FindingsAnswer, Scan
from ..asked_query import AskedQuery, Bounds
from .other_scans import OtherScans

if TYPE_CHECKING:
    from ...graph.snapshot import Snapshot
    from ...scans.resource_answers import ScannedResources

Parameters = Mapping[str, Sequence[str]]

_KEPT = 200
"""How many answers are kept; a scan does not change."""
_MOST_PATHS = 1000
_MOST_CUTS = 1000


class UnknownQuestionError(UsageError):
    """Nothing of this name can be asked."""


class Answers:
    """Answers questions about one scan, one after the other; ``old`` is what another is called that
    it may be compared with."""

    def __init__(self, snapshot: "Snapshot", bounds: Bounds, old: str | None = None) -> None:
        self.snapshot = snapshot
        self.others = OtherScans(snapshot, old)
        self._scan = Scan(snapshot)
        self._bounds = bounds
        self._kept: dict[str, bytes] = {}
        self._questions: dict[str, Callable[[Parameters], Any]] = {
            "scan": lambda _: self.scan(),
            "resources": lambda _: self.resources(),
            "findings": lambda _: self.findings(),
            "frameworks": lambda _: self.frameworks(),
            "compliance": lambda given: self.compliance(_one(given, "framework")),
            "scans": lambda _: self.others.names,
            "diff": self.diff,
            "coverage": lambda _: self.coverage(),
            "techniques": lambda _: techniques(),
            "queries": lambda _: queries(),
            "map": lambda _: self.scanned.map().as_json(),
            "paths": self.paths,
            "choke-points": self.choke_points,
            "resource": lambda given: self.scanned.answer(_one(given, "id")).as_json(),
            "who-can": self._who_can,
        }

    def get(self, question: str, given: Parameters) -> bytes:
        """The answer to a question, as JSON.

        :raises UnknownQuestionError: if there is no such question.
        :raises ClewError: if it cannot be answered.
        """
        if question not in self._questions:
            raise UnknownQuestionError(f"There is no '{question}' to ask for.")
        asked = json.dumps([question, sorted((key, list(value)) for key, value in given.items())])
        if asked not in self._kept:
            answer = json.dumps(self._questions[question](given)).encode()
            if len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[asked] = answer
        return self._kept[asked]

    def scan(self) -> dict[str, Any]:
        """What the scan set out to read, and which checks were run on it."""
        from ...checks.runner import split
        from ...graph.attack.aws.what_if import policy_labels
        from ...graph.model import MissingReason
        from ...graph.model.vocabulary import DERIVED
        from ...graph.scan_coverage import ScanCoverage
        from ...scans.checking import selected
        from ...scans.documents import ScanAnswer

        manifest = self.snapshot.manifest
        ran, skipped = split(selected(self.snapshot.scope), ScanCoverage(self.snapshot))
        return ScanAnswer(
            started=manifest.started.isoformat(),
            finished=manifest.finished.isoformat(),
            accounts=manifest.scope.accounts,
            regions=manifest.scope.regions,
            services=manifest.scope.reported,
            tags=manifest.scope.tags,
            checks=[check.id for check in ran],
            skipped=[check.id for check in skipped],
            derived=sorted(DERIVED),
            reasons={reason: reason.meaning for reason in MissingReason},
            account_names=self.scanned.account_names(),
            policy_labels=sorted(policy_labels(self.snapshot.schema)),
        ).as_json()

    def resources(self) -> list[dict[str, Any]]:
        """All resources in short."""
        return [row.as_json() for row in self.scanned.by_id.values()]

    def findings(self) -> list[dict[str, Any]]:
        """What the checks found: ``clew check -f json``."""
        return [one.model_dump(mode="json") for one in self._findings]

    def frameworks(self) -> list[dict[str, Any]]:
        """The compliance frameworks, and how many requirements of each stand how."""
        from ...checks.frameworks import frameworks

        return [
            {
                "id": each.id,
                "title": each.title,
                "name": each.name,
                "providers": each.providers,
                "requirements": Counter(row["status"] for row in self.compliance(each.id)),
            }
            for each in frameworks().values()
        ]

    def compliance(self, framework: str) -> list[dict[str, Any]]:
        """How each requirement of a framework stands: ``clew check --compliance … -f json``."""
        from ...checks import checks
        from ...checks.frameworks import frameworks, requirement_rows

        if framework not in frameworks():
            raise UsageError(f"There is no framework '{framework}'.")
        known = checks()
        rows = requirement_rows(
            frameworks()[framework],
            known.values(),
            [known[ran] for ran in self._findings.checks],
            self._findings,
            {one.id: one.status for one in self._findings},
        )
        return [row.model_dump(mode="json") for row in rows]

    def diff(self, given: Parameters) -> dict[str, Any]:
        """What changed since an older scan: ``clew diff … -f json``."""
        from ...scans.comparing import compare

        old = self.others.open(_one(given, "old"))
        return compare(old, self.snapshot, to=_one(given, "to", "admin")).as_json()

    def coverage(self) -> list[dict[str, Any]]:
        """How the calls of the scan ended: ``clew coverage -f json``."""
        # What a failed call leaves open is known once the checks were run.
        assert self._findings is not None
        return [row.as_json() for row in self._scan.coverage()]

    def paths(self, given: Parameters) -> dict[str, Any]:
        """Attack paths: ``clew paths -f json``."""
        return self._scan.paths(
            _one(given, "to", "admin"),
            most=_number(given, "max", _MOST_PATHS),
            **_where(given),
        ).as_json()

    def choke_points(self, given: Parameters) -> dict[str, Any]:
        """What to cut first: ``clew choke-points -f json``."""
        return choke_points(
            self.snapshot,
            _one(given, "to", "admin"),
            number=min(_number(given, "number", 10), _MOST_CUTS),
            by=_unit(given),
            **_where(given),
        ).as_json()

    def query(self, name: str, cypher: str | None, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The rows of a saved query or of Cypher, which only reads, within the bounds.

        :raises ClewError: if it is wrong, or takes more than it may.
        """
        pairs = [f"{key}={value}" for key, value in parameters.items()]
        found = AskedQuery(name, cypher, pairs).answer(self.snapshot, self._bounds)
        return {
            "columns": [*found.columns],
            "rows": [*found],
            "more": found.more,
            "gaps": [gap.filled() for gap in found.gaps],
        }

    def _who_can(self, given: Parameters) -> dict[str, Any]:
        """Who is allowed an action on a resource: ``clew who-can -f json``."""
        from ...scans.asking import Asked, able_rows, permission_answer

        asked = Asked.of([_one(given, "action"), _one(given, "resource")], "an action", range(1))
        asking = asked.on(self.snapshot, ())
        return permission_answer(asking, able_rows(asking, asked)).as_json()

    @cached_property
    def _findings(self) -> FindingsAnswer:
        return self._scan.findings()

    @cached_property
    def scanned(self) -> "ScannedResources":
        """The resources of the scan."""
        from ...scans.resource_answers import ScannedResources

        return ScannedResources(self.snapshot)


def techniques() -> list[dict[str, Any]]:
    """The attack techniques: ``clew list techniques -f json``."""
    from ..listing import technique_rows

    return technique_rows()


def queries() -> list[dict[str, Any]]:
    """The saved queries, as their files have them."""
    from ...queries.library import library

    return [query.model_dump(mode="json") for query in library().values()]


def _one(given: Parameters, name: str, otherwise: str = "") -> str:
    values = [value for value in given.get(name, ()) if value]
    if len(values) > 1:
        raise UsageError(f"'{name}' was given more than once.")
    if not values and not otherwise:
        raise UsageError(f"'{name}' is missing.")
    return values[0] if values else otherwise


def _number(given: Parameters, name: str, otherwise: int) -> int:
    text = _one(given, name, str(otherwise))
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise UsageError(f"'{name}' must be a whole number, not '{text}'.")
    return int(text) or otherwise


def _unit(given: Parameters) -> Unit:
    text = _one(given, "by", Unit.step)
    if text not in [*Unit]:
        raise UsageError(f"'by' must be {', '.join(Unit)}, not '{text}'.")
    return Unit(text)


def _where(given: Parameters) -> dict[str, Any]:
    """From where paths start, and what is supposed to be cut."""
    sources = tuple(value for value in given.get("from", ()) if value)
    without = tuple(value for value in given.get("without", ()) if value)
    return {"without": without, **({"sources": sources} if sources else {})}
