"""Services of Google Cloud at addresses of Google's own: whom settings and IAM let in."""

import json
from typing import Any

import pytest
from clew.collectors.gcp.bigquery import Dataset
from clew.collectors.gcp.cloudsql import CloudSQLInstance
from clew.collectors.gcp.compute import ForwardingRule
from clew.collectors.gcp.container import Cluster
from clew.collectors.gcp.functions import CloudFunction
from clew.collectors.gcp.iam_limits import DenyPolicy
from clew.collectors.gcp.load_balancing import (
    BackendService,
    CloudArmorPolicy,
    NetworkEndpointGroup,
    TargetHttpsProxy,
    UrlMap,
)
from clew.collectors.gcp.orgpolicy import OrgPolicy
from clew.collectors.gcp.storage import Bucket
from clew.graph.model import Resource
from support.exposing import edges
from support.gcp_estates import ORGANIZATION, PROJECT, TREE, organization, project, resource
from support.gcp_platform import INVOKE, SERVICE, granted, run

SCAN = {"provider": "gcp", "account": PROJECT, "region": "global"}
FUNCTION = f"//cloudfunctions.googleapis.com/projects/{PROJECT}/locations/l/functions/s"
BUCKET, OWN = "//storage.googleapis.com/s", f"{TREE}projects/{PROJECT}"
INVOKE_OLD = "cloudfunctions.functions.invoke"
INTERNAL = "INGRESS_TRAFFIC_INTERNAL_ONLY"
BALANCED = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
COMPUTE = f"//compute.googleapis.com/projects/{PROJECT}"
TREE_READ: list[Resource] = [organization(), project(PROJECT)]


def answer(*resources: Resource, unread: tuple[str, ...] = (), path: str = "direct") -> str:
    """OPEN, CLOSED or UNSURE, of what is called `s`."""
    found = [
        edge
        for name, edge in edges([*TREE_READ, *resources], unread, **SCAN)
        if name == "s" and edge["path"] == path
    ]
    if not found:
        return "CLOSED"
    return "UNSURE" if found[0]["unread"] else "OPEN"


@pytest.mark.parametrize(
    ("fields", "grants", "expected"),
    [
        ({"invoker_iam_disabled": True}, [], "OPEN"),
        ({"ingress": INTERNAL}, granted([INVOKE], SERVICE), "CLOSED"),
        ({"ingress": INTERNAL, "invoker_iam_disabled": True}, [], "CLOSED"),
        ({"ingress": BALANCED}, granted([INVOKE], SERVICE), "CLOSED"),
        ({"ingress": ""}, granted([INVOKE], SERVICE), "OPEN"),
        ({"ingress": None}, granted([INVOKE], SERVICE), "UNSURE"),
        ({}, [], "CLOSED"),
        ({}, granted([INVOKE], SERVICE), "OPEN"),
        ({}, granted([INVOKE], OWN), "OPEN"),
        ({}, granted([INVOKE], ORGANIZATION), "OPEN"),
        ({}, granted([INVOKE], SERVICE, "allAuthenticatedUsers"), "OPEN"),
        ({}, granted([INVOKE], SERVICE, "domain:clew.example"), "CLOSED"),
        ({}, granted(["run.services.get"], SERVICE), "CLOSED"),
        ({}, granted(None, SERVICE), "UNSURE"),
        ({}, granted([INVOKE], SERVICE, condition="request.path == '/x'"), "UNSURE"),
        ({"invoker_iam_disabled": None}, [], "UNSURE"),
        ({"default_uri_disabled": True}, granted([INVOKE], SERVICE), "CLOSED"),
        ({"iap_enabled": True}, granted([INVOKE], SERVICE), "CLOSED"),
        ({"iap_enabled": None}, granted([INVOKE], SERVICE), "UNSURE"),
    ],
)
def test_cloud_run_asks_for_ingress_and_for_who_invokes(
    fields: Any, grants: list[Resource], expected: str
) -> None:
    assert answer(run(**fields), *grants) == expected


def test_a_deny_policy_stops_everybody() -> None:
    rule = {
        "deniedPrincipals": ["principalSet://goog/public:all"],
        "deniedPermissions": ["run.googleapis.com/routes.invoke"],
    }
    denial = resource(
        DenyPolicy, f"{OWN}/denyPolicies/d", scope=OWN, denied_on=OWN, rules=json.dumps([rule])
    )
    assert answer(run(), *granted([INVOKE], SERVICE), denial) == "CLOSED"


