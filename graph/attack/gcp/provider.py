"""Google Cloud as the attack graph sees it: users, service accounts and identities of pools with
the roles they hold.

A state is what an attacker has made of a principal: ``any role on SCOPE`` (it has changed a custom
role that it holds there), ``without POLICY`` (it has deleted that deny policy). All principals and
resources belong to one account, since roles may be held anywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from ...authorization.gcp.environment import (
    ANY_ROLE,
    DENY,
    FOLDER,
    ORGANIZATION,
    PROJECT,
    ROLE,
    TAG_VALUE,
    GivenRole,
    PrincipalState,
)
from ...authorization.gcp.impersonation import ACCOUNT
from ...authorization.gcp.scopes import PlacedTable
from ...authorization.model import Administration
from ...logic import Truth
from ...model import Gap, ListingStatus
from ...sets import MaySet, members, number_set
from ...view import GraphView
from ..engine.build import ProviderEngine
from ..engine.requirement import Choice
from ..engine.technique import GainKind
from ..engine.technique_files import TechniqueSet
from ..external_entries import add_entries
from ..federation.model import TokenClaims, TrustRule
from ..model import Node, Step, StepType
from ..provider import AttackProvider, Change, GainTarget, joined
from .agents import Agents
from .external import EVERYBODY, entries, foreign_accounts, in_unread_groups
from .following import REALM, Following, RolesAsListed
from .pools import trust_rules
from .tokens import tokens
from .vocabulary import GCP, techniques

GRANTING: Mapping[str, str] = {
    ORGANIZATION: "resourcemanager.organizations.setIamPolicy",
    FOLDER: "resourcemanager.folders.setIamPolicy",
    PROJECT: "resourcemanager.projects.setIamPolicy",
}
"""By which permission every role is granted on a part of the tree, from above."""
USING_TAGS = "resourcemanager.tagValueBindings.create"
ATTACHING = "resourcemanager.hierarchyNodes.createTagBinding"
"""By which permissions a tag is attached: one on its value, one on the project."""
_ROLES = "//iam.googleapis.com/"
_SCOPES = "https://www.googleapis.com/auth/"
_BROAD = frozenset(_SCOPES + each for each in ("cloud-platform", "iam", "compute"))
"""The access scopes with which a machine's token is good for techniques. The credentials API takes
the first two: https://cloud.google.com/compute/docs/access/service-accounts#scopes_best_practice"""


