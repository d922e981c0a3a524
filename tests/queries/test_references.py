"""The queries for unresolved references find those that a resource tells of from either end."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.autoscaling import AutoScalingGroup
from clew.collectors.azure.network import NetworkSecurityGroup
from clew.collectors.entra.groups import Group
from clew.graph.snapshot import Snapshot
from clew.graph.stores.ladybug import LadybugStore, open_embedded
from clew.graph.stores.neo4j import Neo4jStore
from clew.graph.stores.store import Store
from clew.queries import ScanNames, library
from clew.scans.places import demo_folder
from servers.neo4j_server import Neo4jServer, needs_neo4j
from support.audit import blank
from support.judging import ACCOUNT, REGION, Estate
from support.small_scans import scan_of

GROUP = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/web"
TENANT = "//graph.microsoft.com/tenants/t1"
NETWORK = "resourcegroups/g/providers/microsoft.network"
SECURITY_GROUP = f"/subscriptions/s1/{NETWORK}/networksecuritygroups/n"
SUBNET = f"/subscriptions/s2/{NETWORK}/virtualnetworks/v/subnets/other"


AWS = Estate(
    [
        blank(
            AutoScalingGroup,
            id=GROUP,
            name="web",
            account=ACCOUNT,
            region=REGION,
            instances=["i-gone"],
            subnets=["subnet-gone"],
        ),
        blank(
            AutoScalingGroup,
            id=GROUP.replace("web", "unread"),
            name="unread",
            account=ACCOUNT,
            region=REGION,
        ).model_copy(update={"instances": None, "subnets": None}),
    ]
)
AZURE = Estate(
    [
        blank(NetworkSecurityGroup, id=SECURITY_GROUP, name="n", account="s1", subnets=[SUBNET]),
    ],
    accounts=("s1",),
    regions=(),
    provider="azure",
)
ENTRA = Estate(
    [
        blank(
            Group,
            id=f"{TENANT}/groups/g",
            name="g",
            account="t1",
            members=["somewhere"],
            owners=["elsewhere"],
        )
    ],
    accounts=("t1",),
    regions=(),
    provider="entra",
)

EXPECTED = [
    ("dangling_references", AWS, {("web", "MEMBER_OF", "in"), ("web", "IN_SUBNET", "out")}),
    (
        "unreadable_references",
        AWS,
        {("unread", "MEMBER_OF", "in"), ("unread", "IN_SUBNET", "out")},
    ),
    ("references_to_nobody", ENTRA, {("g", "MEMBER_OF", "in"), ("g", "OWNED_BY", "out")}),
    ("cross_account_references", AZURE, {("n", "PROTECTED_BY", "in")}),
]


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=needs_neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "neo4j":
        server: Neo4jServer = request.getfixturevalue("neo4j_server")
        with Neo4jStore(server.uri, server.user, server.password) as served:
            yield served
    else:
        with LadybugStore(tmp_path / "cache") as embedded:
            yield embedded


def rows_of(store: Store, snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    query = library()[name]
    return store.query(query.cypher, query.values({}, ScanNames(store, snapshot)))


@pytest.mark.parametrize(("name", "estate", "expected"), EXPECTED, ids=[e[0] for e in EXPECTED])
def test_a_reference_is_found_from_whichever_end_it_is_read(
    name: str, estate: Estate, expected: set[tuple[str, str, str]], store: Store, tmp_path: Path
) -> None:
    snapshot = scan_of(tmp_path / "scan", estate)
    store.load(snapshot)
    rows = rows_of(store, snapshot, name)
    names = {node.id: node.name for node in estate.resources}
    assert {(names[row["source"]], row["edge"].type, row["direction"]) for row in rows} == expected
    assert all(row["target"].properties["missing"] for row in rows)
    assert all(row.get("missing", "none") for row in rows)


REASONS = {
    "dangling_references": "NOT_FOUND",
    "unreadable_references": "UNREADABLE",
    "references_to_nobody": "UNKNOWN_OWNER",
}


def missing_ends(snapshot: Snapshot, *, derived: bool = False) -> Counter[str]:
    """How many edges that a field tells of have an end of each reason, without any query; with
    ``derived`` those too that no field tells of."""
    reasons = {
        row["id"]: row["missing"]
        for label in snapshot.labels
        for row in snapshot.nodes(label, ["id", "missing", "account"]).to_pylist()
        if row["missing"] and row["account"] != "aws"
    }
    return Counter(
        reasons[end]
        for pair in snapshot.pairs
        for row in snapshot.edges(pair, ["source", "target", "via"]).to_pylist()
        for end in (row["source"], row["target"])
        if (derived or row["via"] is not None) and end in reasons
    )


def test_as_many_are_found_as_the_snapshot_has() -> None:
    snapshot = Snapshot.open(demo_folder())
    counted = missing_ends(snapshot)
    with open_embedded(snapshot) as store:
        found = {reason: len(rows_of(store, snapshot, name)) for name, reason in REASONS.items()}
        crossing = rows_of(store, snapshot, "cross_account_references")
    assert found == {reason: counted[reason] for reason in REASONS.values()}
    outside = [row for row in crossing if row["missing"] == "CROSS_ACCOUNT"]
    assert len(outside) == missing_ends(snapshot, derived=True)["CROSS_ACCOUNT"]
    assert len(crossing) > len(outside)
