"""An estate of AWS as permissions see it: who is there, and which policies apply to what."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Self

from ...model import Gap, ListingStatus, Status
from ...view import GraphView
from ..resource_table import ResourceRow, ResourceTable
from .arns import Arn, is_account, parse_arn
from .context import Context, NotBefore, Open, Values
from .decision import Levels, ResourceKind
from .labels import BUCKET, ROLE, USER
from .managed_policies import documented, policy_of
from .organization import Account, Accounts
from .patterns import glob
from .policy import EVERYTHING, Policy, compile_policy
from .principals import ANYONE, Kind, Principal
from .unread import Unread

if TYPE_CHECKING:
    import networkx

ELSEWHERE = "elsewhere"
"""In the place of an account: that of a resource which belongs to none that was scanned."""

PROVIDERS = frozenset(
    {
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)
"""The identity providers that AWS knows by itself: not services, whatever they are called."""

PARTS: Mapping[str, str] = MappingProxyType(
    {"AWSDynamoDBTable": "/{name}", "AWSLogGroup": ":{name}", "AWSS3Bucket": "/{name}"}
)
"""How the ARNs of the parts go on that resources of a label have."""
_NOT_ASKED_FOR = frozenset(("AWSAccessKey", "AWSIAMAccountSummary", "AWSInlinePolicy"))
"""Labels whose ids no request names."""

ANY_POLICY = compile_policy(EVERYTHING, "any identity policy")
"""The policy of a principal that may give itself one."""
GRANT = compile_policy(EVERYTHING, "a grant")
"""What a grant on a key amounts to, for what it is about."""
ROOT_USER = compile_policy(EVERYTHING, "the account's root user")
"""What a root user has, whose rights no policy grants."""


class PrincipalState(NamedTuple):
    """A principal in a state: as it is, or as it would be once something was changed."""

    id: str
    """ARN of a user, a role, a session, an account's root user or an identity provider; the name
    of a service; ``*`` for everyone."""
    any_policy: bool = False
    """It can give itself any identity policy."""
    unbounded: bool = False
    """Its permissions boundary is gone."""
    groups: frozenset[str] = frozenset()
    """Groups that it is in besides its own."""
    versions: tuple[tuple[str, str], ...] = ()
    """Managed policies of which another version is in force, by ARN, with the version's id."""
    attached: tuple[str, ...] = ()
    """Managed policies that it has besides its own, by ARN."""
    bounded_by: str = ""
    """The managed policy that is its boundary now, by ARN, if that was changed."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags that were set on it."""
    without: frozenset[str] = frozenset()
    """Groups that it has left; of its organization policies that are attached to nothing any more,
    and accounts that lie at the root, in no unit any more."""
    detached: frozenset[tuple[str, str]] = frozenset()
    """Policies that were taken off, each with the principal or group that it was taken off."""
    rewritten: frozenset[str] = frozenset()
    """Policies of its organization that forbid nothing now."""
    limited_to: frozenset[str] = frozenset()
    """The only actions that it can ask for, as policies name them; any if there are none."""
    fresh: bool = False
    """It was only just made: it has nothing but what its state gives it, and any tags."""


@dataclass(frozen=True)
class EffectivePolicies:
    """The policies that count for a principal in a state."""

    principal: Principal
    identity: tuple[Policy, ...]
    """Those of its groups are among them."""
    boundaries: tuple[Policy, ...]


