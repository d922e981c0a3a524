"""A scan as Python has it: the same answers as the command line's."""

import json
from pathlib import Path

import clew as package
import pytest
from clew import Scan, ScanOptions, UsageError, open_scan, scan
from clew.graph.stores.store import QueryError
from clew.scans.attack_graph import NamedAttackGraph, ScannedAttackGraph
from cli.conftest import Clew, account
from cli.conftest import clew as clew
from servers.aws_replay import AwsReplay

replayed = account
SOME = ("cloudtrail_bucket_requires_mfa_delete", "paths_role_to_admin")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def demo() -> Scan:
    return open_scan("demo")


def test_resources_tables_and_edges_are_those_of_the_scan(demo: Scan) -> None:
    snapshot = demo.snapshot
    assert sum(1 for _ in demo.resources()) == sum(map(snapshot.node_count, snapshot.labels))
    buckets = list(demo.resources("AWSS3Bucket"))
    assert [each["id"] for each in buckets] == demo.table("AWSS3Bucket")["id"].to_pylist()
    assert {each["label"] for each in buckets} == {"AWSS3Bucket"}
    logged = demo.edges("LOGS_TO")
    assert logged.num_rows == sum(
        snapshot.edge_count(pair) for pair in snapshot.pairs if pair.rel == "LOGS_TO"
    )
    assert "AWSS3Bucket" in logged["target_label"].to_pylist()


def test_a_label_or_type_without_any_is_empty_and_a_misspelt_one_is_refused(demo: Scan) -> None:
    schema = demo.snapshot.schema
    unused = next(label for label in schema.labels if label not in demo.labels)
    assert demo.table(unused).num_rows == 0
    assert list(demo.resources(unused)) == []
    there = {pair.rel for pair in demo.snapshot.pairs}
    none = next((rel for rel in schema.relationships if rel not in there), None)
    assert none is None or demo.edges(none).num_rows == 0
    for ask in (demo.table, lambda label: list(demo.resources(label)), lambda x: demo.graph([x])):
        with pytest.raises(UsageError, match="Did you mean AWSS3Bucket"):
            ask("AWSS3Buckt")
    with pytest.raises(UsageError, match="LOGS_TO"):
        demo.edges("LOG_TO")


def test_the_graph_is_that_of_networkx(demo: Scan) -> None:
    graph = demo.graph(["AWSCloudTrailTrail", "AWSS3Bucket"])
    assert {data["label"] for _, data in graph.nodes(data=True)} == {
        "AWSCloudTrailTrail",
        "AWSS3Bucket",
    }
    assert {data["rel"] for *_, data in graph.edges(data=True)} >= {"LOGS_TO"}


def test_a_query_answers_as_the_command_does_and_names_its_gaps(demo: Scan, clew: Clew) -> None:
    found = demo.query("internet_reachable")
    said = clew("query", "demo", "internet_reachable", "-f", "json")
    assert sorted(map(repr, found)) == sorted(map(repr, said.json))
    assert bool(found.gaps) == ("so there may be further rows" in said.err)
    assert found.gaps
    assert not found.more
    first = demo.query("internet_reachable", limit=2)
    assert (len(first), first.more) == (2, True)
    around = demo.query("around", parameters={"id": "arn:aws:s3:::clew-prod-trail"})
    assert around
    counted = demo.query(
        cypher="MATCH (b:AWSS3Bucket) WHERE b.name = $name RETURN b.name AS name",
        parameters={"name": "clew-prod-trail"},
    )
    assert [dict(row) for row in counted] == [{"name": "clew-prod-trail"}]


def test_a_wrong_query_is_refused(demo: Scan) -> None:
    with pytest.raises(UsageError, match="internet_reachable"):
        demo.query("internet_reachabel")
    with pytest.raises(UsageError, match="one of the two"):
        demo.query("around", cypher="RETURN 1 AS one")
    with pytest.raises(UsageError, match="clew-prod-trail"):
        demo.query("around", parameters={"id": "clew-prod-trial"})
    with pytest.raises(QueryError):
        demo.query(cypher="CREATE (n:AWSS3Bucket {id: 'x'})")


def test_findings_are_those_of_the_command(demo: Scan, clew: Clew) -> None:
    found = demo.findings(checks=SOME)
    chosen = [word for check in SOME for word in ("-c", check)]
    assert [one.model_dump(mode="json") for one in found] == clew(
        "check", "demo", *chosen, "-f", "json"
    ).json
    assert sorted(found.checks) == sorted(SOME)
    with pytest.raises(UsageError, match="There is no check"):
        demo.findings(checks=["nope"])
    with pytest.raises(UsageError, match="There is no category 'expose'"):
        demo.findings(categories=["expose"])


def test_findings_of_a_category_are_those_of_its_checks(demo: Scan) -> None:
    found = demo.findings(categories=["availability"])
    assert found
    assert all("availability" in one.categories for one in found)
    assert {*found.checks} >= {one.check for one in found}


