"""``query``, ``coverage``, ``list``, ``export``, ``push`` and ``demo`` over the demo's scan."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import networkx
import pytest
from clew.checks import checks
from clew.collectors.registry import collectors, models
from clew.graph.attack import ranking
from clew.queries import library
from servers.neo4j_server import Neo4jServer, needs_neo4j
from support.interrupting import as_from_a_terminal

from .conftest import Clew

TRAIL_BUCKETS = (
    "MATCH (t:AWSCloudTrailTrail)-[e:LOGS_TO]->(b:AWSS3Bucket) WHERE t.name = $name "
    "RETURN t.name AS name, e, b"
)


def test_a_saved_query_gives_rows_by_column(clew: Clew) -> None:
    done = clew("query", "demo", "bucket_used_by", "-p", "bucket=clew-prod-trail", "-f", "json")
    assert done.code == 0
    (row,) = [row for row in done.json if row["user"]["label"] == "AWSCloudTrailTrail"]
    assert list(row) == ["edge", "user", "id"]
    assert row["edge"]["type"] == "LOGS_TO"
    assert row["user"]["id"] == row["id"]


def test_cypher_of_ones_own_takes_parameters(clew: Clew) -> None:
    done = clew("query", "demo", "--cypher", TRAIL_BUCKETS, "-p", "name=old-trail", "-f", "json")
    (row,) = done.json
    assert row["e"]["via"] == "s3_bucket_name"
    assert row["b"]["missing"] == "NOT_FOUND"
    table = clew("query", "demo", "--cypher", TRAIL_BUCKETS, "-p", "name=old-trail").out
    assert table.splitlines()[1].split("  ")[1:] == ["LOGS_TO", "clew-old-trail (AWSS3Bucket)"]


def test_cypher_can_come_from_standard_input(
    clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "q").write_text("RETURN $n + 1 AS m")
    with (tmp_path / "q").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert clew("query", "demo", "--cypher", "-", "-p", "n=2", "-f", "json").json == [{"m": 3}]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
@pytest.mark.parametrize(
    "expression",
    [
        "size(range(1, 2000000000))",
        "size(repeat('x', 2000000000))",
        "range(1, 50000000)",
        "reverse(range(1, 2000000000))",
        "lpad('x', 2000000000, 'y')",
    ],
)
def test_a_query_takes_no_more_memory_than_it_may(clew: Clew, expression: str) -> None:
    done = clew("query", "demo", "--cypher", f"RETURN {expression} AS x")
    assert done.code == 1
    assert done.err == (
        "Error: The query needs more than 1 GiB of memory; ask for less, or give it more with "
        "--memory.\n"
    )


def test_a_query_takes_no_more_time_than_it_may(clew: Clew) -> None:
    slow = "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(i * j) AS n"
    done = clew("query", "demo", "--timeout", "0.2", "--cypher", slow)
    assert (done.code, done.err) == (1, "Error: The query took longer than 0.2 seconds.\n")


def test_a_query_reads_no_file(clew: Clew, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("canary")
    for query in (
        f"UNWIND [1] AS x LOAD WITH HEADERS (a STRING) FROM '{tmp_path}/secret' "
        "(file_format='csv') RETURN a",
        f"COPY (MATCH (n) RETURN n.id) TO '{tmp_path}/out.csv'",
    ):
        done = clew("query", "demo", "--cypher", query)
        assert (done.code, done.out) == (1, "")
        assert "Clew only reads" in done.err
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["secret"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_query_can_be_interrupted() -> None:
    slow = "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(i * j) AS n"
    command = [sys.executable, "-m", "clew", "query", "demo", "--cypher", slow]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=as_from_a_terminal
    ) as process:
        while not Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="files are bounded by the shell's ulimit")
def test_a_file_that_cannot_grow_is_one_sentence(tmp_path: Path) -> None:
    command = f"ulimit -f 64; exec {sys.executable} -m clew query demo --cypher 'RETURN 1 AS one'"
    done = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, "CLEW_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(("Error: The graph cannot be ", "Error: Nothing more can be "))
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.rglob("*.lbug")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="writes to /proc, where nobody can")
@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "demo", "around", "-p", "id=arn:aws:s3:::clew-prod-trail"),
        ("query", "demo", "internet_reachable"),
        ("check", "demo", "-c", "s3_bucket_public_access"),
        ("can", "demo", "dora", "iam:PutUserPolicy"),
        ("coverage", "demo"),
    ],
    ids=" ".join,
)
def test_a_cache_that_cannot_be_written_changes_no_answer(
    clew: Clew, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    expected = clew(*arguments, "-f", "json")
    monkeypatch.setenv("CLEW_CACHE_DIR", "/proc/clew")
    done = clew(*arguments, "-f", "json")
    assert done.code == expected.code == 0
    if arguments[0] == "coverage":  # what checks found, which sorts it, is kept in the cache alone
        answers = (done.json, expected.json)
        rows, known = (sorted(repr(row | {"findings": 0}) for row in each) for each in answers)
        assert rows == known
    else:
        assert done.json == expected.json


def test_whatever_a_query_returns_can_be_written(clew: Clew) -> None:
    path = (
        "MATCH p = (:AWSCloudTrailTrail {name: 'old-trail'})-[:LOGS_TO]->(:AWSS3Bucket) "
        "RETURN p, date('2025-01-01') AS day, 0.0 / 0.0 AS nan, [1, null] AS list, {a: 1} AS map"
    )
    (row,) = clew("query", "demo", "--cypher", path, "-f", "json").json
    assert [node["name"] for node in row["p"]["nodes"]] == ["old-trail", "clew-old-trail"]
    assert [edge["type"] for edge in row["p"]["relationships"]] == ["LOGS_TO"]
    assert (row["day"], row["nan"], row["list"], row["map"]) == (
        "2025-01-01",
        "nan",
        [1, None],
        {"a": 1},
    )
    table = clew("query", "demo", "--cypher", path).out
    assert "old-trail (AWSCloudTrailTrail) -LOGS_TO- clew-old-trail (AWSS3Bucket)" in table
    assert "2025-01-01" in clew("query", "demo", "--cypher", path, "-f", "csv").out


def test_a_limit_is_said(clew: Clew) -> None:
    ask = ("query", "demo", "--cypher", "UNWIND [1, 2, 3] AS n RETURN n", "-f", "json")
    limited = clew(*ask, "--limit", "2")
    assert (len(limited.json), "more than 2 rows" in limited.err) == (2, True)
    whole = clew(*ask, "--limit", "3")
    assert (len(whole.json), whole.err) == (3, "")
    assert len(clew(*ask, "--limit", "0").json) == 3


def test_no_rows_is_said_and_still_a_document(clew: Clew) -> None:
    done = clew("query", "demo", "find", "-p", "text=nope-nope", "-f", "json")
    assert (done.json, done.err) == ([], "No rows.\n")
    assert clew("query", "demo", "find", "-p", "text=nope-nope").out.split() == [
        "RESOURCE",
        "ID",
        "MISSING",
    ]


@pytest.mark.parametrize(
    ("query", "parameter", "says"),
    [
        ("key_used_by", "key=nope", "AWSKMSKey of account 444455556666 could not be listed"),
        ("bucket_used_by", "bucket=clew-prod-tral", "Did you mean clew-prod-trail"),
        ("role_used_by", "role=app-instnce", "Did you mean app-instance"),
        ("who_can_become", "role=clew-scan", "There is no AWSRole 'clew-scan' in this scan."),
        ("principals_by_policy", "policy=AdministratorAcess", "Did you mean AdministratorAccess"),
        ("can_become", "principal=arn:aws:iam::111122223333:user/nobody", "There is no"),
        ("around", "id=arn:aws:s3:::clew-prod-trial", "Did you mean arn:aws:s3:::clew-prod-trail"),
        ("administrators", "account=111122223334", "Did you mean 111122223333"),
        ("tagged", "tag=dta=sensitive", "Did you mean data or team?"),
        ("security_group_used_by", "security_group=default", ": say which."),
        ("stale_roles", "before=yesterday", "before must be a date such as 2025-12-31"),
        ("internet_reachable", "port=70000", "port must be 65535 or less"),
    ],
)
def test_a_parameter_that_names_nothing_is_wrong_usage(
    query: str, parameter: str, says: str, clew: Clew
) -> None:
    done = clew("query", "demo", query, "-p", parameter)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_an_answer_by_derived_edges_says_what_it_may_lack(form: str, clew: Clew) -> None:
    done = clew("query", "demo", "internet_reachable", "-p", "port=22", "-f", form)
    assert "gaps, so there may be further rows:" in done.err
    for words in ("appliances of other makers", "Cloud Run", "load_balancers.list_all failed"):
        assert words in done.err
    by_edge = "MATCH (:Internet)-[r:CAN_REACH]->(i:AWSEC2Instance) RETURN i.name"
    assert "further rows" not in clew("query", "demo", "--cypher", by_edge).err
    assert clew("query", "demo", "stale_roles", "-p", "before=2020-01-01").err in ("", "No rows.\n")


def test_a_name_and_the_full_identity_are_the_same_question(clew: Clew) -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/1a2b3c4d-1111-4111-8111-000000000001"
    rows = [
        clew("query", "demo", "key_used_by", "-p", f"key={name}", "-f", "json").json
        for name in (key, key[-36:], "alias/prod-data")
    ]
    assert rows[0]
    assert rows[0] == rows[1] == rows[2]


def test_coverage_tells_what_was_not_read_first(clew: Clew) -> None:
    done = clew("coverage", "demo")
    lines = done.out.splitlines()
    assert [head for head in lines[0].split() if head != "FINDINGS"] == [
        "STATUS",
        "CALL",
        "WHERE",
        "WHY",
    ]
    assert not [line for line in lines[1:] if line.startswith("ok ")]
    assert any("s3:GetBucketAcl" in line and "AccessDenied" in line for line in lines)
    rows = clew("coverage", "demo", "-f", "json").json
    assert list(rows[0]) == [
        "provider",
        "service",
        "operation",
        "account",
        "region",
        "status",
        "code",
        "message",
        "permission",
        "findings",
    ]
    (acl,) = [row for row in rows if row["operation"] == "GetBucketAcl" and row["status"] != "ok"]
    assert acl["permission"] == "s3:GetBucketAcl"
    assert "Microsoft.Network/loadBalancers/read" in done.err
    well = [row["status"] == "ok" for row in rows]
    assert well == sorted(well)
    assert any(well)
    assert any(line.startswith("ok ") for line in clew("coverage", "demo", "--all").out.split("\n"))


def test_coverage_counts_the_findings_that_a_call_leaves_open_once_checks_were_run(
    clew: Clew, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    before = clew("coverage", "demo")
    assert "FINDINGS" not in before.out
    assert "clew check demo, then this again" in before.err
    assert {row["findings"] for row in clew("coverage", "demo", "-f", "json").json} == {None}
    clew("check", "demo", "-c", "cloudtrail_bucket_requires_mfa_delete")
    rows = clew("coverage", "demo", "-f", "json").json
    failed = {row["operation"]: row["findings"] for row in rows if row["status"] != "ok"}
    assert failed["GetBucketVersioning"] == 1
    assert failed["ListKeys"] == 0
    assert {row["findings"] for row in rows if row["status"] == "ok"} == {0}
    (first, *_) = clew("coverage", "demo").out.splitlines()[1:]
    assert first.split()[:3] == ["denied", "1", "s3:GetBucketVersioning"]
    assert "of the checks that were run on this scan (1)." in clew("coverage", "demo").err


def test_everything_that_there_is_can_be_listed(clew: Clew) -> None:
    assert {row["id"] for row in clew("list", "checks", "-f", "json").json} == set(checks())
    assert {row["name"] for row in clew("list", "queries", "-f", "json").json} == set(library())
    assert clew("query", "--list", "-f", "json").json == clew("list", "queries", "-f", "json").json
    services = {
        row["service"] for row in clew("list", "collectors", "--provider", "gcp", "-f", "json").json
    }
    assert services == {each.service for each in collectors("gcp")}
    labels = {row["label"] for row in clew("list", "labels", "-f", "json").json}
    assert labels == {model.label for model in models()}


def test_a_check_is_explained(clew: Clew) -> None:
    (explained,) = clew("list", "checks", "s3_bucket_public_access", "-f", "json").json
    known = checks()["s3_bucket_public_access"]
    for name in ("title", "what", "why", "remediation"):
        assert explained[name] == getattr(known, name)
    table = clew("list", "checks", "s3_bucket_public_access").out
    assert known.remediation in table
    wrong = clew("list", "checks", "s3_bucket_public_acces")
    assert wrong.code == 2
    assert "Did you mean s3_bucket_public_access" in wrong.err


def test_a_label_shows_its_properties_and_edges(clew: Clew) -> None:
    rows = {
        row["property"]: row
        for row in clew("list", "labels", "AWSCloudTrailTrail", "-f", "json").json
    }
    assert rows["is_logging"]["type"] == "BOOL"
    assert rows["s3_bucket_name"]["meaning"] == "LOGS_TO → AWSS3Bucket, by name."


def test_permissions_are_a_policy_for_aws_and_a_list_elsewhere(clew: Clew) -> None:
    (statement,) = clew("list", "permissions", "aws", "--service", "cloudtrail").json["Statement"]
    assert statement["Effect"] == "Allow"
    assert "cloudtrail:DescribeTrails" in statement["Action"]
    assert not [action for action in statement["Action"] if not action.startswith("cloudtrail:")]
    assert isinstance(clew("list", "permissions", "azure").json, list)


@pytest.mark.parametrize("form", ["graphml", "gexf", "cytoscape", "dot", "cypher"])
def test_the_graph_is_exported(form: str, clew: Clew, tmp_path: Path) -> None:
    file = tmp_path / "graph"
    done = clew("export", "demo", "-f", form, "-o", file)
    assert done.code == 0
    assert done.out == ""
    nodes, edges = (int(word) for word in done.err.replace(",", "").split() if word.isdigit())
    if form == "graphml":
        graph = networkx.read_graphml(file)
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)
        bucket = graph.nodes["arn:aws:s3:::clew-prod-trail"]
        assert (bucket["label"], bucket["labels"]) == ("clew-prod-trail", "AWSS3Bucket")
    elif form == "gexf":
        graph = networkx.read_gexf(file, version="1.3")
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)
        assert graph.nodes["arn:aws:s3:::clew-prod-trail"]["label"] == "clew-prod-trail"
    elif form == "cytoscape":
        elements = json.loads(file.read_text())["elements"]
        assert (len(elements["nodes"]), len(elements["edges"])) == (nodes, edges)
    elif form == "cypher":
        assert "{id: 'arn:aws:s3:::clew-prod-trail'" in file.read_text().replace("`", "")
    else:
        assert file.read_text().count(" -> ") == edges


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ("opengraph", {"payload.json", "extension.json"}),
        ("neo4j-csv", {"nodes", "relationships", "import.sh", "schema.cypher"}),
        ("parquet", {"nodes", "edges"}),
    ],
)
def test_formats_of_many_files_are_folders(
    form: str, files: set[str], clew: Clew, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    part = ("demo", "--around", "clew-prod-trail", "-f", form)
    done = clew("export", *part, "-o", folder)
    assert done.code == 0, done.err
    assert {file.name for file in folder.iterdir()} == files
    assert {file.name for file in tmp_path.iterdir()} <= {"new", "home"}
    again = clew("export", *part, "-o", folder)
    assert (again.code, "is there already" in again.err) == (2, True)
    nowhere = clew("export", *part)
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "name it with --output" in nowhere.err


def test_attack_paths_go_to_bloodhound_with_all_kinds_of_the_scan(
    clew: Clew, tmp_path: Path
) -> None:
    done = clew(
        "export", "demo", "--paths", "--from", "internet", "-f", "opengraph", "-o", tmp_path / "p"
    )
    assert done.code == 0, done.err
    edges = json.loads((tmp_path / "p" / "payload.json").read_text())["graph"]["edges"]
    kinds = json.loads((tmp_path / "p" / "extension.json").read_text())
    traversable = {each["name"] for each in kinds["relationship_kinds"] if each["is_traversable"]}
    assert edges
    assert {edge["kind"] for edge in edges} <= traversable
    assert "Clew_AWSCloudTrailTrail" in {each["name"] for each in kinds["node_kinds"]}


def test_what_is_too_large_for_mermaid_is_refused(clew: Clew, tmp_path: Path) -> None:
    file = tmp_path / "graph.mmd"
    done = clew("export", "demo", "-f", "mermaid", "-o", file)
    assert done.code == 1
    assert "Mermaid draws at most 500 arrows" in done.err
    assert not file.exists()
    done = clew("export", "demo", "-f", "mermaid", "--around", "clew-prod-trail")
    assert done.out.startswith("flowchart LR")


def test_a_part_of_the_graph_is_exported(clew: Clew, tmp_path: Path) -> None:
    file = tmp_path / "graph"
    clew("export", "demo", "--around", "clew-prod-trail", "--depth", "1", "-o", file)
    near = networkx.read_graphml(file)
    bucket = "arn:aws:s3:::clew-prod-trail"
    assert bucket in near
    assert {*near} == {bucket, *near.predecessors(bucket), *near.successors(bucket)}
    clew("export", "demo", "--label", "AWSRole", "--label", "AWSPolicy", "-o", file)
    labels = {label for _, label in networkx.read_graphml(file).nodes(data="labels")}
    assert labels == {"AWSRole", "AWSPolicy"}


def test_what_a_query_returns_is_exported_with_the_edges_among_it(
    clew: Clew, tmp_path: Path
) -> None:
    file = tmp_path / "graph"
    cypher = "MATCH p = (t:AWSCloudTrailTrail)-[:LOGS_TO]->(b:AWSS3Bucket) RETURN p, {held: b} AS m"
    done = clew("export", "demo", "--cypher", cypher, "-o", file)
    assert done.code == 0, done.err
    graph = networkx.read_graphml(file)
    assert {label for _, label in graph.nodes(data="labels")} == {
        "AWSCloudTrailTrail",
        "AWSS3Bucket",
    }
    assert {"LOGS_TO"} == {label for *_, label in graph.edges(data="label")}
    done = clew("export", "demo", "--query", "internet_reachable", "-o", file)
    assert "so there may be further rows" in done.err
    found = clew("query", "demo", "internet_reachable", "-f", "json").json
    assert {row["resource"]["id"] for row in found} <= {*networkx.read_graphml(file)}
    clew("export", "demo", "--query", "around", "-p", "id=clew-prod-trail", "-o", file)
    assert networkx.read_graphml(file).number_of_edges()


def test_attack_paths_are_exported(clew: Clew, tmp_path: Path) -> None:
    file = tmp_path / "graph"
    done = clew("export", "demo", "--paths", "--from", "internet", "-f", "gexf", "-o", file)
    assert done.code == 0, done.err
    assert "Covers aws, azure, entra and gcp." in done.err
    graph = networkx.read_gexf(file, version="1.3")
    paths = clew("paths", "demo", "--from", "internet", "--max", "0", "-f", "json").json["paths"]
    hops = [hop for path in paths for hop in path["hops"]]
    found = {
        (graph.nodes[source]["resource"], data["rel"], graph.nodes[target]["resource"])
        for source, target, data in graph.edges(data=True)
    }
    assert found == {(hop["from"], hop["type"], hop["to"]) for hop in hops}
    techniques = {data.get("technique") for *_, data in graph.edges(data=True)}
    assert techniques == {hop["technique"] for hop in hops}
    assert any(data["administers"] for _, data in graph.nodes(data=True))


def test_that_not_all_paths_are_exported_is_said(
    clew: Clew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = ranking.Bounds(per_source=1, total=2)
    monkeypatch.setattr(ranking.ranked, "__defaults__", (0, None, bounds))
    done = clew("export", "demo", "--paths", "-o", tmp_path / "graph")
    assert "Not all paths are written: the best 2 paths" in done.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--query", "internet_reachabel"), "Did you mean internet_reachable"),
        (("--cypher", "RETURN 1 AS one"), "returns no nodes"),
        (("--around", "x", "--query", "y"), "Give one of"),
        (("--param", "a=b"), "--param is for"),
        (("--to", "data"), "are for --paths"),
        (("--paths", "--label", "AWSRole"), "no other part"),
        (("--label", "AWSRoles"), "There is no label 'AWSRoles'. Did you mean AWSRole"),
        (("--around", "nobody"), "No resource has the identity or the name 'nobody'."),
        (("--around", "bastion"), "resources are named 'bastion'"),
    ],
)
def test_a_part_that_is_not_there_is_an_error(
    options: tuple[str, ...], sentence: str, clew: Clew
) -> None:
    done = clew("export", "demo", *options)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


def test_an_address_of_another_kind_is_refused(clew: Clew) -> None:
    done = clew("push", "demo", "http://127.0.0.1:7474")
    assert (done.code, "is no address of a Neo4j server" in done.err) == (1, True)


def test_a_server_that_is_down_is_one_sentence(clew: Clew) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{free.getsockname()[1]}"
    done = clew("push", "demo", uri)
    assert done.code == 1
    assert uri in done.err
    assert len(done.err.strip().splitlines()) == 1


@needs_neo4j
def test_a_scan_is_pushed_and_a_wrong_password_refused(
    clew: Clew, neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_USERNAME", neo4j_server.user)
    if neo4j_server.password:
        monkeypatch.setenv("NEO4J_PASSWORD", "wrong" + neo4j_server.password)
        refused = clew("push", "demo", neo4j_server.uri)
        assert (refused.code, len(refused.err.strip().splitlines())) == (1, 1)
        monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    done = clew("push", "demo", neo4j_server.uri)
    assert (done.code, done.err.startswith("Loaded ")) == (0, True), done.err


def test_the_demo_as_json_holds_what_it_shows(clew: Clew) -> None:
    done = clew("demo", "-f", "json")
    assert done.code == 0
    found = done.json
    assert found["format"] == 1
    assert found["accounts"]["aws"] == ["111122223333", "444455556666"]
    checked = clew("check", "demo", "-f", "json").json
    numbers = Counter((one["severity"], one["status"]) for one in checked)
    assert numbers == Counter(
        {
            (severity, status): number
            for severity, counts in found["findings"].items()
            for status, number in counts.items()
            if number
        }
    )
    assert all(one in checked for one in found["top_findings"])
    for name, rows in found["queries"].items():
        assert rows == clew("query", "demo", name, "-f", "json").json
    assert [path["source"] for path in found["paths"]]
    assert {*found["covers"], *found["uncovered"]} == {"aws", "azure", "entra", "gcp"}


def test_the_demo_shows_the_estate_findings_queries_and_next_steps(clew: Clew) -> None:
    done = clew("demo")
    assert done.code == 0
    for words in (
        "aws: 111122223333, 444455556666",
        "calls failed; dependent checks are MANUAL, never PASS",
        "Top findings",
        "What can be reached from the internet",
        "bastion (AzureVirtualMachine)",
        "Internet → dev-lambda",
        "hugo (111122223333) takes over admins",
        "clew check demo",
    ):
        assert words in done.out
    for command in [line.split("  ")[1] for line in done.out.splitlines() if "  clew " in line]:
        if not command.startswith(("clew scan", "clew export")):
            assert clew(*command.removeprefix("clew ").split()).code == 0, command