class AWSEnvironment:
    """The principals, policies and resources of a scan."""

    def __init__(self, view: GraphView, reads: Sequence[ListingStatus]) -> None:
        self.view = view
        self._reads = reads
        self._accounts = Accounts(view)
        self._held: dict[PrincipalState, EffectivePolicies] = {}
        self._open_to: dict[tuple[frozenset[str], str], bool] = {}
        self._tables: dict[str, ResourceTable] = {}

    @classmethod
    def of(cls, graph: "networkx.MultiDiGraph", reads: Sequence[ListingStatus]) -> Self:
        """The estate of a graph whose nodes have their model's fields and ``label``, and whose
        edges ``rel`` and ``via``."""
        return cls(GraphView(graph, reads), reads)

    @cached_property
    def principals(self) -> tuple[str, ...]:
        """The ARNs of the users and roles that were collected."""
        return tuple(sorted(chain(self.view.labelled(USER), self.view.labelled(ROLE))))

    @cached_property
    def scanned(self) -> frozenset[str]:
        """The accounts whose principals were to be read."""
        asked = {read.account for read in self._reads if read.label in (USER, ROLE)}
        return frozenset(asked.union(self.view.get(id_, "account") for id_ in self.principals))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions that were scanned."""
        listed = {read.region for read in self._reads if read.label.startswith("AWS")}
        return tuple(sorted(listed - {"", "global"}))

    @cached_property
    def partitions(self) -> frozenset[str]:
        """Those of the principals."""
        return frozenset(arn.partition for id_ in self.principals if (arn := parse_arn(id_)))

    @cached_property
    def since(self) -> NotBefore | None:
        """When requests are made: not before the scan. None if it is not known when that was."""
        return NotBefore.of(self.view.scanned) if self.view.scanned else None

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """What could not be read and is said once, in sentences, instead of with every answer."""
        return tuple(self._unread.sentences())

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The same, each by its account and the listing that failed."""
        return tuple(self._unread.gaps())

    @cached_property
    def _unread(self) -> Unread:
        return Unread(self.view, self._reads, [self.account(id_) for id_ in sorted(self.scanned)])

    def may_ask(self, state: PrincipalState, action: str) -> bool:
        """Whether what a principal in a state holds can ask for an action at all."""
        if not state.limited_to:
            return True
        key = state.limited_to, action
        if key not in self._open_to:
            self._open_to[key] = any(
                glob(each.lower())(action.lower()) for each in state.limited_to
            )
        return self._open_to[key]

    def held(self, holder: PrincipalState) -> EffectivePolicies:
        """The policies of a principal in a state.

        Raises ValueError if there can be no such principal.
        """
        if holder not in self._held:
            self._held[holder] = self._hold(holder)
        return self._held[holder]

    def scps(self, state: PrincipalState) -> Levels:
        """The service control policies that bind a principal in a state. AWS leaves no level
        without one."""
        principal = self.held(state).principal
        if not principal.has_identity or principal.is_service_linked:
            return ()
        levels = self._over(principal.account, state.without).scps
        if not state.without and not state.rewritten:
            return levels
        return tuple(
            tuple(
                compile_policy(EVERYTHING, one.id) if one.id in state.rewritten else one
                for one in level
                if one.id not in state.without
            )
            or level
            for level in levels
        )

    def rcps(self, account: str, lifted: frozenset[str] = frozenset()) -> Levels:
        """The resource control policies that bind the resources of an account, less what is lifted
        of them: see :meth:`lifted`."""
        levels = self._over(account, lifted).rcps
        if not lifted:
            return levels
        return tuple(tuple(one for one in level if one.id not in lifted) for level in levels)

    def lifted(self, state: PrincipalState) -> frozenset[str]:
        """What does not bind resources any more, for a principal in a state: resource control
        policies, and accounts that are moved to the root."""
        changed = state.without | state.rewritten
        return changed & self._over_resources if changed else changed

    def _over(self, account: str, without: frozenset[str]) -> Account:
        """What stands over an account, wherever it lies now."""
        found = self.account(account)
        return found.at_root or found if account in without else found

    @cached_property
    def _over_resources(self) -> frozenset[str]:
        controls = (policy.id for id_ in self.scanned for policy in self._rcps_of(id_))
        return self.scanned.union(controls)

    def _rcps_of(self, account: str) -> Iterator[Policy]:
        return chain.from_iterable(self.account(account).rcps)

    def account(self, id_: str) -> Account:
        """What stands over an account, be it scanned or not."""
        return self._accounts.of(id_)

    def table(self, label: str) -> ResourceTable:
        """The resources of a label that were collected."""
        if label not in self._tables:
            self._tables[label] = ResourceTable(map(self._collected, self.view.labelled(label)))
        return self._tables[label]

    def of_service(self, service: str) -> list[str]:
        """The ids of the collected resources that requests of a service may name."""
        if service == "sts":
            return list(self.view.labelled(ROLE))
        return sorted(
            id_
            for label in self.view.by_label
            if label not in _NOT_ASKED_FOR
            for id_ in self.view.labelled(label)
            if (arn := parse_arn(id_)) and arn.service == service
        )

    def row(self, arn: str) -> ResourceRow:
        """What is known of an ARN (or of ``*``): the collected resource that it is or is a part of,
        such as the bucket of an object, and its account."""
        named = parse_arn(arn)
        owner = arn if named else ""
        while owner and not self.view.is_there(owner):
            has_parts = named is not None and named.service != "iam"  # there a path is a name's
            owner = owner[: max(owner.rfind("/"), owner.rfind(":"), 0)] if has_parts else ""
        if owner:
            return self._collected(owner)._replace(id=arn)
        if named is not None and named.service == "s3" and not named.account:
            return ResourceRow(arn, ELSEWHERE if self._has_all_buckets else "")
        # What is asked of another account's root user is granted by one's own account alone.
        is_root = named is not None and (named.service, named.resource) == ("iam", "root")
        return ResourceRow(arn, named.account if named and not is_root else "")

    def resource_policy(self, row: ResourceRow, service: str) -> tuple[Policy | None, ResourceKind]:
        """The policy of the resource itself that decides a service's actions (None if there is
        none), and how it does. One that may be there and was not read may say anything."""
        policy = self._own_policy(row, service)
        arn = parse_arn(row.id)
        if service == "sts" and arn and arn.service == "iam" and arn.resource.startswith("role/"):
            return policy, ResourceKind.TRUST
        if service == "kms" and policy is not None:
            return policy, ResourceKind.KEY
        return policy, ResourceKind.ORDINARY

    def _own_policy(self, row: ResourceRow, service: str) -> Policy | None:
        if row.is_new:
            return None
        if not row.owner:
            arn = parse_arn(row.id)
            return compile_policy(None, row.id) if arn and self._may_be_there(arn) else None
        field = self.view.own_policies.get(self.view.get(row.owner, "label"))
        if field is None or field.service != service:
            return None
        document = self.view.get(row.owner, field.name)
        return None if document == "" else compile_policy(document, row.owner)

    def version(self, id_: str, number: str) -> Policy:
        """A version of a managed policy; one that was not read may say anything."""
        listed = json.loads(self.view.get(id_, "versions") or "[]")
        documents = {each["VersionId"]: each["Document"] for each in listed}
        return compile_policy(documents.get(number), id_)

    def managed(self, id_: str) -> Policy:
        """A managed policy; one that is there and was not read may say anything."""
        return (
            policy_of(self.view, id_)
            if id_ in self.view.graph
            else compile_policy(documented(id_), id_)
        )

    def facts(self, row: ResourceRow) -> Context:
        """The condition keys that follow from the resource that is asked for."""
        known: dict[str, Values | Open] = {"iam:PermissionsBoundary": self._bound_of(row)}
        tagged: tuple[str, ...] = ()
        if is_account(row.account):
            over = self.account(row.account)
            known["aws:ResourceAccount"] = (row.account,)
            known |= _unless_open("aws:ResourceOrgID", over.org_id)
            known |= _unless_open("aws:ResourceOrgPaths", over.org_path)
        if region := self._region(row):
            known["aws:RequestedRegion"] = (region,)
        tags = self.tags(row.owner) if row.owner == row.id else None
        if tags is not None:
            arn = parse_arn(row.id)
            tagged = tuple(
                f"{prefix}:ResourceTag/" for prefix in {"aws", arn.service if arn else "aws"}
            )
            known |= {f"{start}{key}": (value,) for start in tagged for key, value in tags.items()}
        return Context(known, complete=tagged)

    def _bound_of(self, row: ResourceRow) -> Values | Open:
        """The boundary of the user or role that is asked for, which AWS compares where its
        policies are changed; a new one need not be given any."""
        if not row.owner or self.view.get(row.owner, "label") not in (USER, ROLE):
            return ()
        arn = self.view.get(row.owner, "permissions_boundary")
        return Open.UNKNOWN if arn is None else (arn,) if arn else ()

    def _region(self, row: ResourceRow) -> str:
        """The region in which a resource is asked for; empty if any will do."""
        arn = parse_arn(row.id)
        if arn is None:
            return ""
        if arn.service == "iam":
            return _REGION_OF_IAM.get(arn.partition, "")
        own = self.view.get(row.owner, "region") if row.owner else ""
        return arn.region or (own if own != "global" else "") or ""

    def tags(self, id_: str) -> Mapping[str, str] | None:
        """The tags of a collected resource; None if they were not read."""
        listed = self.view.get(id_, "tags")
        return None if listed is None else dict(_pair(tag) for tag in listed)

    def _collected(self, id_: str) -> ResourceRow:
        account = self.view.get(id_, "account") or ""
        return ResourceRow(id_, account if is_account(account) else "", id_)

    def _may_be_there(self, arn: Arn) -> bool:
        """Whether an ARN that was not collected may be of something that exists and has a policy of
        its own; in IAM only roles have."""
        if arn.service == "iam" and not arn.resource.startswith("role/"):
            return False
        if arn.account and arn.account not in self.scanned:
            return True
        labels = [
            label for label, field in self.view.own_policies.items() if field.service == arn.service
        ]
        if arn.service == "iam":
            labels = [ROLE]
        if not arn.account:
            return bool(labels)
        place = arn.account, arn.region or "global"
        return any((label, *place) in self._unlisted for label in labels)

    def has_all(self, label: str) -> bool:
        """Whether all resources of a label were listed in all scanned accounts: any other belongs
        to another account."""
        listed = {read.account for read in self._reads if read.label == label}
        failed = {account for each, account, _ in self._unlisted if each == label}
        return bool(self.scanned) and self.scanned <= listed - failed

    @cached_property
    def _has_all_buckets(self) -> bool:
        return self.has_all(BUCKET)

    @cached_property
    def _unlisted(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(
            (read.label, read.account, read.region)
            for read in self._reads
            if read.status != Status.OK
        )

    def _hold(self, holder: PrincipalState) -> EffectivePolicies:
        id_ = holder.id
        if id_ == ANYONE:
            return EffectivePolicies(Principal.anonymous(), (), ())
        if id_ in PROVIDERS:
            return EffectivePolicies(Principal.of_provider(id_), (), ())
        if not parse_arn(id_):
            return EffectivePolicies(Principal.of_service(id_), (), ())
        principal = Principal.of_arn(id_)
        if not principal.has_identity:
            return EffectivePolicies(principal, (), ())
        over = self._over(principal.account, holder.without)
        principal = replace(principal, org_id=over.org_id, org_path=over.org_path)
        if principal.kind is Kind.ROOT:
            return EffectivePolicies(principal, (ROOT_USER,), ())
        held = EffectivePolicies(principal, (), ())
        if not holder.fresh:
            held = self._as_read(principal, holder.without, holder.detached)
        joined = (policy for group in sorted(holder.groups) for policy in self.policies_of(group))
        versions = {id_: self.version(id_, number) for id_, number in holder.versions}
        attached = map(self.managed, holder.attached)
        boundaries = held.boundaries
        if holder.bounded_by:
            boundaries = (self.managed(holder.bounded_by),)
        given = (*held.identity, *joined, *attached)
        identity = tuple(versions.get(each.id, each) for each in given)
        boundaries = tuple(versions.get(each.id, each) for each in boundaries)
        principal = held.principal
        if holder.tags and principal.tags is not None:
            principal = replace(principal, tags={**principal.tags, **dict(holder.tags)})
        return EffectivePolicies(
            principal,
            (*identity, ANY_POLICY) if holder.any_policy else identity,
            () if holder.unbounded else boundaries,
        )

    def _as_read(
        self,
        principal: Principal,
        without: frozenset[str] = frozenset(),
        detached: frozenset[tuple[str, str]] = frozenset(),
    ) -> EffectivePolicies:
        """The policies that a user or role, or one of its sessions, has, but those that it has no
        more and those of groups that it has left."""
        id_ = principal.arn
        if principal.role_arn:
            id_ = self._roles.get((principal.account, principal.name), principal.role_arn)
        if not self.view.is_there(id_):
            unknown = (compile_policy(None, id_),)
            return EffectivePolicies(principal, unknown, unknown)
        is_user = self.view.get(id_, "label") == USER
        known = replace(
            principal,
            role_arn="" if is_user else id_,
            is_path_unknown=False,
            unique_id=self.view.get(id_, "user_id" if is_user else "role_id") or "",
            tags=self.tags(id_),
        )
        groups = self.view.targets(id_, "groups")
        if is_user and not groups and self.view.get(id_, "groups") is None:
            groups = (f"unread:{id_}#groups",)
        identity = (
            policy
            for each in (id_, *groups)
            if each not in without
            for policy in self.policies_of(each)
            if (each, policy.id) not in detached
        )
        return EffectivePolicies(known, tuple(identity), self._boundaries(id_))

    @cached_property
    def _roles(self) -> Mapping[tuple[str, str], str]:
        """The roles by account and name."""
        get = self.view.get
        roles = self.view.labelled(ROLE)
        return {(get(id_, "account"), get(id_, "name")): id_ for id_ in roles}

    def policies_of(self, id_: str) -> tuple[Policy, ...]:
        """The policies of a user, role or group itself."""
        if not self.view.is_there(id_):
            return (compile_policy(None, id_),)
        return (*self._behind(id_, "attached_policies"), *self._behind(id_, "inline_policies"))

    def _boundaries(self, id_: str) -> tuple[Policy, ...]:
        if self.view.get(id_, "permissions_boundary") == "":
            return ()
        return self._behind(id_, "permissions_boundary")

    def _behind(self, id_: str, field: str) -> tuple[Policy, ...]:
        """The policies that a field refers to."""
        found = self.view.targets(id_, field)
        if not found and self.view.get(id_, field) is None:
            return (compile_policy(None, f"unread:{id_}#{field}"),)
        return tuple(policy_of(self.view, each) for each in found)


_REGION_OF_IAM = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where IAM is asked, in whatever region the caller is."""


def _unless_open(key: str, value: str | None) -> dict[str, Values]:
    """A key with its value, absent if that is empty; nothing if it is not known."""
    return {} if value is None else {key: (value,) if value else ()}


def _pair(tag: str) -> tuple[str, str]:
    key, _, value = tag.partition("=")
    return key, value
