"""Turns declared references into edges; what cannot be resolved becomes a missing node."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, NamedTuple

from .garbage import gc_paused
from .model import (
    Identity,
    ListingStatus,
    MissingReason,
    PolicyField,
    Reference,
    Resource,
    Scope,
    Status,
    UnknownResource,
)
from .schema import EdgeType, own_policies, owner_identities

Exists = Callable[[str], bool | None]
"""Answers whether a globally unique key exists anywhere; None if that cannot be known."""


UNREAD = "unread:"
"""What the ids begin with of nodes that stand for what an unread field would refer to."""

_LISTED_IN_VAIN = (MissingReason.NOT_FOUND, MissingReason.UNKNOWN_OWNER)
"""What cannot be said of what no listing holds."""


class Edge(NamedTuple):
    """One edge of a known pair of labels; ``properties`` follow the relationship's declaration."""

    source: str
    target: str
    properties: Mapping[str, Any]


@dataclass
class ResourceGraph:
    """Resources and the edges between them, in memory."""

    nodes: dict[str, Resource] = field(default_factory=dict)
    edges: dict[EdgeType, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    own_policies: Mapping[str, PolicyField] | None = None
    """The fields that hold the policies of resources themselves, by label; None in a graph that
    was not linked by models."""
    scanned: datetime | None = None
    """When the scan began; None if that is not known."""

    def add(self, source: Resource, rel: str, target: Resource, **properties: Any) -> None:
        """Joins two resources."""
        pair = EdgeType(source.label, rel, target.label)
        self.edges[pair].append(Edge(source.id, target.id, properties))


class Owners:
    """Whom full identities belong to, of whatever kind and provider they are."""

    def __init__(self, templates: Iterable[str]) -> None:
        """``templates`` are the forms in which identities name their owners."""
        self._identities = [Identity.of(template) for template in templates]

    def place(self, value: str) -> dict[str, str]:
        """The account, and the region if there is one, that a full identity names."""
        parts = self._parts(value)
        return {name: parts[name] for name in ("account", "region") if name in parts}

    def partition(self, value: str) -> str:
        """The partition that a full identity names; empty where the provider has none."""
        return self._parts(value).get("partition", "")

    def _parts(self, value: str) -> dict[str, str]:
        return next(filter(None, (each.parse(value) for each in self._identities)), {})


class LabelIndex:
    """What other services may ask the collector of a label: a read-only index over what it read."""

    def __init__(
        self,
        model: type[Resource],
        resources: Sequence[Resource],
        reads: Mapping[tuple[str, str], ListingStatus],
        scope: Scope,
        owners: Owners,
        exists: Exists | None = None,
    ) -> None:
        self.model = model
        self._resources = resources
        self._reads = reads
        self._scope = scope
        self.owners = owners
        self._exists = exists
        self._fields = frozenset(model.model_fields)
        self._identity = Identity.of(model.identity)
        self._omitted = [Identity.of(template) for template in model.listing_omits]
        self._global_listing = any(region == "global" for _, region in reads)
        self._indexes: dict[str, dict[Any, Resource | None]] = {}

    def find(self, by: str, value: str, account: str | None, region: str | None) -> Resource | None:
        """The resource with this key; a key that is unique only within an account or region is
        looked up there. None if there is none or more than one, or the label has no such key."""
        if by not in self._fields:
            return None
        return self._index(by).get(self._key(by, value, account, region))

    def is_ambiguous(self, by: str, value: str, account: str | None, region: str | None) -> bool:
        """Whether more than one resource has this key there."""
        key = self._key(by, value, account, region)
        return by in self._fields and self._index(by).get(key, self) is None

    def fits(self, value: str) -> dict[str, str] | None:
        """The parts of a full identity of this label, one that its listing leaves out included;
        None if the value is not one."""
        forms = (self._identity, *self._omitted)
        return next(filter(None, (form.parse(value) for form in forms)), None)

    def stand_in(self, value: str, by: Sequence[str], source: Resource) -> Resource:
        """The missing node for a value that was not found, with the reason."""
        shared = any(self.is_ambiguous(each, value, source.account, source.region) for each in by)
        value = self._spelled_out(value, source)
        parts = self.fits(value)
        other = self.owners.place(value) if parts is None else {}
        if other:  # an identity of another form, e.g. an alias: it names its owner too
            parts, id_ = other, value
        elif parts is None:
            parts = {name: value for name in by if name in self._identity.fields}
            # What names nobody's place and can be anyone's (a DNS name) has no known owner; an id
            # of its own (a subnet's) would be listed where it is used, also if another shares it.
            anyones = not parts and {*by} & {*self.model.global_keys}
            if self.model.unique_within != "global" and not anyones:
                parts["account"] = source.account or ""
                parts["region"] = (source.region or "") if self._by_region else ""
            built = self._identity.build({"partition": self.owners.partition(source.id), **parts})
            where = f"{parts.get('account', '')}:{parts.get('region', '')}"
            id_ = built or f"{self.model.label}:{where}:{value}"
        else:
            id_ = value
        key = next((parts[name] for name in by if name in parts), value)
        account, region = parts.get("account") or None, parts.get("region") or None
        reason = self.why_missing(key, account, region)
        if reason == MissingReason.NOT_FOUND and shared:
            reason = MissingReason.UNREADABLE
        if reason in _LISTED_IN_VAIN and any(form.parse(id_) for form in self._omitted):
            reason = MissingReason.UNREADABLE
        known = {
            name: value
            for name, value in {**parts, "account": account, "region": region}.items()
            if name in self._fields and name != "id"
        }
        if not known.get("name"):
            last = parts.get(self._identity.fields[-1])
            known["name"] = last or self._short_name(id_) or key
        return self.model.absent(id_, reason, **known)

    def scans(self, account: str) -> bool:
        """Whether the scan set out to read an account."""
        return account in self._scope.all_accounts

    def why_missing(self, key: str, account: str | None, region: str | None) -> MissingReason:
        """Why a key that belongs there, as far as is known, was not found."""
        if account and not self.scans(account):
            return MissingReason.CROSS_ACCOUNT
        if self.model.label not in self._scope.labels:
            return MissingReason.OUT_OF_SCOPE
        if account is None:
            return self._why_unowned(key)
        places = self._places(account)
        if not places:
            return MissingReason.UNREADABLE
        if region and not self._global_listing:
            if region not in places:
                return MissingReason.OUT_OF_SCOPE
            places = [region]
        whole = all(self._listed(account, place) for place in places)
        return MissingReason.NOT_FOUND if whole else MissingReason.UNREADABLE

    def _spelled_out(self, value: str, source: Resource) -> str:
        """The full identity that a short name stands for where it is used; else the value."""
        for short, full in self.model.short_names.items():
            parts = Identity.of(short).parse(value)
            if parts:
                place = {"account": source.account, "region": source.region}
                partition = self.owners.partition(source.id)
                known = {"partition": partition, **place, **parts}
                return Identity.of(full).build(known) or value
        return value

    def _short_name(self, id_: str) -> str:
        """The short name that stands for a full identity; empty if none does."""
        for short, full in self.model.short_names.items():
            parts = Identity.of(full).parse(id_)
            if parts:
                return short.format(**parts)
        return ""

    @property
    def _by_region(self) -> bool:
        return self.model.unique_within == "region"

    def _why_unowned(self, key: str) -> MissingReason:
        if self._exists and self._exists(key) is False:
            return MissingReason.NOT_FOUND
        return MissingReason.UNKNOWN_OWNER if self._listed_everywhere else MissingReason.UNREADABLE

    @cached_property
    def _listed_everywhere(self) -> bool:
        return all(
            self._listed(account, place)
            for account in self._scope.accounts.get(self.model.provider, ())
            for place in self._places(account) or [""]
        )

    def _places(self, account: str) -> list[str]:
        """Where the label is listed in an account, as the coverage names it."""
        if not self._reads:
            return []
        return ["global"] if self._global_listing else self._scope.regions.get(account, [])

    def _listed(self, account: str, place: str) -> bool:
        read = self._reads.get((account, place))
        return read is not None and read.status == Status.OK

    def _index(self, by: str) -> dict[Any, Resource | None]:
        """The resources by a key; None stands for several that share it."""
        index = self._indexes.get(by)
        if index is None:
            index = self._indexes[by] = {}
            for resource in self._resources:
                value = getattr(resource, by)
                for each in value if isinstance(value, list) else (value,):
                    if each:
                        key = self._key(by, each, resource.account, resource.region)
                        index[key] = resource if index.get(key, resource) is resource else None
        return index

    def _key(self, by: str, value: str, account: str | None, region: str | None) -> Any:
        if by == "id" or by in self.model.global_keys or self.model.unique_within == "global":
            return value
        if self.model.unique_within == "account":
            return account, value
        return account, region, value


@gc_paused()
def link(
    resources: Iterable[Resource],
    models: Iterable[type[Resource]],
    reads: Iterable[ListingStatus],
    scope: Scope,
    exists: Mapping[str, Exists] | None = None,
) -> ResourceGraph:
    """The graph of the resources: each reference leads to a resource or to a missing node.

    ``exists`` asks, by label, whether a globally unique key exists at all.
    """
    collected = merged(resources)
    known = list(models)
    clients = _clients(collected.values(), known, reads, scope, exists or {})
    graph = ResourceGraph(
        {id_: node for id_, node in collected.items() if node.missing is None},
        own_policies=own_policies(known),
    )
    linker = _Linker(graph, clients)
    for source in sorted(graph.nodes.values(), key=lambda node: node.id):
        linker.read(source)
    linker.finish()
    return graph


class _Referral(NamedTuple):
    """That a resource refers to another."""

    source: Resource
    reference: Reference
    via: Mapping[str, str]
    """The properties of the edge, which all edges of a field share."""
    target: Resource


class _Linker:
    """Adds the edges that references tell of."""

    def __init__(self, graph: ResourceGraph, clients: Mapping[str, LabelIndex]) -> None:
        self._graph = graph
        self._clients = clients
        self._resolved: dict[Any, dict[str, Resource]] = defaultdict(dict)
        self._unknown: list[_Referral] = []
        self._inverse: list[_Referral] = []

    def read(self, source: Resource) -> None:
        """Joins a resource with all that it refers to."""
        for name, (reference, via) in _declared(type(source)).items():
            for target in self._targets(source, name, reference):
                referral = _Referral(source, reference, via, target)
                if isinstance(target, UnknownResource):
                    self._unknown.append(referral)
                else:
                    self._join(referral)

    def finish(self) -> None:
        """Adds what depends on what all others tell: an id that is of an unknown kind to one
        reference may be of a known kind to another, and an edge that its target tells of may be
        there already."""
        for referral in self._unknown:
            self._join(referral)
        inverse = [
            (
                EdgeType(referral.target.label, referral.reference.rel, referral.source.label),
                Edge(referral.target.id, referral.source.id, referral.via),
            )
            for referral in self._inverse
        ]
        edges = self._graph.edges
        known = {
            (pair, edge.source, edge.target)
            for pair in {pair for pair, _ in inverse}
            for edge in edges.get(pair, ())
        }
        for pair, edge in inverse:
            ends = (pair, edge.source, edge.target)
            if ends not in known:
                known.add(ends)
                edges[pair].append(edge)

    def _targets(self, source: Resource, name: str, reference: Reference) -> list[Resource]:
        value = getattr(source, name)
        if value is None:
            return [_unread(source, name, self._clients[reference.labels[0]].model)]
        known = self._resolved[reference, source.account, source.region]
        targets = []
        for each in value if isinstance(value, list) else (value,):
            if each:
                target = known.get(each)
                if target is None:
                    target = known[each] = _resolve(each, reference, source, self._clients)
                targets.append(target)
        return targets

    def _join(self, referral: _Referral) -> None:
        source, reference, via, found = referral
        target = self._graph.nodes.setdefault(found.id, found)
        if reference.inverse:
            self._inverse.append(referral._replace(target=target))
        else:
            pair = EdgeType(source.label, reference.rel, target.label)
            self._graph.edges[pair].append(Edge(source.id, target.id, via))


@cache
def _declared(model: type[Resource]) -> dict[str, tuple[Reference, Mapping[str, str]]]:
    return {name: (reference, {"via": name}) for name, reference in model.references.items()}


def merged(resources: Iterable[Resource]) -> dict[str, Resource]:
    """One resource for each id, no matter what listed it: the reading that knows most counts first,
    and a field that it could not read is taken from another."""
    groups: dict[str, list[Resource]] = {}
    for resource in resources:
        groups.setdefault(resource.id, []).append(resource)
    return {id_: group[0] if len(group) == 1 else _merge(group) for id_, group in groups.items()}


def _merge(group: list[Resource]) -> Resource:
    ordered = sorted(
        group,
        key=lambda node: (
            node.missing is not None,
            -sum(value is not None for value in node.__dict__.values()),
            node.label,
            node.model_dump_json(),
        ),
    )
    best = ordered[0]
    filled = {
        name: next(
            (found for one in ordered if (found := getattr(one, name, None)) is not None), None
        )
        for name in type(best).model_fields
        if name != "missing"
    }
    return best.model_copy(update=filled)


def _clients(
    resources: Iterable[Resource],
    known: Sequence[type[Resource]],
    reads: Iterable[ListingStatus],
    scope: Scope,
    exists: Mapping[str, Exists],
) -> dict[str, LabelIndex]:
    owners = Owners(owner_identities(known))
    by_label: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        by_label[resource.label].append(resource)
    read: dict[str, dict[tuple[str, str], ListingStatus]] = defaultdict(dict)
    for each in reads:
        read[each.label][each.account, each.region] = each
    return {
        model.label: LabelIndex(
            model, by_label[model.label], read[model.label], scope, owners, exists.get(model.label)
        )
        for model in known
    }


def _resolve(
    value: str, reference: Reference, source: Resource, clients: Mapping[str, LabelIndex]
) -> Resource:
    candidates = [clients[label] for label in reference.labels if label != UnknownResource.label]
    for client in candidates:
        for by in reference.by:
            found = client.find(by, value, source.account, source.region)
            if found is not None:
                return found
    if len(reference.labels) == len(candidates) == 1:
        return candidates[0].stand_in(value, reference.by, source)
    fitting = next((client for client in candidates if client.fits(value)), None)
    if fitting:
        return fitting.stand_in(value, reference.by, source)
    return _unknown(value, clients[UnknownResource.label])


def _unknown(value: str, client: LabelIndex) -> Resource:
    """The node for something of a kind that nothing collects."""
    owner = client.owners.place(value)
    account, region = owner.get("account") or None, owner.get("region") or None
    if account is None:
        reason = MissingReason.UNKNOWN_OWNER
    elif client.scans(account):
        reason = MissingReason.OUT_OF_SCOPE
    else:
        reason = MissingReason.CROSS_ACCOUNT
    return UnknownResource.absent(value, reason, name=value, account=account, region=region)


def _unread(source: Resource, name: str, model: type[Resource]) -> Resource:
    """The node for what a reference would lead to that could not be read."""
    return model.absent(
        f"{UNREAD}{source.id}#{name}",
        MissingReason.UNREADABLE,
        name=f"(unread {name})",
        account=source.account,
        region=source.region,
    )
