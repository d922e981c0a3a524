"""Verdicts on services that everybody reaches, or may."""

from typing import Any

import pytest
from clew.collectors.gcp.bigquery import Dataset
from clew.collectors.gcp.cloudsql import CloudSQLInstance
from clew.collectors.gcp.container import Cluster
from clew.collectors.gcp.functions import CloudFunction
from clew.collectors.gcp.storage import Bucket
from clew.graph.model import Resource
from support.gcp_estates import ORGANIZATION, PROJECT, estate, organization, project, resource
from support.gcp_platform import INVOKE, granted, run
from support.judging import verdicts

UNREAD = ("MANUAL", "UNREADABLE_FIELD")
EVERYWHERE = ["0.0.0.0/0"]
SQL = f"//cloudsql.googleapis.com/projects/{PROJECT}/instances/s"
GKE = f"//container.googleapis.com/projects/{PROJECT}/locations/l/clusters/s"
BUCKET = "//storage.googleapis.com/s"
DATASET = f"//bigquery.googleapis.com/projects/{PROJECT}/datasets/s"
FUNCTION = f"//cloudfunctions.googleapis.com/projects/{PROJECT}/locations/l/functions/s"
READ, OLD = "storage.objects.get", "cloudfunctions.functions.invoke"


def sql(public: bool | None) -> Any:
    known = {"authorized_networks": EVERYWHERE, "database_version": "MYSQL_8_0"}
    return resource(CloudSQLInstance, SQL, public_address_enabled=public, **known)


def gke(private: bool | None) -> Any:
    return resource(Cluster, GKE, private_endpoint=private, authorized_networks_enabled=False)


def bucket(prevention: str | None) -> Any:
    return resource(Bucket, BUCKET, uniform_access=True, public_access_prevention=prevention)


def function(ingress: str | None) -> Any:
    return resource(CloudFunction, FUNCTION, url="x", environment="GEN_1", ingress=ingress)


@pytest.mark.parametrize(
    ("check", "open_", "closed", "unsure", "grants"),
    [
        ("cloudsql_instance_open_to_internet", sql(True), sql(False), sql(None), []),
        ("gke_control_plane_open_to_internet", gke(False), gke(True), gke(None), []),
        (
            "cloudstorage_bucket_open_to_internet",
            bucket("inherited"),
            bucket("enforced"),
            bucket(None),
            granted([READ], ORGANIZATION),
        ),
        (
            "bigquery_dataset_open_to_internet",
            resource(Dataset, DATASET, access='[{"specialGroup":"allAuthenticatedUsers"}]'),
            resource(Dataset, DATASET, access="[]"),
            resource(Dataset, DATASET, access=None),
            [],
        ),
        (
            "cloudrun_service_open_to_internet",
            run(),
            run(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"),
            run(ingress=None),
            granted([INVOKE], ORGANIZATION),
        ),
        (
            "cloudfunction_open_to_internet",
            function("ALLOW_ALL"),
            function("ALLOW_INTERNAL_ONLY"),
            function(None),
            granted([OLD], ORGANIZATION),
        ),
    ],
)
def test_each_kind_of_service_has_each_verdict(
    check: str, open_: Any, closed: Any, unsure: Any, grants: list[Resource]
) -> None:
    for each, expected in ((open_, "FAIL"), (closed, "PASS"), (unsure, UNREAD)):
        resources = [organization(), project(PROJECT), each, *grants]
        assert verdicts(check, estate(*resources)) == {"s": expected}


def test_bindings_that_could_not_be_listed_are_no_pass() -> None:
    found = verdicts(
        "cloudrun_service_open_to_internet",
        estate(organization(), project(PROJECT), run(), unread=["GCPPolicyBinding"]),
    )
    assert found["s"][0] == "MANUAL"
