"""Services of Google Cloud that the internet reaches at addresses of Google's own: those whose
settings let everybody connect, and those that IAM lets everybody use."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from ...addresses import Family, covered, is_internet
from ...derivation import Derivation, Derived
from ...logic import ReasonedTruth, all_hold, any_holds
from ...view import GraphView
from ..protocols import TCP, protocol_name
from ..reach import BEHIND, DIRECT, Evidence, ReachInterval, ReachKey, ReachSet, reaches
from .balancers import ARMOR, BALANCING, in_front
from .everybody import IAM_LABELS, Everybody

RUN, FUNCTION, BUCKET = "GCPCloudRunService", "GCPCloudFunction", "GCPBucket"
_DATABASE, _CLUSTER, _DATASET = "GCPCloudSQLInstance", "GKECluster", "GCPBigQueryDataset"
_EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_HTTPS = (443,)
_ENGINES = {"MYSQL": 3306, "POSTGRES": 5432, "SQLSERVER": 1433}
_READS = ("storage.objects.get", "storage.objects.list")
_TABLE_READS = ("bigquery.tables.getData", "bigquery.datasets.get")
_DATASETS = "//bigquery.googleapis.com/projects/{projectId}/datasets/{datasetId}"
_BUCKETS = "//storage.googleapis.com/projects/_/buckets/"
"""How buckets are called in the names of what is in them."""
_NO_PUBLIC = "storage.publicAccessPrevention"
_YES = ReasonedTruth(True)


class Arrival(NamedTuple):
    """A path by which a service is reached."""

    path: str
    is_open: ReasonedTruth
    evidence: Evidence = frozenset()


Rules = Callable[[GraphView, Everybody, str], Iterable[Arrival]]


def _run(view: GraphView, everybody: Everybody, id_: str) -> Iterator[Arrival]:
    """Cloud Run: ingress, then who may invoke it."""
    ingress = view.get(id_, "ingress")
    invoked = any_holds(
        (
            _is_on(view, id_, "invoker_iam_disabled", "whether IAM decides who invokes"),
            everybody.may(("run.routes.invoke",), id_),
        )
    )
    guarded = _is_on(view, id_, "iap_enabled", "Identity-Aware Proxy of")
    invoked = all_hold((invoked, _opposite(guarded)))
    own = all_hold(
        (
            _known(view, id_, ingress, ("", "INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_UNSPECIFIED")),
            _opposite(_is_on(view, id_, "default_uri_disabled", "whether there is an address of")),
        )
    )
    yield Arrival(DIRECT, all_hold((own, invoked)))
    behind = _known(
        view,
        id_,
        ingress,
        (
            "",
            "INGRESS_TRAFFIC_ALL",
            "INGRESS_TRAFFIC_UNSPECIFIED",
            "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        ),
    )
    for passes, evidence in in_front(view, id_, "cloud_run_service"):
        yield Arrival(BEHIND, all_hold((behind, passes, invoked)), evidence)


def _function(view: GraphView, everybody: Everybody, id_: str) -> Iterator[Arrival]:
    """Functions: ingress, then who may invoke them; those of the second generation are invoked
    as the service of Cloud Run that they are."""
    if view.get(id_, "topic") or view.get(id_, "url") == "":
        return
    generation = view.get(id_, "environment")
    services = view.targets(id_, "run_service")
    if generation == "GEN_1":
        invoked = everybody.may(("cloudfunctions.functions.invoke",), id_)
    elif generation == "GEN_2" and services:
        invoked = any_holds(everybody.may(("run.routes.invoke",), each) for each in services)
    else:
        invoked = ReasonedTruth.doubt(f"who may invoke {view.name(id_)}")
    ingress = view.get(id_, "ingress")
    reached = _known(view, id_, ingress, ("", "ALLOW_ALL", "INGRESS_SETTINGS_UNSPECIFIED"))
    evidence = frozenset(("services", each) for each in services)
    yield Arrival(DIRECT, all_hold((reached, invoked)), evidence)


def _database(view: GraphView, _: Everybody, id_: str) -> Iterator[Arrival]:
    """Cloud SQL: a public address, and the ranges that may connect to it."""
    public = _is_on(view, id_, "public_address_enabled", "whether there is a public address of")
    yield Arrival(DIRECT, all_hold((public, _ranges(view, id_))))


def _cluster(view: GraphView, _: Everybody, id_: str) -> Iterator[Arrival]:
    """Control planes: an address of their own, and the ranges that reach it."""
    private = _is_on(view, id_, "private_endpoint", "whether there is a public address of")
    limited = _is_on(view, id_, "authorized_networks_enabled", "who reaches the control plane of")
    reached = any_holds((_opposite(limited), all_hold((limited, _ranges(view, id_)))))
    yield Arrival(DIRECT, all_hold((_opposite(private), reached)))


def _bucket(view: GraphView, everybody: Everybody, id_: str) -> Iterator[Arrival]:
    """Buckets: what IAM, and access control lists where they count, let everybody do, unless
    public access is prevented."""
    prevention = view.get(id_, "public_access_prevention")
    if prevention is None:
        prevented = ReasonedTruth.doubt(f"whether public access to {view.name(id_)} is prevented")
    elif prevention == "enforced":
        prevented = _YES
    else:
        prevented = everybody.is_enforced(_NO_PUBLIC, id_)
    below = everybody.may_below(_READS, id_, f"{_BUCKETS}{id_.rpartition('/')[2]}")
    opened = any_holds((everybody.may(_READS, id_), below, _by_lists(view, id_)))
    yield Arrival(DIRECT, all_hold((opened, _opposite(prevented))))


def _by_lists(view: GraphView, id_: str) -> ReasonedTruth:
    """Whether access control lists let everybody in, where they count. One that lists nobody was
    left out of the answer: owners are always in it."""
    uniform = _is_on(view, id_, "uniform_access", "whether access control lists count of")
    own, of_objects = (
        json.loads(view.get(id_, name) or "[]") for name in ("acl", "default_object_acl")
    )
    named = any(each.get("entity") in _EVERYBODY for each in (*own, *of_objects))
    unread = ReasonedTruth.doubt(f"the access control list of {view.name(id_)}")
    listed = ReasonedTruth(named) if named or own else unread
    return all_hold((_opposite(uniform), listed))


def _dataset(view: GraphView, everybody: Everybody, id_: str) -> Iterator[Arrival]:
    """Datasets: their own entries, IAM above them and on single tables, and what views of other
    datasets show of them."""
    of_tables = everybody.may_below(_TABLE_READS[:1], id_)
    opened = any_holds((_is_open(view, everybody, id_), of_tables))
    yield Arrival(DIRECT, any_holds((opened, *_by_views(view, everybody, id_))))


def _is_open(view: GraphView, everybody: Everybody, id_: str) -> ReasonedTruth:
    """Whether everybody reads a whole dataset."""
    entries = _entries(view, id_)
    if entries is None:
        own = ReasonedTruth.doubt(f"who may use {view.name(id_)}")
    else:
        public = [each for each in entries if _is_everybody(each)]
        own = any_holds(_unless_conditioned(view, id_, each) for each in public)
    return any_holds((own, everybody.may(_TABLE_READS, id_)))


def _by_views(view: GraphView, everybody: Everybody, id_: str) -> Iterator[ReasonedTruth]:
    """Whether everybody reads another dataset whose views may read this one. What they show of it
    is written in them."""
    for each in _entries(view, id_) or ():
        named = each.get("view") or (each.get("dataset") or {}).get("dataset") or {}
        if not {"projectId", "datasetId"} <= named.keys():
            continue
        other = _DATASETS.format(**named)
        shown = named.get("tableId") or named["datasetId"]
        if other == id_:
            continue
        if not view.is_there(other):
            yield ReasonedTruth.doubt(f"who may use {named['datasetId']} of {named['projectId']}")
        elif _is_shown(view, everybody, other):
            yield ReasonedTruth.doubt(f"what {shown} shows of {view.name(id_)}")


def _is_shown(view: GraphView, everybody: Everybody, id_: str) -> bool:
    """Whether everybody may read a dataset, or a single table or view of it."""
    found = (_is_open(view, everybody, id_), everybody.may_below(_TABLE_READS[:1], id_))
    return any_holds(found).value is not False


def _entries(view: GraphView, id_: str) -> list[dict[str, Any]] | None:
    text = view.get(id_, "access")
    entries: list[dict[str, Any]] | None = None if text is None else json.loads(text or "[]")
    return entries


def _unless_conditioned(view: GraphView, id_: str, entry: Mapping[str, Any]) -> ReasonedTruth:
    expression = (entry.get("condition") or {}).get("expression")
    if not expression:
        return _YES
    return ReasonedTruth.doubt(f"whether {expression} holds of {view.name(id_)}")


def _is_everybody(entry: Mapping[str, Any]) -> bool:
    named = (entry.get(each) for each in ("specialGroup", "iamMember"))
    return any(each in _EVERYBODY for each in named)


def _ranges(view: GraphView, id_: str) -> ReasonedTruth:
    ranges = view.get(id_, "authorized_networks")
    if ranges is None:
        return ReasonedTruth.doubt(f"authorized networks of {view.name(id_)}")
    return ReasonedTruth(is_internet(covered(ranges, Family.IPV4), Family.IPV4))


def _is_on(view: GraphView, id_: str, name: str, words: str) -> ReasonedTruth:
    found = view.get(id_, name)
    return (
        ReasonedTruth.doubt(f"{words} {view.name(id_)}") if found is None else ReasonedTruth(found)
    )


def _known(view: GraphView, id_: str, value: str | None, among: Iterable[str]) -> ReasonedTruth:
    if value is None:
        return ReasonedTruth.doubt(f"ingress of {view.name(id_)}")
    return ReasonedTruth(value in among)


def _opposite(truth: ReasonedTruth) -> ReasonedTruth:
    return truth if truth.value is None else ReasonedTruth(not truth.value)


SERVICES: Mapping[str, tuple[Rules, tuple[int, ...]]] = {
    RUN: (_run, _HTTPS),
    FUNCTION: (_function, _HTTPS),
    BUCKET: (_bucket, _HTTPS),
    _DATASET: (_dataset, _HTTPS),
    _CLUSTER: (_cluster, _HTTPS),
    _DATABASE: (_database, ()),
}
"""Who is let in, and on which TCP ports; databases listen on that of their engine."""
_BY_IAM = (RUN, FUNCTION, BUCKET, _DATASET)


_NOT_MODELLED = (
    "Access control lists of single objects in buckets are not read.",
    "App Engine, DNS endpoints of GKE's control planes, and services that everybody may use by IAM "
    "other than Cloud Run, functions, buckets and datasets, have no CAN_REACH edges.",
    "Functions and buckets that are reached only behind a load balancer have no edge of that path.",
)


def _derive(label: str, view: GraphView) -> Derived:
    reach, rules = ReachSet(), SERVICES[label][0]
    everybody = Everybody(view)
    for id_ in view.labelled(label):
        for arrival in rules(view, everybody, id_):
            if arrival.is_open.value is False:
                continue
            for port in _ports(view, label, id_):
                key = ReachKey(id_, arrival.path, protocol_name(TCP), Family.IPV4)
                evidence = arrival.evidence | {("resources", id_)}
                reach.add(key, ReachInterval((port, port), arrival.is_open.unread, evidence))
    return reach.derived()


def _ports(view: GraphView, label: str, id_: str) -> tuple[int, ...]:
    if label != _DATABASE:
        return SERVICES[label][1]
    engine = str(view.get(id_, "database_version") or "").partition("_")[0]
    return (_ENGINES[engine],) if engine in _ENGINES else tuple(_ENGINES.values())


def _derivation(label: str) -> Derivation:
    iam = IAM_LABELS if label in _BY_IAM else frozenset[str]()
    balancing = BALANCING | {ARMOR} if label == RUN else frozenset[str]()
    services = {RUN} if label == FUNCTION else frozenset[str]()
    return Derivation(
        name=f"gcp platform services: {label}",
        provider="gcp",
        derive=partial(_derive, label),
        writes=reaches(label),
        reads=frozenset({label, *iam, *balancing, *services}),
        notices=frozenset({*iam, *services}),
        not_modelled=_NOT_MODELLED,
    )


DERIVATIONS = tuple(map(_derivation, SERVICES))
