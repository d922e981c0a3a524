"""What IAM lets everybody do, with or without signing in to some Google account."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from ...authorization.gcp.authorizer import GCPAuthorizer
from ...authorization.gcp.constraints import POLICY, enforced
from ...authorization.gcp.environment import LABELS, GCPEnvironment, PrincipalState
from ...authorization.gcp.members import EVERYONE
from ...logic import ReasonedTruth, any_holds
from ...view import GraphView

IAM_LABELS = LABELS | {POLICY}
"""All labels that decide; where one was not listed the answers say so."""


class Everybody:
    """Asks for everybody."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._environment = GCPEnvironment(view, view.listings or None)
        self._authorizer = GCPAuthorizer(self._environment)

    def may(self, actions: Iterable[str], resource: str) -> ReasonedTruth:
        """Whether everybody may do one of some actions on a resource."""
        return any_holds(self._may(who, action, resource) for action in actions for who in EVERYONE)

    def may_below(self, actions: Iterable[str], *resources: str) -> ReasonedTruth:
        """The same of anything in some resources that has a policy of its own: a table of a
        dataset, a folder of a bucket. The resources need not be known by these names."""
        asked = tuple(actions)
        inside = tuple(f"{each}/" for each in resources)
        return any_holds(
            self.may(asked, scope) for scope in self._scopes if scope.startswith(inside)
        )

    @cached_property
    def _scopes(self) -> Sequence[str]:
        return sorted({each.scope for each in self._environment.grants})

    def is_enforced(self, constraint: str, resource: str) -> ReasonedTruth:
        """Whether an organization policy enforces a constraint on a resource."""
        truth = enforced(self._environment, constraint, resource)
        why = f"whether organization policies enforce {constraint} on {self._view.name(resource)}"
        return ReasonedTruth.doubt(why) if truth is None else ReasonedTruth(truth)

    def _may(self, who: str, action: str, resource: str) -> ReasonedTruth:
        found = self._authorizer.explain(PrincipalState(who), action, resource)
        if found.truth is not None:
            return ReasonedTruth(found.truth)
        why = found.conditions or (f"who may do {action} on {self._view.name(resource)}",)
        return ReasonedTruth.doubt(*why)