class GCPProvider(AttackProvider):
    """The Google Cloud projects of a scan."""

    name = GCP.provider
    vocabulary = GCP
    authorizer: Following

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus]) -> None:
        super().__init__(view, listings)
        self.environment = RolesAsListed(view, listings)
        self.authorizer = Following(self.environment)
        self.listings = [each._replace(account=REALM) for each in listings]
        self._administers = lru_cache(4096)(self._administering)
        self._placed = lru_cache(1024)(self._placing)
        self._agents = Agents(self.authorizer, self.environment.agents)

    @classmethod
    def techniques(cls) -> TechniqueSet:
        """Google Cloud's techniques."""
        return techniques()

    def state(self, id_: str) -> PrincipalState:
        """A principal just as it is."""
        return PrincipalState(id_)

    def administration(self, state: PrincipalState) -> Administration:
        """Whether a principal may grant every role on a project or above, and on which."""
        found = self._administers(state)
        if not found:
            return Administration(False)
        certain = [scope for scope, truth in found.items() if truth]
        scope = certain[0] if certain else next(iter(found))
        label = str(self.view.get(scope, "label"))
        explanation = self.authorizer.explain(state, GRANTING[label], scope)
        by = " or ".join(dict.fromkeys(each.sid for each in explanation.statements)) or "a role"
        more = len(found) - 1
        where = f"{self.view.name(scope)}{f' and {more} more' if more else ''}"
        reason = f"may grant any role on {where} via {by}"
        return Administration(True if certain else None, reason, explanation, may_gain_more=True)

    def administered(self, state: PrincipalState, account: str) -> Iterator[tuple[str, Truth]]:  # noqa: ARG002
        """The projects, and what is above them, on which it may grant every role; of what lies in
        another only that."""
        found = self._administers(state)
        for scope, truth in found.items():
            above = self.environment.place(scope).chain[1:]
            if not any(each in found and (found[each] or not truth) for each in above):
                yield scope, truth

    def inside(self, account: str, label: str) -> int:
        """What lies in a part of the tree: of principals, service accounts."""
        if label in self.vocabulary.principals and label != ACCOUNT:
            return 0
        return self._placed(label).below(account).certain

    def may_start(self, state: PrincipalState) -> bool:
        """Everybody is outside, and so are accounts that were not scanned; a group acts by its
        members, and nobody acts as an account that is disabled."""
        get = self.view.get
        is_here = get(state.id, "label") != EVERYBODY and not self.view.is_missing(state.id)
        return is_here and not get(state.id, "disabled")

    def partition(self, id_: str) -> str:  # noqa: ARG002
        """Google has one cloud here."""
        return self.name

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of roles could not be read."""
        return self.environment.gaps

    def lends(self, id_: str) -> bool:
        """A machine's token is good for no technique where its access scopes are narrow."""
        scopes = self.view.get(id_, "scopes")
        return not isinstance(scopes, list) or not _BROAD.isdisjoint(scopes)

    def apply(
        self,
        gain: GainKind,
        state: PrincipalState,
        label: str,
        targets: Sequence[GainTarget],
        chosen: Sequence[Choice] = (),  # noqa: ARG002
    ) -> Iterator[Change]:
        """A principal with every permission wherever it holds a custom role or on projects that it
        has moved, with tags attached, or without all deny policies and organization policies that
        it may lift: these only ever forbid."""
        if gain == "without" and label == DENY:
            yield from self._without(state, targets)
        elif gain == "without" and label == PROJECT:
            forbids = self.authorizer.may_have_keys_forbidden
            yield from self._without(state, [each for each in targets if forbids(each.id)])
        elif gain == "role" and label == ROLE:
            given = {each: self._anything(state, each.id) for each in targets}
            yield from self._given(state, given)
        elif gain == "role" and label == PROJECT:
            yield from self._given(
                state, {each: frozenset({GivenRole(ANY_ROLE, each.id)}) for each in targets}
            )
        elif gain == "tags":
            yield from self._tagged(state)

    def _without(self, state: PrincipalState, targets: Sequence[GainTarget]) -> Iterator[Change]:
        new = [each for each in targets if each.id not in state.without]
        for together in joined(new, is_first=False):
            without = state.without.union(each.id for each in together)
            yield Change(state._replace(without=without), together[0].row)

    def _given(
        self, state: PrincipalState, given: Mapping[GainTarget, frozenset[GivenRole]]
    ) -> Iterator[Change]:
        new = [each for each, roles in given.items() if not roles <= state.roles]
        for together in joined(new, is_first=not state.roles):
            roles = state.roles.union(*(given[each] for each in together))
            yield Change(state._replace(roles=roles), together[0].row)

    def _tagged(self, state: PrincipalState) -> Iterator[Change]:
        """With one value of a tag attached to all projects where it may be: a key has one value
        at a time. Only tags that conditions ask for make a difference. Where it is not certain that
        it can be attached, it is not known of the project which tags it has."""
        values, projects = (self.authorizer.table(each) for each in (TAG_VALUE, PROJECT))
        usable = self.authorizer.allowed(state, USING_TAGS, values)
        rows = self.authorizer.allowed(state, ATTACHING, projects)
        taken = {self.view.targets(value, "key") for _, value in state.tags if value}
        for row in members(usable.possible):
            value = values.ids[row]
            if value not in self.environment.asked_tags or self.view.targets(value, "key") in taken:
                continue
            certain = rows.certain if usable.certain >> row & 1 else 0
            new = {
                (projects.ids[each], value if certain >> each & 1 else "")
                for each in members(rows.possible)
            }
            yield Change(state._replace(tags=state.tags | new))

    def steps(self, engine: ProviderEngine) -> Iterator[Step]:
        """From an administered organization or folder to the projects in it, and how external
        principals come in."""
        table = self._placed(PROJECT)
        for number, node in enumerate([*engine.graph.nodes]):
            if node.label in (ORGANIZATION, FOLDER) and engine.states.owns(number):
                rows = table.below(node.id)
                accounts = {
                    row: engine.states.account(table.table.ids[row])
                    for row in members(rows.possible)
                }
                certain = number_set(accounts[row] for row in members(rows.certain))
                if accounts:
                    reached = MaySet(certain, number_set(accounts.values()))
                    yield Step(StepType.ADMINISTERS, "", 1 << number, reached, 0)
        outside = (*entries(self.view), *foreign_accounts(self.environment.foreign))
        yield from add_entries(engine.graph, outside, techniques().external)
        yield from in_unread_groups(engine.graph, sorted(self.environment.opaque))
        yield from self._agents.steps(engine)

    def issues(self) -> Iterable[tuple[Node, TokenClaims]]:
        """What service accounts and clusters can show elsewhere."""
        return tokens(self.view)

    def accepts(self) -> Iterable[TrustRule]:
        """Whose tokens become identities of pools."""
        return trust_rules(self.view)

    def describe(self, state: PrincipalState, shown: str = "") -> str:  # noqa: ARG002
        """A state in words."""
        parts = [
            f"any role on {self._called(each.scope)}{each.condition and f' if {each.condition}'}"
            for each in sorted(state.roles)
        ]
        parts += [f"without {self._lifted(each)}" for each in sorted(state.without)]
        parts += [
            f"{self._called(on)} tagged {self._called(value) if value else 'perhaps'}"
            for on, value in sorted(state.tags)
        ]
        return ", ".join(parts)

    def _anything(self, state: PrincipalState, role: str) -> frozenset[GivenRole]:
        """Every permission wherever a principal holds a role, if what it is held on is so."""
        name = role.removeprefix(_ROLES)
        return frozenset(
            GivenRole(ANY_ROLE, grant.scope, grant.condition)
            for grant in self.environment.grants
            if grant.role == name
            and grant.condition is not None
            and self.environment.holds(state, grant)
        )

    def _administering(self, state: PrincipalState) -> Mapping[str, Truth]:
        """On which parts of the tree a principal may grant every role, from above."""
        found: dict[str, Truth] = {}
        for label, action in GRANTING.items():
            table = self.authorizer.table(label)
            rows = self.authorizer.allowed(state, action, table)
            for row in members(rows.possible):
                found[table.ids[row]] = rows.holds(row)
        return found

    def _placing(self, label: str) -> PlacedTable:
        return PlacedTable(self.authorizer.table(label), self.environment.tree)

    def _lifted(self, id_: str) -> str:
        is_project = id_ in self.view.graph and self.view.get(id_, "label") == PROJECT
        return f"{'organization policies of ' if is_project else ''}{self._called(id_)}"

    def _called(self, id_: str) -> str:
        return self.view.name(id_) if id_ in self.view.graph else id_.rpartition("/")[2]