@pytest.mark.parametrize("label", ["GCPPolicyBinding", "GCPRole", "GCPDenyPolicy"])
def test_what_iam_says_and_was_not_listed_is_not_closed(label: str) -> None:
    grants = granted([INVOKE], SERVICE)
    assert answer(run(), *grants, unread=(label,)) == "UNSURE"


def balancer(*rules: dict[str, Any], **backend: Any) -> list[Resource]:
    """An external load balancer in front of the service."""
    policy = resource(
        CloudArmorPolicy, f"{COMPUTE}/global/securityPolicies/a", rules=json.dumps(list(rules))
    )
    group = f"{COMPUTE}/regions/l/networkEndpointGroups/g"
    service, url_map = f"{COMPUTE}/global/backendServices/b", f"{COMPUTE}/global/urlMaps/m"
    proxy = f"{COMPUTE}/global/targetHttpsProxies/p"
    known = {"iap_enabled": False, "security_policy": policy.id if rules else "", **backend}
    scheme = known.pop("scheme", "EXTERNAL_MANAGED")
    return [
        policy,
        resource(NetworkEndpointGroup, group, cloud_run_service=SERVICE),
        resource(BackendService, service, groups=[group], **known),
        resource(UrlMap, url_map, backends=[service]),
        resource(TargetHttpsProxy, proxy, url_map=url_map),
        resource(
            ForwardingRule,
            f"{COMPUTE}/global/forwardingRules/f",
            target=proxy,
            load_balancing_scheme=scheme,
        ),
    ]


def armor(priority: int, action: str, *ranges: str, **match: Any) -> dict[str, Any]:
    found = {"config": {"srcIpRanges": list(ranges)}} if ranges else {"expr": {"expression": "x"}}
    return {"priority": priority, "action": action, "match": found, **match}


DEFAULT_DENY, DEFAULT_ALLOW = armor(2**31 - 1, "deny(403)", "*"), armor(2**31 - 1, "allow", "*")


@pytest.mark.parametrize(
    ("rules", "backend", "expected"),
    [
        ([], {}, "OPEN"),
        ([], {"scheme": "INTERNAL_MANAGED"}, "CLOSED"),
        ([], {"iap_enabled": True}, "CLOSED"),
        ([], {"iap_enabled": None}, "UNSURE"),
        ([DEFAULT_ALLOW], {}, "OPEN"),
        ([DEFAULT_DENY], {}, "CLOSED"),
        ([armor(1, "allow", "198.51.100.0/24"), DEFAULT_DENY], {}, "CLOSED"),
        ([armor(1, "allow", "0.0.0.0/1", "128.0.0.0/1"), DEFAULT_DENY], {}, "OPEN"),
        ([armor(1, "deny(403)", "198.51.100.0/24"), DEFAULT_ALLOW], {}, "OPEN"),
        ([armor(1, "deny(403)"), DEFAULT_ALLOW], {}, "OPEN"),
        ([armor(1, "allow"), DEFAULT_DENY], {}, "UNSURE"),
        ([armor(1, "deny(403)", "*", preview=True), DEFAULT_ALLOW], {}, "OPEN"),
    ],
)
def test_a_load_balancer_lets_in_whom_its_guards_let_by(
    rules: list[dict[str, Any]], backend: Any, expected: str
) -> None:
    service = run(ingress=BALANCED, invoker_iam_disabled=True)
    parts = balancer(*rules, **backend)
    assert answer(service, *parts, path="load balancer") == expected
    inside = run(ingress=INTERNAL, invoker_iam_disabled=True)
    assert answer(inside, *parts, path="load balancer") == "CLOSED"


@pytest.mark.parametrize(
    ("fields", "grants", "expected"),
    [
        ({"environment": "GEN_1"}, granted([INVOKE_OLD], FUNCTION), "OPEN"),
        ({"environment": "GEN_1"}, granted([INVOKE], FUNCTION), "CLOSED"),
        ({"environment": "GEN_2"}, granted([INVOKE], SERVICE), "OPEN"),
        ({"environment": "GEN_2"}, granted([INVOKE_OLD], FUNCTION), "CLOSED"),
        (
            {"environment": "GEN_1", "ingress": "ALLOW_INTERNAL_ONLY"},
            granted([INVOKE_OLD], FUNCTION),
            "CLOSED",
        ),
        ({"environment": "GEN_1", "ingress": None}, granted([INVOKE_OLD], FUNCTION), "UNSURE"),
        ({"environment": None}, [], "UNSURE"),
        (
            {"environment": "GEN_1", "topic": "//pubsub.googleapis.com/projects/p/topics/t"},
            granted([INVOKE_OLD], FUNCTION),
            "CLOSED",
        ),
    ],
)
def test_functions_of_each_generation(fields: Any, grants: list[Resource], expected: str) -> None:
    function = resource(
        CloudFunction,
        FUNCTION,
        **{"url": "https://s", "ingress": "ALLOW_ALL", "run_service": SERVICE, **fields},
    )
    service = run(name="its service")
    assert answer(function, service, *grants) == expected


