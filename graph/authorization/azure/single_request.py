"""One request, decided from the resource upwards, with all that the answer rests on.

It comes to the same as what :class:`~clew.graph.authorization.azure.table_request.TableRequest`
answers for many resources at a time, which goes from the grants downwards.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...logic import Truth, all_of, any_of
from ..model import PolicyStatement
from .actions import ACTIVATE, Action
from .conditions import Attributes
from .decision import Answer, DecidedBy, Decision
from .environment import ASSIGNMENT, DENY, LOCK, AccessPolicy, Denial, Grant, Held
from .locks import READ_ONLY, stopped
from .requests import of_resource
from .roles import RoleEntry, fulfilled, naming
from .scopes import GROUPS, path_of, top_of
from .vaults import is_of_vaults

if TYPE_CHECKING:
    from .authorizer import AzureAuthorizer
    from .environment import PrincipalState


class SingleRequest:
    """One request, decided from the resource upwards."""

    def __init__(
        self,
        authorizer: "AzureAuthorizer",
        who: "PrincipalState",
        action: Action,
        resource: str,
        known: Attributes,
    ) -> None:
        self._authorizer = authorizer
        self._environment = authorizer.environment
        self._who = who
        self._action = action
        self._resource = resource.lower()
        self._known = {**of_resource(resource), **known}
        self._top = top_of(self._resource)
        self._chain = frozenset(self._environment.tree.chain(self._resource))

    def answer(self) -> Answer:
        """What is decided."""
        allowing = [*self._allowing()]
        truth = any_of(each.truth for each in allowing)
        forbidding = [*self._forbidding()]
        if truth is False:
            return self._not_allowed()
        certain = [each for each in forbidding if each.truth]
        if certain:
            by = certain[0].by
            return Answer(
                Decision.EXPLICITLY_DENIED,
                by,
                tuple(each.statement for each in certain if each.by is by and each.statement),
            )
        if truth and not forbidding:
            sure = [each for each in allowing if each.truth]
            return Answer(Decision.ALLOWED, sure[0].by, _statements(sure))
        best = [each for each in allowing if each.truth is truth]
        open_ = [*(() if truth else best), *forbidding]
        conditions = tuple(dict.fromkeys(filter(None, (each.condition for each in open_))))
        unread = tuple(dict.fromkeys(filter(None, (each.unread for each in open_))))
        # What was read allows it, if nothing but a condition or a denial is in the way.
        is_read = truth or any(each.condition and not each.unread for each in best)
        decision = Decision.CONDITIONAL if is_read else Decision.UNKNOWN
        return Answer(decision, best[0].by, _statements(best), conditions, unread)

    def _not_allowed(self) -> Answer:
        eligible = [
            Reason(True, DecidedBy.ROLE, _statement(each, "Allow"))
            for each in self._environment.eligibilities
            if self._environment.has(self._who, each.principal)
            and each.scope in self._chain
            and self._authorizer.allows(each, self._action, self._known) is not False
        ]
        if eligible:
            return Answer(Decision.ELIGIBLE, DecidedBy.ROLE, _statements(eligible))
        return Answer(Decision.IMPLICITLY_DENIED)

    def _allowing(self) -> Iterator["Reason"]:
        vault, by_policy = self._vault()
        if by_policy is not True:
            by_roles = filter(_is_possible, map(self._by_role, self._authorizer.held_by(self._who)))
            yield from (each if by_policy is False else each.doubted(_MODEL) for each in by_roles)
        if by_policy is not False:
            policies = self._environment.access_policies.get(vault, ())
            by_policies = filter(_is_possible, map(self._by_policy, policies))
            yield from (each if by_policy else each.doubted(_MODEL) for each in by_policies)
        if self._action == ACTIVATE:
            yield from filter(_is_possible, map(self._by_eligibility, self._eligibilities()))
        if by_policy is not True and not self._is_listed(ASSIGNMENT):
            yield Reason(None, unread=f"role assignments {self._where} could not be read")

    def _eligibilities(self) -> Iterator[Grant]:
        return (each for each in self._environment.eligibilities if each.id == self._resource)

    def _by_eligibility(self, eligibility: Grant) -> "Reason":
        truth = self._environment.has(self._who, eligibility.principal)
        reason = Reason(truth, DecidedBy.ROLE, _statement(eligibility, "Allow"))
        return reason.doubted(_MEMBER) if truth is None else reason

    def _by_policy(self, policy: AccessPolicy) -> "Reason":
        is_holder = self._environment.has(self._who, policy.principal)
        truth = all_of((is_holder, self._authorizer.lets(self._action, policy)))
        statement = PolicyStatement(policy.id, 0, "", "Allow")
        reason = Reason(truth, DecidedBy.ACCESS_POLICY, statement)
        if truth is not None:
            return reason
        if not is_holder:
            return reason.doubted(_MEMBER)
        if policy.application:
            return reason.given(f"it is done through application {policy.application}")
        return reason.doubted(f"access policy {policy.id} could not be read")

    def _by_role(self, held: Held) -> "Reason":
        grant = held.grant
        is_above: Truth = grant.scope in self._chain
        if not is_above and self._environment.tree.may_lie_in(self._resource, grant.scope):
            is_above = None
        allows = self._authorizer.allows(grant, self._action, self._known)
        truth = all_of((held.is_holder, is_above, allows))
        reason = Reason(truth, DecidedBy.ROLE, _statement(grant, "Allow"))
        if truth is not None:
            return reason
        if held.is_holder is None:
            reason = reason.doubted(_MEMBER)
        if is_above is None:
            reason = reason.doubted(f"whether {self._top} lies in {grant.scope} could not be read")
        if allows is None and (grant.permissions is None or grant.condition is None):
            reason = reason.doubted(f"role {grant.role_name} could not be read")
        elif allows is None:
            reason = reason.given(_texts(self._open_conditions(grant)))
        return reason

    def _open_conditions(self, grant: Grant) -> Iterator[str]:
        entries: Sequence[tuple[int, RoleEntry]] = naming(grant.permissions or "", self._action)
        for text in (grant.condition or "", *(entry.condition for _, entry in entries)):
            if fulfilled(text, self._action, self._known) is None:
                yield " ".join(text.split())

    def _vault(self) -> tuple[str, Truth]:
        """The vault that the request is about, and whether it goes by access policies."""
        for scope in path_of(self._resource) if is_of_vaults(self._action) else ():
            vault = self._environment.vaults.get(scope)
            if vault is not None:
                by_roles = self._environment.view.get(vault, "rbac_authorization")
                return vault, None if by_roles is None else not by_roles
        return "", False

    def _forbidding(self) -> Iterator["Reason"]:
        for denial, is_meant in self._authorizer.denials_of(self._who):
            covered = self._authorizer.forbids(denial, self._action, self._known)
            truth = all_of((is_meant, covered, self._is_below(denial)))
            if truth is not False:
                statement = PolicyStatement(denial.id, 0, denial.name, "Deny")
                reason = Reason(truth, DecidedBy.DENY, statement)
                said = f"whether deny assignment {denial.name} applies is not known"
                yield reason if truth else reason.doubted(said)
        if not self._is_listed(DENY):
            yield Reason(None, unread=f"deny assignments {self._where} could not be read")
        for id_, scope, level in self._environment.locks:
            is_above: Truth = scope in self._chain
            is_there = id_ not in self._who.unlocked
            truth = all_of((is_there, is_above, stopped(level, self._action)))
            if truth is not False:
                name = self._environment.view.name(id_)
                statement = PolicyStatement(id_, 0, name, "Deny")
                reason = Reason(truth, DecidedBy.LOCK, statement)
                yield reason if truth else reason.doubted(f"lock {name} could not be read")
        if stopped(READ_ONLY, self._action) and not self._is_listed(LOCK):
            yield Reason(None, unread=f"locks {self._where} could not be read")

    def _is_below(self, denial: Denial) -> Truth:
        """Whether the resource is one that a deny assignment holds for."""
        if denial.scope is None:
            return None
        if denial.scope == self._resource:
            return True
        if denial.scope in self._chain:
            return denial.applies_to_child_scopes
        unknown = self._environment.tree.may_lie_in(self._resource, denial.scope)
        return all_of((None if unknown else False, denial.applies_to_child_scopes))

    def _is_listed(self, label: str) -> bool:
        return not self._top or self._environment.is_listed(label, self._top)

    @property
    def _where(self) -> str:
        kind = "management group" if self._top.startswith(GROUPS) else "subscription"
        return f"of {kind} {self._top.rpartition('/')[2]}"


_MEMBER = "whether it is a member of the group that holds this could not be read"
_MODEL = "whether the vault goes by roles or by access policies could not be read"


class Reason(NamedTuple):
    """Something that allows or forbids a request, or may."""

    truth: Truth
    by: DecidedBy = DecidedBy.ROLE
    statement: PolicyStatement | None = None
    condition: str = ""
    unread: str = ""

    def doubted(self, unread: str) -> "Reason":
        """The same, not for certain, since something was not read."""
        return self._replace(truth=None, unread=self.unread or unread)

    def given(self, condition: str) -> "Reason":
        """The same under a condition."""
        return self._replace(truth=None, condition=condition)


def _statement(grant: Grant, effect: str) -> PolicyStatement:
    return PolicyStatement(grant.id, 0, grant.role_name, effect)


def _statements(reasons: Sequence[Reason]) -> tuple[PolicyStatement, ...]:
    return tuple(dict.fromkeys(each.statement for each in reasons if each.statement))


def _texts(texts: Iterator[str]) -> str:
    return " and ".join(dict.fromkeys(texts))


def _is_possible(reason: Reason) -> bool:
    return reason.truth is not False
