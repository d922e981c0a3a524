"""Every saved query says what it is, is portable, and finds in the demo what it promises."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from clew.graph.snapshot import Snapshot
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.neo4j import Neo4jStore
from clew.graph.stores.store import Node, Relationship, Store
from clew.queries import ParameterError, Query, QueryFileError, ScanNames, library, parse
from clew.scans.places import demo_folder
from servers.neo4j_server import Neo4jServer, needs_neo4j

QUERIES = list(library().values())
NOT_PORTABLE = re.compile(
    r"\b(labels?|type|datetime|timestamp|apoc|gds|shortestPath|elementId)\s*[(.]|\[\d+\]"
    r"|\b(CALL|CREATE|MERGE|SET|DELETE|REMOVE|LOAD)\b",
    re.IGNORECASE,
)


def examples(query: Query, scan: ScanNames) -> dict[str, Any]:
    given = {name: one.example for name, one in query.parameters.items() if one.example is not None}
    return {**query.values(given, scan)}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return Snapshot.open(demo_folder())


@pytest.fixture(scope="module")
def names(snapshot: Snapshot, embedded: Store) -> ScanNames:
    return ScanNames(embedded, snapshot)


@pytest.fixture(scope="module")
def embedded(snapshot: Snapshot) -> Iterator[Store]:
    with open_embedded(snapshot) as store:
        yield store


@pytest.fixture(scope="module")
def served(snapshot: Snapshot, neo4j_server: Neo4jServer) -> Iterator[Store]:
    with Neo4jStore(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as store:
        store.load(snapshot)
        yield store


def test_there_are_queries_for_every_cloud() -> None:
    assert len(QUERIES) >= 24
    assert {query.theme for query in QUERIES} == {"general", "aws", "azure", "gcp", "entra"}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_it_is_documented_and_portable(query: Query) -> None:
    assert query.title[0].isupper()
    assert not query.title.endswith(".")
    for text in (query.description, *query.columns.values()):
        assert text.endswith("."), text
    for parameter in query.parameters.values():
        assert parameter.description.endswith(".")
    assert set(re.findall(r"\$(\w+)", query.cypher)) == set(query.parameters)
    assert not NOT_PORTABLE.search(query.cypher), "write what both engines take"
    assert not re.search(r"-\[[^\]]*\*(\]|\.\.\])", query.cypher), "unbounded path"


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_it_finds_something_in_the_demo_with_the_columns_it_names(
    query: Query, embedded: Store, names: ScanNames
) -> None:
    rows = embedded.query(query.cypher, examples(query, names), timeout=30)
    assert rows, (
        "add an example of it to tests/estate and run: python tests/estate/build_demo.py; or give "
        "parameters an example that fits"
    )
    assert set(rows[0]) == set(query.columns), "name what it returns under `columns`"


@needs_neo4j
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.id)
def test_both_engines_answer_the_same(
    query: Query, snapshot: Snapshot, embedded: Store, served: Store
) -> None:
    answers = []
    for store in (embedded, served):
        given = examples(query, ScanNames(store, snapshot))
        answers.append(
            sorted(map(_comparable, store.query(query.cypher, given, timeout=60)), key=repr)
        )
    assert answers[0] == answers[1]


def _comparable(row: Mapping[str, Any]) -> list[Any]:
    return [(name, _simple(value)) for name, value in sorted(row.items())]


def _simple(value: Any) -> Any:
    if isinstance(value, Node):
        return value.label, value.id
    if isinstance(value, Relationship):
        return value.type, sorted(value.properties.items(), key=repr)
    return value


def rows_of(store: Store, name: str, **given: str) -> list[dict[str, Any]]:
    query = library()[name]
    scan = ScanNames(store, Snapshot.open(demo_folder()))
    values = query.values(given, scan) if given else examples(query, scan)
    return store.query(query.cypher, values)


def test_dangling_references_name_what_does_not_exist(embedded: Store) -> None:
    found = {(row["source"], row["target"].id) for row in rows_of(embedded, "dangling_references")}
    trail = "arn:aws:cloudtrail:us-east-1:444455556666:trail/old-trail"
    assert (trail, "arn:aws:s3:::clew-old-trail") in found
    assert not any(target == "arn:aws:s3:::clew-partner-logs" for _, target in found)


def test_around_shows_both_directions(embedded: Store) -> None:
    rows = rows_of(embedded, "around", id="arn:aws:s3:::clew-prod-trail")
    directions = {(row["direction"], row["edge"].type, row["other"].id) for row in rows}
    trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-trail"
    assert ("in", "LOGS_TO", trail) in directions
    assert ("out", "LOGS_TO", "arn:aws:s3:::clew-prod-access-logs") in directions


def test_a_role_is_used_by_instances_through_their_profile(embedded: Store) -> None:
    users = {row["id"] for row in rows_of(embedded, "role_used_by", role="app-instance")}
    assert any(":instance/" in user for user in users)
    assert any(":instance-profile/" in user for user in users)


def test_the_port_narrows_what_is_reachable(embedded: Store) -> None:
    ssh = rows_of(embedded, "internet_reachable", port="22")
    assert "bastion" in {row["resource"].properties["name"] for row in ssh}
    assert all(row["from_port"] is None or row["from_port"] <= 22 <= row["to_port"] for row in ssh)
    assert len(ssh) < len(rows_of(embedded, "internet_reachable"))


def test_an_unused_group_is_found_and_one_that_rules_name_is_not(embedded: Store) -> None:
    unused = {row["security_group"] for row in rows_of(embedded, "unused_security_groups")}
    assert "sg-0a100000000000006" in unused
    assert not unused & {"sg-0a100000000000002", "sg-0a100000000000003"}


HEADER = """/*
title: A title
description: A description.
parameters:
  size: {type: integer, description: A size., default: 3}
  names: {type: strings, description: Names., example: "a,b"}
  deep: {type: boolean, description: Deep., default: false}
columns:
  id: An id.
*/
MATCH (n:AWSRole) RETURN n.id AS id
"""


def test_parameters_are_read_by_their_type(names: ScanNames) -> None:
    query = parse("q", "aws", HEADER)
    assert query.cypher == "MATCH (n:AWSRole) RETURN n.id AS id"
    values = query.values({"size": "7", "names": "a, b,", "deep": "TRUE"}, names)
    assert values == {"size": 7, "names": ["a", "b"], "deep": True}
    assert query.values({"names": ""}, names) == {"size": 3, "names": [], "deep": False}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "q needs --param names=… (Names)."),
        ({"names": "a", "size": "x"}, "size must be an integer, not 'x'."),
        ({"names": "a", "deep": "yes"}, "deep must be true or false, not 'yes'."),
        ({"name": "a"}, "q has no parameter 'name'. Did you mean names?"),
        ({"zzz": "a"}, "q has no parameter 'zzz'. It takes: size, names, deep."),
    ],
)
def test_wrong_parameters_are_refused_with_what_would_be_right(
    given: dict[str, str], message: str, names: ScanNames
) -> None:
    with pytest.raises(ParameterError) as refused:
        parse("q", "aws", HEADER).values(given, names)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n) RETURN n",
        "/* title: [ */ MATCH (n) RETURN n",
        HEADER.replace("title: A title\n", ""),
        HEADER.replace('example: "a,b"', "unknown: 1"),
        HEADER.replace(', example: "a,b"', ""),
        "/*\n- a list\n*/ RETURN 1",
    ],
)
def test_a_file_that_lacks_something_is_refused(text: str) -> None:
    with pytest.raises(QueryFileError, match=r"aws/q\.cypher"):
        parse("q", "aws", text)