@pytest.mark.parametrize(
    ("public", "ranges", "expected"),
    [
        (True, ["0.0.0.0/0"], "OPEN"),
        (True, ["0.0.0.0/1", "128.0.0.0/1"], "OPEN"),
        (True, ["198.51.100.0/24"], "CLOSED"),
        (True, [], "CLOSED"),
        (False, ["0.0.0.0/0"], "CLOSED"),
        (None, ["0.0.0.0/0"], "UNSURE"),
        (True, None, "UNSURE"),
        (False, None, "CLOSED"),
    ],
)
def test_databases_and_control_planes_by_address_and_ranges(
    public: bool | None, ranges: list[str] | None, expected: str
) -> None:
    database = resource(
        CloudSQLInstance,
        f"//cloudsql.googleapis.com/projects/{PROJECT}/instances/s",
        public_address_enabled=public,
        authorized_networks=ranges,
        database_version="POSTGRES_16",
    )
    cluster = resource(
        Cluster,
        f"//container.googleapis.com/projects/{PROJECT}/locations/l/clusters/s",
        private_endpoint=None if public is None else not public,
        authorized_networks_enabled=True,
        authorized_networks=ranges,
    )
    assert answer(database) == expected
    assert answer(cluster) == expected
    unlimited = cluster.model_copy(update={"authorized_networks_enabled": False})
    opened = {True: "OPEN", False: "CLOSED", None: "UNSURE"}[public]
    assert answer(unlimited) == opened


def test_a_database_is_reached_on_the_port_of_its_engine() -> None:
    def ports(version: str) -> set[int]:
        database = resource(
            CloudSQLInstance,
            f"//cloudsql.googleapis.com/projects/{PROJECT}/instances/s",
            public_address_enabled=True,
            authorized_networks=["0.0.0.0/0"],
            database_version=version,
        )
        return {edge["from_port"] for _, edge in edges([database], **SCAN)}

    assert ports("MYSQL_8_0") == {3306}
    assert ports("SQLSERVER_2022_STANDARD") == {1433}
    assert ports("SOMETHING_ELSE") == {1433, 3306, 5432}


PUBLIC_ACL = json.dumps([{"entity": "allUsers", "role": "READER"}])
PRIVATE_ACL = json.dumps([{"entity": "project-owners-1", "role": "OWNER"}])


@pytest.mark.parametrize(
    ("fields", "grants", "expected"),
    [
        ({}, granted(["storage.objects.get"], BUCKET), "OPEN"),
        ({}, granted(["storage.objects.list"], OWN, "allAuthenticatedUsers"), "OPEN"),
        ({}, granted(["storage.buckets.get"], BUCKET), "CLOSED"),
        ({}, [], "CLOSED"),
        (
            {"public_access_prevention": "enforced"},
            granted(["storage.objects.get"], BUCKET),
            "CLOSED",
        ),
        ({"public_access_prevention": None}, granted(["storage.objects.get"], BUCKET), "UNSURE"),
        ({"public_access_prevention": None}, [], "CLOSED"),
        ({"uniform_access": False, "acl": PUBLIC_ACL}, [], "OPEN"),
        ({"uniform_access": False, "default_object_acl": PUBLIC_ACL}, [], "OPEN"),
        ({"uniform_access": False, "acl": PRIVATE_ACL}, [], "CLOSED"),
        ({"uniform_access": False, "acl": ""}, [], "UNSURE"),
        ({"uniform_access": False, "acl": None}, [], "UNSURE"),
        ({"uniform_access": True, "acl": PUBLIC_ACL}, [], "CLOSED"),
        ({"uniform_access": None, "acl": PUBLIC_ACL}, [], "UNSURE"),
    ],
)
def test_buckets_are_public_by_iam_or_by_lists(
    fields: Any, grants: list[Resource], expected: str
) -> None:
    known = {"uniform_access": True, "public_access_prevention": "inherited", **fields}
    assert answer(resource(Bucket, BUCKET, **known), *grants) == expected