def test_checks_of_what_a_scan_did_not_read_are_named_as_skipped(
    replayed: AwsReplay, clew: Clew
) -> None:
    clew("scan", "aws", "--service", "cloudtrail")
    found = open_scan().findings(services=["ec2"])
    assert not found
    assert found.skipped


def test_findings_of_a_scan_of_tagged_resources_are_about_these(
    replayed: AwsReplay, clew: Clew
) -> None:
    clew("scan", "aws", "--service", "cloudtrail", "--tag", "team=payments")
    said = clew("check", "-f", "json")
    found = open_scan().findings()
    assert [one.model_dump(mode="json") for one in found] == said.json
    assert f"Left out: {found.untagged:,} finding" in said.err
    assert found.untagged


def test_paths_name_what_is_left_out_of_the_steps(tmp_path: Path, clew: Clew) -> None:
    user = {"UserName": "a", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/a"}
    saved = tmp_path / "iam.json"
    saved.write_text(json.dumps({"UserDetailList": [user], "RoleDetailList": []}))
    clew("import", saved, "-o", tmp_path / "scan")
    read = open_scan(tmp_path / "scan")
    notes = NamedAttackGraph(ScannedAttackGraph(read.snapshot)).unread
    assert any("control policies" in note for note in notes)
    assert {*notes} <= {gap.message for gap in read.paths(most=1).gaps}


def test_paths_are_those_of_the_command(demo: Scan, clew: Clew) -> None:
    found = demo.paths(sources=["internet"], most=5)
    assert (
        found.as_json()
        == clew("paths", "demo", "--from", "internet", "--max", "5", "-f", "json").json
    )
    assert found.paths
    with pytest.raises(UsageError, match="Nothing in the scan is called"):
        demo.paths("nobody-at-all")
    with pytest.raises(UsageError, match="called 'nobody'"):
        demo.paths(without=["nobody->greta"])


def test_coverage_is_that_of_the_command(demo: Scan, clew: Clew) -> None:
    said = clew("coverage", "demo", "-f", "json").json
    assert [row.as_json() for row in demo.coverage()] == said


def test_a_scan_from_python_is_one_as_the_command_makes(replayed: AwsReplay, home: Path) -> None:
    made = scan("aws", services=["cloudtrail"], options=ScanOptions(regions=["us-east-1"]))
    assert made.snapshot.path.parent == home / "scans"
    assert {each["name"] for each in made.resources("AWSCloudTrailTrail")} == {"main", "away"}
    assert open_scan().snapshot.digest == made.snapshot.digest
    with pytest.raises(UsageError, match="choose another folder"):
        scan("aws", output=made.snapshot.path)


def test_what_cannot_be_scanned_is_refused(home: Path) -> None:
    with pytest.raises(UsageError, match="Name a cloud: aws"):
        scan()
    with pytest.raises(UsageError, match="There is no cloud 'oracle'"):
        scan("oracle")
    with pytest.raises(UsageError, match="Did you mean cloudtrail"):
        scan("aws", services=["cloudtrial"])
    with pytest.raises(package.ClewError, match="There is no scan yet"):
        open_scan()


@pytest.mark.parametrize("resource", ["arn:aws:s3:::clew-prod-data/a", None])
def test_permissions_are_those_of_the_command_line(
    demo: Scan, resource: str | None, clew: Clew
) -> None:
    end = [] if resource is None else [resource]
    done = clew("can", "demo", "alice", "s3:GetObject", *end, "-f", "json")
    assert demo.can("alice", "s3:GetObject", resource).as_json() == done.json
    done = clew("who-can", "demo", "s3:GetObject", *end, "-f", "json")
    answer = demo.who_can("s3:GetObject", resource)
    assert answer.as_json() == done.json
    assert answer.answers


def test_a_request_is_asked_about_with_what_is_known_of_it(demo: Scan) -> None:
    role = "arn:aws:iam::111122223333:role/partner-audit"
    asked = ("sts:AssumeRole", role)
    (before,) = {row.decision for row in demo.who_can(*asked).answers if "9999" in row.principal}
    ids = {"sts:ExternalId": ["wrong"]}
    after = [row.decision for row in demo.who_can(*asked, context=ids).answers]
    assert before == "CONDITIONAL"
    assert "CONDITIONAL" not in after


def test_what_is_said_of_a_question_about_permissions_is_a_warning(demo: Scan) -> None:
    with pytest.warns(UserWarning, match="None of the scanned accounts owns"):
        answer = demo.can("alice", "s3:GetObject", "arn:aws:s3:::no-bucket-of-ours/x")
    assert [row.decision for row in answer.answers] == ["CONDITIONAL"]


def test_a_principal_or_an_action_that_there_is_not_is_said(demo: Scan) -> None:
    with pytest.raises(UsageError, match="nobody"):
        demo.can("nobody", "s3:GetObject")
    with pytest.raises(UsageError, match="action"):
        demo.who_can("nonsense")
