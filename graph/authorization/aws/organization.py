"""What an organization of AWS puts over its accounts: their place in it, and its policies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ...view import GraphView
from .decision import Levels
from .managed_policies import policy_of
from .policy import EVERYTHING, Policy, compile_policy

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
_ALL = (None, "ALL")
_FULL_ACCESS = frozenset(
    f"arn:{partition}:organizations::aws:policy/{kind.lower()}/{name}"
    for partition in ("aws", "aws-cn", "aws-us-gov")
    for kind, name in ((SCP, "p-FullAWSAccess"), (RCP, "p-RCPFullAWSAccess"))
)
"""AWS's own policies that forbid nothing, which nobody can change."""


_OF_ROOT = 2
"""The parts of an account's path that it has at the root too."""


@dataclass(frozen=True)
class Account:
    """What stands over an account."""

    id: str
    org_id: str | None = None
    """Empty if it is in no organization; None if not known."""
    org_path: str | None = None
    """``o-…/r-…/ou-…/``; empty if it is in no organization; None if not known."""
    scps: Levels = ()
    """The service control policies that bind it, as far as they are known."""
    rcps: Levels = ()
    """The same of resource control policies."""
    at_root: "Account | None" = None
    """The same account once it is moved out of the units that it is in; None if it is in none, or
    if these could not be read."""
    unread: tuple[str, ...] = ()
    """The types of policy that could not be read whole."""


class Accounts:
    """What stands over accounts, each read once."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._known: dict[str, Account] = {}

    def of(self, id_: str) -> Account:
        """What stands over an account, be it scanned or not."""
        if id_ not in self._known:
            self._known[id_] = self._read(id_)
        return self._known[id_]

    def _read(self, id_: str) -> Account:
        organization: str | None = None
        if id_ in self._view.graph.nodes:
            organization = self._view.get(id_, "organization")
        if organization == "":
            return Account(id_, "", "")
        if organization is None or not self._view.is_there(organization):
            return Account(id_, unread=(SCP, RCP))
        get = self._view.get
        line = [id_, *self._above(id_)]
        whole = line[-1] == organization
        parts = [get(organization, "organization_id"), get(organization, "root_id")]
        parts += [get(unit, "unit_id") for unit in reversed(line[1:-1])]
        read = Account(id_, parts[0], _path(parts) if whole else None)
        if get(id_, "is_management_account") or get(organization, "feature_set") not in _ALL:
            return read
        bound = self._bound(read, organization, line, is_whole=whole)
        if not whole or len(parts) <= _OF_ROOT:
            return bound
        moved = replace(read, org_path=_path(parts[:_OF_ROOT]))
        at_root = self._bound(moved, organization, [id_, organization], is_whole=True)
        return replace(bound, at_root=at_root)

    def _bound(
        self, read: Account, organization: str, line: Sequence[str], *, is_whole: bool
    ) -> Account:
        """An account with the policies over it, which are attached to what is in the line from
        itself on up."""
        enabled = self._view.get(organization, "enabled_policy_types")
        levels: dict[str, Levels] = {}
        unread = []
        for kind in (SCP, RCP):
            if enabled is not None and kind not in enabled:
                continue
            attached = [self._attached(each, kind) for each in reversed(line)]
            levels[kind] = tuple(tuple(map(self._limiting, each)) for each in attached if each)
            read_whole = is_whole and all(attached) and enabled is not None
            if not read_whole or not all(map(self._is_known, chain.from_iterable(attached))):
                unread.append(kind)
        return replace(
            read, scps=levels.get(SCP, ()), rcps=levels.get(RCP, ()), unread=tuple(unread)
        )

    def _above(self, id_: str) -> Iterator[str]:
        """The units an account is in, from the nearest on, and its organization, as far as read."""
        seen = {id_}
        while above := next(iter(self._view.targets(id_, "parent")), None):
            if above in seen or self._view.is_missing(above):
                return
            seen.add(above)
            yield above
            id_ = above

    def _attached(self, id_: str, kind: str) -> tuple[str, ...]:
        """The policies of a type that are known to be attached at one level; none if it could not
        be read which are, since AWS lets no level be without one."""
        return tuple(
            policy
            for policy in self._view.targets(id_, "policies")
            if (self._view.get(policy, "type") or _type_in(policy)) == kind
        )

    def _is_known(self, policy: str) -> bool:
        """Whether it is known what an organization's policy says."""
        return policy in _FULL_ACCESS or self._view.get(policy, "document") is not None

    def _limiting(self, policy: str) -> Policy:
        """An organization's policy; one that is attached and was not read may forbid anything."""
        if policy in _FULL_ACCESS:
            return compile_policy(EVERYTHING, policy)
        return policy_of(self._view, policy)


def _type_in(policy: str) -> str:
    """The type that the ARN of an organization's policy tells; empty if it tells none."""
    return next((kind for kind in (SCP, RCP) if f"/{kind.lower()}/" in policy), "")


def _path(parts: Sequence[str | None]) -> str | None:
    """An account's path, if all its parts are known."""
    return "".join(f"{part}/" for part in parts) if all(parts) else None