@pytest.mark.parametrize(("enforced", "expected"), [(True, "CLOSED"), (False, "OPEN")])
def test_an_organization_policy_prevents_public_access(enforced: bool, expected: str) -> None:
    bucket = resource(Bucket, BUCKET, uniform_access=True, public_access_prevention="inherited")
    policy = resource(
        OrgPolicy,
        f"{ORGANIZATION}/policies/storage.publicAccessPrevention",
        account="organizations/1",
        constraint="storage.publicAccessPrevention",
        scope=ORGANIZATION,
        enforced=enforced,
        reset=False,
    )
    grants = granted(["storage.objects.get"], BUCKET)
    assert answer(bucket, policy, *grants) == expected
    assert answer(bucket, *grants, unread=("GCPOrgPolicy",)) == "UNSURE"


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (
            [{"iamMember": "allUsers", "condition": {"expression": "request.host == 'x'"}}],
            "UNSURE",
        ),
        ([{"role": "READER", "specialGroup": "allAuthenticatedUsers"}], "OPEN"),
        ([{"role": "READER", "iamMember": "allUsers"}], "OPEN"),
        ([{"role": "READER", "specialGroup": "projectReaders"}], "CLOSED"),
        ([], "CLOSED"),
        (None, "UNSURE"),
    ],
)
def test_datasets_are_public_by_their_entries(access: Any, expected: str) -> None:
    dataset = resource(
        Dataset,
        f"//bigquery.googleapis.com/projects/{PROJECT}/datasets/s",
        access=None if access is None else json.dumps(access),
    )
    assert answer(dataset) == expected


def test_single_tables_and_folders_may_be_public() -> None:
    dataset = f"//bigquery.googleapis.com/projects/{PROJECT}/datasets/s"
    held = resource(Dataset, dataset, access="[]")
    read = ["bigquery.tables.getData"]
    assert answer(held, *granted(read, f"{dataset}/tables/t")) == "OPEN"
    assert answer(held, *granted(read, f"{dataset}2/tables/t")) == "CLOSED"
    assert answer(held, *granted(["bigquery.tables.get"], f"{dataset}/tables/t")) == "CLOSED"
    bucket = resource(Bucket, BUCKET, uniform_access=True, public_access_prevention="inherited")
    objects = ["storage.objects.get"]
    folder = f"//storage.googleapis.com/projects/_/buckets/{bucket.name}/managedFolders/f"
    assert answer(bucket, *granted(objects, folder)) != "CLOSED"
    assert answer(bucket, *granted(objects, folder.replace("/buckets/", "/buckets/x"))) == "CLOSED"
    prevented = bucket.model_copy(update={"public_access_prevention": "enforced"})
    assert answer(prevented, *granted(objects, folder)) == "CLOSED"


@pytest.mark.parametrize(
    ("entry", "other", "expected"),
    [
        ({"view": {"projectId": PROJECT, "datasetId": "d", "tableId": "v"}}, "allUsers", "UNSURE"),
        ({"dataset": {"dataset": {"projectId": PROJECT, "datasetId": "d"}}}, "allUsers", "UNSURE"),
        ({"view": {"projectId": PROJECT, "datasetId": "d", "tableId": "v"}}, "user:a@b", "CLOSED"),
        ({"view": {"projectId": PROJECT, "datasetId": "s", "tableId": "v"}}, "allUsers", "CLOSED"),
        ({"view": {"projectId": "x", "datasetId": "d", "tableId": "v"}}, "user:a@b", "UNSURE"),
    ],
)
def test_a_public_view_shows_of_a_dataset_what_is_written_in_it(
    entry: Any, other: str, expected: str
) -> None:
    datasets = f"//bigquery.googleapis.com/projects/{PROJECT}/datasets"
    held = resource(Dataset, f"{datasets}/s", access=json.dumps([entry]))
    showing = resource(Dataset, f"{datasets}/d", access=json.dumps([{"iamMember": other}]))
    assert answer(held, showing) == expected


def test_a_view_that_is_public_by_itself_shows_what_is_written_in_it() -> None:
    datasets = f"//bigquery.googleapis.com/projects/{PROJECT}/datasets"
    named = {"projectId": PROJECT, "datasetId": "d", "tableId": "v"}
    held = resource(Dataset, f"{datasets}/s", access=json.dumps([{"view": named}]))
    showing = resource(Dataset, f"{datasets}/d", access="[]")
    assert answer(held, showing) == "CLOSED"
    reads = ["bigquery.tables.getData"]
    assert answer(held, showing, *granted(reads, f"{showing.id}/tables/v")) == "UNSURE"
