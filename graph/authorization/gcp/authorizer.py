"""Decides for Google Cloud who may do what, for many resources at a time.

The order is Google's: what a principal access boundary or a deny policy stops no role allows; roles
are united over all that a resource lies in. Service perimeters leave open what is allowed.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from ...logic import Truth, all_of, any_of, negation
from ...sets import NONE, MaySet, exactly, members, number_set
from ...view import GraphView
from ..model import Asked, AuthorizerType, Explanation, Given, PolicyStatement
from ..resource_table import ResourceRow, ResourceTable
from . import boundary_versions, cel
from .decision import Answer, DecidedBy, Decision
from .environment import (
    BINDING,
    BOUND,
    BOUNDARY,
    DENY,
    LABELS,
    TAGS,
    Boundary,
    Denial,
    GCPEnvironment,
    Grant,
    PrincipalState,
)
from .members import EVERYONE
from .perimeters import PERIMETER
from .permissions import any_names, permission
from .scopes import PROJECTS, Place, PlacedTable, lies_in

_ANY = "{name}"


class Reason(NamedTuple):
    """Something that allows or stops a request, or may."""

    truth: Truth
    by: DecidedBy
    statement: PolicyStatement | None = None
    condition: str = ""
    unread: str = ""


class GCPAuthorizer:
    """Decides for the projects of a scan."""

    def __init__(self, environment: GCPEnvironment) -> None:
        self.environment = environment
        self._placed: dict[int, tuple[ResourceTable, PlacedTable]] = {}
        self._held = lru_cache(4096)(self._holding)
        self._denied = lru_cache(4096)(self._denying)
        self._bound = lru_cache(4096)(self._binding)
        self._able = lru_cache(1024)(self._having)

    @property
    def principals(self) -> Sequence[str]:
        """Users, service accounts, identities of pools, and everybody."""
        return self.environment.principals

    @property
    def places(self) -> Sequence[str]:
        """Nothing that may be made is asked for by its region."""
        return ()

    @property
    def unread(self) -> Sequence[str]:
        """What could not be listed and leaves answers open."""
        return [gap.message for gap in self.environment.gaps]

    def table(self, label: str) -> ResourceTable:
        """The collected resources of a label; none of what is not Google Cloud's."""
        is_known = label.startswith(("GCP", "GKE"))
        return self.environment.table(label) if is_known else ResourceTable(())

    def has_own_policy(self, label: str, action: str) -> bool:  # noqa: ARG002
        """Allow policies of resources are bindings, as all others are."""
        return False

    def allowed(
        self, who: PrincipalState, action: str, on: ResourceTable, given: Given = ()
    ) -> MaySet:
        """On which rows of a table a principal may do an action."""
        asked, known, table = permission(action), dict(given), self._table(on)
        granted = self._granted(who, asked, table, known)
        if not granted.possible:
            return NONE
        denied = self._denied_rows(who, asked, table, known)
        reached = self._reached(who, asked, table)
        open_ = denied.possible | self._within_perimeters(asked, table)
        return MaySet(
            granted.certain & ~open_ & reached.certain,
            granted.possible & ~denied.certain & reached.possible,
        )

    def decide(self, who: PrincipalState, action: str, resource: str, given: Given = ()) -> Answer:
        """Whether a principal may do an action on one resource, and on what that rests.

        The resource need not have been collected: its name says what it lies in.
        """
        asked, resource = permission(action), self.environment.tree.named(resource)
        known = self.environment.request(asked, resource, dict(given), who.tags)
        allowing = [*self._allowing(who, asked, resource, known)]
        truth = any_of(each.truth for each in allowing)
        if truth is False:
            return Answer(Decision.IMPLICITLY_DENIED)
        stopping = [*self._stopping(who, asked, resource, known)]
        if certain := [each for each in stopping if each.truth]:
            by = certain[0].by
            same = [each for each in certain if each.by is by]
            return Answer(Decision.EXPLICITLY_DENIED, by, _statements(same))
        best = [each for each in allowing if each.truth is truth]
        if truth and not stopping:
            return Answer(Decision.ALLOWED, DecidedBy.ROLE, _statements(best))
        open_ = [*(() if truth else best), *stopping]
        conditions = tuple(dict.fromkeys(filter(None, (each.condition for each in open_))))
        unread = tuple(dict.fromkeys(filter(None, (each.unread for each in open_))))
        is_read = truth or any(each.condition and not each.unread for each in best)
        decision = Decision.CONDITIONAL if is_read else Decision.UNKNOWN
        return Answer(decision, DecidedBy.ROLE, _statements(best), conditions, unread)

    def explain(
        self, who: PrincipalState, action: str, resource: str, given: Given = ()
    ) -> Explanation:
        """The same in the words of every cloud."""
        answer = self.decide(who, action, resource, given)
        open_ = (*answer.conditions, *answer.unread)
        return Explanation(answer.is_allowed, open_, answer.statements)

    def allowed_on_new(self, who: PrincipalState, asked: Asked, template: str) -> Truth:
        """Whether all of some actions are allowed on one and the same resource of a template: in
        any scanned project that ``{project}`` may stand for, or on any scope if it may be any."""
        return self._on_new(who, asked, template).any

    def example(self, who: PrincipalState, asked: Asked, template: str) -> str:
        """A resource of a template on which they are allowed; the template if there is none."""
        rows = self._on_new(who, asked, template)
        found = next(members(rows.certain or rows.possible), None)
        return template if found is None else self._anywhere(template).ids[found]

    def principals_with(self, action: str) -> int:
        """The principals some role of whom may allow an action somewhere."""
        return self._able(permission(action))

    def _on_new(self, who: PrincipalState, asked: Asked, template: str) -> MaySet:
        table = self._anywhere(template)
        rows = exactly(table.everything)
        for action, given in asked:
            rows &= self.allowed(who, action, table, given)
        return rows

    def _table(self, table: ResourceTable) -> PlacedTable:
        kept = self._placed.get(id(table))
        if kept is None:
            kept = self._placed[id(table)] = table, PlacedTable(table, self.environment.tree)
        return kept[1]

    @cached_property
    def _templates(self) -> dict[str, ResourceTable]:
        return {}

    def _anywhere(self, template: str) -> ResourceTable:
        if template not in self._templates:
            if template == _ANY:
                scopes = {each.scope for each in self.environment.grants} - {""}
                rows = [ResourceRow(each) for each in {*scopes, *self.environment.projects}]
            else:
                rows = [
                    ResourceRow(template.replace("{project}", project), project, is_new=True)
                    for each in self.environment.projects
                    for project in [each.removeprefix(PROJECTS)]
                ]
            self._templates[template] = ResourceTable(rows)
        return self._templates[template]

    def _holding(self, who: PrincipalState) -> tuple[tuple[Grant, Truth], ...]:
        environment = self.environment
        found = ((each, environment.holds(who, each)) for each in environment.grants)
        given = [(environment.given(each), True) for each in sorted(who.roles)]
        return (*(each for each in found if each[1] is not False), *given)

    def _denying(self, who: PrincipalState) -> tuple[tuple[Denial, Truth], ...]:
        environment = self.environment
        found = (
            (
                each,
                all_of(
                    (
                        environment.any_has(who, each.principals),
                        negation(environment.any_has(who, each.excluded)),
                    )
                ),
            )
            for each in environment.denials
            if each.id not in who.without
        )
        return tuple(each for each in found if each[1] is not False)

    def _binding(self, who: PrincipalState) -> tuple[tuple[Boundary, Truth], ...]:
        found = ((each, self.environment.binds(who, each)) for each in self.environment.boundaries)
        return tuple(each for each in found if each[1] is not False)

    def _granted(
        self, who: PrincipalState, asked: str, table: PlacedTable, given: Mapping[str, Any]
    ) -> MaySet:
        found = MaySet(0, self._unlisted(BINDING, table))
        for grant, is_holder in self._held(who):
            truth = all_of((is_holder, _allows(grant, asked)))
            if truth is not False:
                rows = table.below(grant.scope).only_if(truth is True)
                found |= self._where(who, grant.condition, rows, asked, table, given)
        return found

    def _denied_rows(
        self, who: PrincipalState, asked: str, table: PlacedTable, given: Mapping[str, Any]
    ) -> MaySet:
        found = MaySet(0, self._unlisted(DENY, table))
        for denial, is_meant in self._denied(who):
            truth = all_of((is_meant, _denies(denial, asked)))
            if truth is not False:
                rows = table.below(denial.scope).only_if(truth is True)
                found |= self._where(who, denial.condition, rows, asked, table, given)
        return found

    def _where(
        self,
        who: PrincipalState,
        condition: str | None,
        rows: MaySet,
        asked: str,
        table: PlacedTable,
        given: Mapping[str, Any],
    ) -> MaySet:
        """The rows for which a condition holds too."""
        if not condition:
            return rows if condition == "" else rows.uncertain()
        certain, possible = 0, 0
        for row in members(rows.possible):
            known = self.environment.request(asked, table.table.ids[row], given, who.tags)
            truth = cel.holds(condition, known)
            possible |= (truth is not False) << row
            certain |= (truth is True) << row
        return MaySet(certain & rows.certain, possible)

    def _reached(self, who: PrincipalState, asked: str, table: PlacedTable) -> MaySet:
        """The rows that access boundaries let a principal reach."""
        everything = exactly(table.table.everything)
        if not self._bound(who):
            return everything if self._is_unbound(who) else everything.uncertain()
        limited = {
            boundary_versions.limits(boundary.version, asked) for boundary, _ in self._bound(who)
        }
        if limited == {False} and self._is_unbound(who):
            return everything
        found, in_all = NONE, everything.certain
        for boundary, is_bound in self._bound(who):
            rows = _within(boundary, table)
            found |= MaySet(rows.certain if is_bound else 0, rows.possible)
            in_all &= rows.certain
        if not any(is_bound for _, is_bound in self._bound(who)):
            return MaySet(in_all if self._is_unbound(who) else 0, everything.possible)
        if limited != {True} or not self._is_unbound(who):
            return MaySet(found.certain, everything.possible)
        return found

    def _within_perimeters(self, asked: str, table: PlacedTable) -> int:
        """The rows that a service perimeter may keep requests from."""
        environment, found = self.environment, 0
        for each in environment.perimeters:
            if each.closes(asked):
                scopes = ("",) if each.projects is None else sorted(each.projects)
                for scope in scopes:
                    found |= table.below(scope).possible
        for top, rows in table.tops.items():
            found |= rows if environment.may_be_within_unread(top) else 0
        return found

    def _closing(self, asked: str, place: Place) -> Iterator[Reason]:
        """The same for one resource, one by one."""
        for each in self.environment.perimeters:
            projects = each.projects
            lies = projects is None or any_of(lies_in(place, one) for one in projects) is not False
            if each.closes(asked) and lies:
                yield Reason(
                    None,
                    DecidedBy.PERIMETER,
                    PolicyStatement(each.id, 0, each.name, "Deny"),
                    unread=f"whether service perimeter {each.name} lets it in is not known",
                )
        if self.environment.may_be_within_unread(place.top):
            unread = f"service perimeters {_of(place.top)}"
            yield Reason(None, DecidedBy.PERIMETER, unread=unread)

    def _is_unbound(self, who: PrincipalState) -> bool:
        """Whether nothing that was not read binds a principal."""
        return self.environment.are_boundaries_listed or who.id in EVERYONE

    def _allowing(
        self, who: PrincipalState, asked: str, resource: str, known: cel.Known
    ) -> Iterator[Reason]:
        place = self.environment.place(resource)
        for grant, is_holder in self._held(who):
            is_above, allows = lies_in(place, grant.scope), _allows(grant, asked)
            meets = None if grant.condition is None else cel.holds(grant.condition, known)
            truth = all_of((is_holder, is_above, allows, meets))
            if truth is False:
                continue
            unread = ""
            if is_holder is None:
                unread = f"whether it is one of those whom {grant.role} is granted to"
            elif is_above is None:
                unread = f"whether {resource} lies in {grant.scope}"
            elif allows is None:
                unread = f"role {grant.role}"
            elif grant.condition is None:
                unread = f"the condition of {grant.role}"
            condition = grant.condition if meets is None else ""
            yield Reason(
                truth,
                DecidedBy.ROLE,
                PolicyStatement(grant.id, 0, grant.role, "Allow") if grant.id else None,
                _line(condition),
                unread and f"{unread} could not be read",
            )
        if not self.environment.is_listed(BINDING, place.top):
            yield Reason(None, DecidedBy.ROLE, unread=f"allow policies {_of(place.top)}")

    def _stopping(
        self, who: PrincipalState, asked: str, resource: str, known: cel.Known
    ) -> Iterator[Reason]:
        place = self.environment.place(resource)
        row = PlacedTable(ResourceTable([ResourceRow(resource)]), self.environment.tree)
        is_reached = self._reached(who, asked, row).holds(0)
        if is_reached is not True:
            yield from self._out_of_bounds(who, is_reached)
        for denial, is_meant in self._denied(who):
            meets = None if denial.condition is None else cel.holds(denial.condition, known)
            truth = all_of((is_meant, lies_in(place, denial.scope), _denies(denial, asked), meets))
            if truth is not False:
                said = f"whether deny policy {denial.name} applies is not known"
                yield Reason(
                    truth,
                    DecidedBy.DENY,
                    PolicyStatement(denial.id, denial.number, denial.name, "Deny"),
                    f"not ({_line(denial.condition)})"
                    if meets is None and denial.condition
                    else "",
                    "" if truth or (meets is None and denial.condition) else said,
                )
        if not self.environment.is_listed(DENY, place.top):
            yield Reason(None, DecidedBy.DENY, unread=f"deny policies {_of(place.top)}")
        yield from self._closing(asked, place)

    def _out_of_bounds(self, who: PrincipalState, is_reached: Truth) -> Iterator[Reason]:
        by = DecidedBy.BOUNDARY
        for boundary, _ in self._bound(who):
            said = f"whether access boundary {boundary.name} stops it is not known"
            statement = PolicyStatement(boundary.id, 0, boundary.name, "Deny")
            yield Reason(
                negation(is_reached), by, statement, "", said if is_reached is None else ""
            )
        if is_reached is None and not self._is_unbound(who):
            yield Reason(None, by, unread="principal access boundaries could not be read")

    def _unlisted(self, label: str, table: PlacedTable) -> int:
        """The rows of which it is not known what of a label holds for them."""
        found = 0
        for top, rows in table.tops.items():
            if not self.environment.is_listed(label, top):
                found |= rows
        return found

    def _having(self, asked: str) -> int:
        environment = self.environment
        if not all(environment.is_listed(BINDING, each) for each in environment.projects):
            return (1 << len(self.principals)) - 1
        granting = [each for each in environment.grants if _allows(each, asked) is not False]
        return number_set(
            number
            for number, id_ in enumerate(self.principals)
            if any(environment.holds(PrincipalState(id_), each) is not False for each in granting)
        )


def _allows(grant: Grant, asked: str) -> Truth:
    return None if grant.permissions is None else asked in grant.permissions


def _denies(denial: Denial, asked: str) -> Truth:
    is_spared = any_names(denial.spared, asked)
    return all_of((any_names(denial.permissions, asked), negation(is_spared)))


def _within(boundary: Boundary, table: PlacedTable) -> MaySet:
    if boundary.scopes is None:
        return MaySet(0, table.table.everything)
    found = NONE
    for scope in sorted(boundary.scopes):
        found |= table.below(scope)
    return found


def _line(condition: str | None) -> str:
    return " ".join((condition or "").split())


def _of(top: str) -> str:
    return f"of {top.rpartition('/')[2] or 'its project'} could not be read"


def _statements(reasons: Sequence[Reason]) -> tuple[PolicyStatement, ...]:
    return tuple(dict.fromkeys(each.statement for each in reasons if each.statement))


def _may_act(view: GraphView, id_: str) -> bool:
    return view.get(id_, "disabled") is not True


GCP = AuthorizerType(
    make=lambda view, listings: GCPAuthorizer(GCPEnvironment(view, listings)),
    state=PrincipalState,
    may_act=_may_act,
    reads=LABELS,
    notices=frozenset((BOUND, BOUNDARY, DENY, PERIMETER, *TAGS)),
)
"""What principals may do in their projects, folders and organization."""
