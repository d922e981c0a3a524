"""``clew paths`` and ``clew choke-points`` on a small account."""

import json
from collections.abc import Sequence
from pathlib import Path

import pydot
import pytest
from clew.graph.attack.provider import provider_types
from clew.graph.attack.ranking import BOUNDS
from support.identities import ACCOUNT, ADMIN, OTHER, Identities, allow, trust
from support.judging import Estate
from support.small_scans import scan_of

from .conftest import Clew

BOSS = f"arn:aws:iam::{ACCOUNT}:role/boss"
DORA = f"arn:aws:iam::{ACCOUNT}:user/dora"
GATE = f"arn:aws:iam::{ACCOUNT}:role/gate"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@pytest.fixture
def scan(clew: Clew, tmp_path: Path) -> Path:
    """Dora, Emil and Fay may become the gate, and the gate boss; Dora has a path of her own; Gus
    needs a second factor; Ida may do nothing."""
    iam = Identities()
    boss = iam.managed("all-of-it", ADMIN)
    iam.role("boss", trusts=trust(GATE, DORA), attached=[boss])
    iam.role("gate", allow("sts:AssumeRole", on=BOSS), trusts=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    shared = iam.managed("shared", {"Statement": allow("sts:AssumeRole", on=GATE, Sid="Go")})
    iam.user("dora", allow("iam:PutUserPolicy", on=DORA), attached=[shared])
    iam.user("emil", attached=[shared])
    iam.user("fay", attached=[shared])
    iam.user("gus", allow("iam:PutUserPolicy", Condition=MFA))
    iam.user("ida")
    (tmp_path / "iam.json").write_text(json.dumps({ACCOUNT: [iam.answer]}))
    (tmp_path / "scps.json").write_text(json.dumps([[ADMIN]]))
    arguments = ("--scps", tmp_path / "scps.json", "--rcps", tmp_path / "scps.json")
    assert clew("import", tmp_path / "iam.json", *arguments, "-o", tmp_path / "scan").code == 0
    return tmp_path / "scan"


@pytest.fixture
def uncovered_scan(tmp_path: Path) -> Path:
    """A scan of a cloud whose attack paths are not computed."""
    subscription = "00000000-0000-0000-0000-000000000001"
    estate = Estate([], accounts=(subscription,), regions=("global",), provider="gcp")
    scan_of(tmp_path / "gcp", estate)
    return tmp_path / "gcp"


def _ends(rows: list[dict[str, object]]) -> set[tuple[str, str]]:
    return {(str(row["source"]).rpartition("/")[2], str(row["target"])) for row in rows}


@pytest.fixture
def without_google(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if attack paths did not cover Google Cloud."""
    monkeypatch.delitem(provider_types(), "gcp")


def test_a_path_tells_every_step(clew: Clew, scan: Path) -> None:
    (path,) = clew("paths", scan, "--from", "emil", "-f", "json").json["paths"]
    assert (path["source"], path["target"]) == (f"arn:aws:iam::{ACCOUNT}:user/emil", BOSS)
    assert "all-of-it" in path["target_reason"]
    assert (path["difficulty"], path["conditional"]) == (2, False)
    first, second = path["hops"]
    assert (first["from"], first["to"], first["type"]) == (path["source"], GATE, "CAN_ASSUME")
    assert first["permissions"] == ["sts:AssumeRole"]
    assert first["conditions"] == []
    shared = {"policy": f"arn:aws:iam::{ACCOUNT}:policy/shared", "index": 0, "sid": "Go"}
    assert shared | {"effect": "Allow"} in first["statements"]
    assert (second["from"], second["to"]) == (GATE, BOSS)


def test_all_paths_of_all_sources_are_ranked(clew: Clew, scan: Path) -> None:
    rows = clew("paths", scan, "-f", "json").json["paths"]
    sources = {row["source"].rpartition("/")[2] for row in rows}
    assert sources == {"dora", "emil", "fay", "gate", "gus"}
    order = [(row["difficulty"], row["conditional"]) for row in rows]
    assert order == sorted(order)
    assert {row["conditional"] for row in rows if row["source"].endswith("/gus")} == {True}
    own = [row for row in rows if row["source"] == row["target"] == DORA]
    (hop,) = own[0]["hops"]
    assert (hop["from"], hop["to"], hop["to_state"]) == (DORA, DORA, "any policy")
    assert hop["title"] != hop["technique"]


def test_a_condition_is_named(clew: Clew, scan: Path) -> None:
    done = clew("paths", scan, "--from", "gus")
    first = done.out.splitlines()[0]
    assert first.startswith("1. gus → ")
    assert first.endswith("conditional)")
    assert any(
        line.strip().startswith("if ") and "aws:MultiFactorAuthPresent" in line
        for line in done.out.splitlines()
    )
    assert "only if conditions hold" in done.err


def test_a_table_is_a_block_for_each_path(clew: Clew, scan: Path) -> None:
    done = clew("paths", scan, "--from", "emil")
    lines = done.out.splitlines()
    assert lines[0] == "1. emil → boss  (difficulty 2, certain)"
    assert lines[1] == "   emil assumes gate"
    assert "     sts:AssumeRole" in lines
    assert max(map(len, lines)) <= 120
    assert done.err.splitlines()[0] == "1 path from 1 source."


def test_what_is_left_out_is_said(clew: Clew, scan: Path) -> None:
    everything = clew("paths", scan, "--max", "0", "-f", "json").json["paths"]
    done = clew("paths", scan, "--max", "3", "-f", "json")
    shown = done.json["paths"]
    assert len(shown) == len({row["source"] for row in shown}) == 3
    assert done.json["more"] is True
    assert "… and more, also from 2 other sources: --max 0 shows more." in done.err
    assert len(everything) > 5
    exact = clew("paths", scan, "--max", len(everything), "-f", "json")
    assert (exact.json["paths"], exact.json["more"]) == (everything, False)
    assert "and more," not in exact.err


def test_no_path_is_an_empty_document_and_a_sentence(clew: Clew, scan: Path) -> None:
    done = clew("paths", scan, "--from", "ida", "-f", "json")
    assert (done.code, done.json["paths"], done.json["more"]) == (0, [], False)
    found = "No attack path found from ida to admin in what was read; 1 gap:\n"
    assert done.err.startswith(found)
    assert clew("paths", scan, "--from", "internet").err.startswith(
        found.replace("ida", "internet")
    )


@pytest.mark.parametrize(("command", "key"), [("paths", "paths"), ("choke-points", "choke_points")])
def test_answers_say_what_they_cover_and_what_was_not_read(
    clew: Clew, scan: Path, command: str, key: str
) -> None:
    done = clew(command, scan, "-f", "json")
    assert (done.json["format"], done.json["covers"]) == (1, ["aws"])
    assert done.json[key]
    assert "AWSLambda" in {each.get("label") for each in done.json["gaps"]}
    assert all(each["message"] for each in done.json["gaps"])
    assert "1 gap, so there may be further paths:" in done.err
    assert "Left out by this scan's filters: " in done.err
    assert done.err.splitlines()[-1] == "Covers aws."


@pytest.mark.parametrize("command", ["paths", "choke-points", "choke"])
@pytest.mark.usefixtures("without_google")
def test_a_scan_of_which_no_cloud_is_covered_has_no_answer(
    clew: Clew, uncovered_scan: Path, command: str
) -> None:
    for form in ("table", "json"):
        done = clew(command, uncovered_scan, "-f", form)
        assert (done.code, done.out) == (2, "")
        assert "This scan holds gcp; attack paths cover aws, azure and entra only." in done.err


@pytest.mark.usefixtures("without_google")
def test_clouds_that_are_not_covered_are_named(clew: Clew) -> None:
    done = clew("paths", "demo", "--from", "internet", "--to", "greta")
    assert "No attack path found from internet to greta in what was read; " in done.err
    assert "AWSKMSKey: ListKeys failed (AccessDeniedException) in account 444455556666." in done.err
    assert "Covers aws, azure and entra. Not covered by attack paths yet: gcp." in done.err
    assert "more gaps; failed calls: clew coverage demo; all of them: -f json" in done.err
    assert "  Functions and buckets that are reached only behind a load balancer " in done.err


@pytest.mark.usefixtures("without_google")
def test_clouds_and_services_that_are_not_covered_are_gaps_in_json(clew: Clew) -> None:
    document = clew("paths", "demo", "--from", "internet", "-f", "json").json
    said = {(gap.get("provider"), gap["message"]) for gap in document["gaps"]}
    assert ("gcp", "Attack paths do not cover gcp yet.") in said
    for cloud, words in (("azure", "public storage account"), ("gcp", "Cloud Run")):
        assert any(provider == cloud and words in message for provider, message in said)


def test_gaps_of_one_call_are_one_line(clew: Clew, scan: Path) -> None:
    lines = clew("paths", scan).err.splitlines()
    assert len([line for line in lines if "filters" in line]) == 1


def test_an_admin_is_there_already(clew: Clew, scan: Path) -> None:
    (path,) = clew("paths", scan, "--from", BOSS, "-f", "json").json["paths"]
    assert (path["hops"], path["difficulty"], path["target"]) == ([], 0, BOSS)
    assert "boss is there already" in clew("paths", scan, "--from", BOSS).out


def test_paths_lead_to_whatever_is_asked_for(clew: Clew, scan: Path) -> None:
    assert _ends(
        clew("paths", scan, "--to", "gate", "--from", "fay", "-f", "json").json["paths"]
    ) == {("fay", GATE)}
    sources = {
        row["source"] for row in clew("paths", scan, "--to", GATE, "-f", "json").json["paths"]
    }
    assert GATE not in sources


@pytest.mark.parametrize(
    ("cut", "gone"),
    [
        ("shared", {"emil", "fay"}),
        (f"arn:aws:iam::{ACCOUNT}:policy/shared#1", {"emil", "fay"}),
        (f"arn:aws:iam::{ACCOUNT}:policy/shared#Go", {"emil", "fay"}),
        ("gate->boss", {"emil", "fay", "gate"}),
        (f"{GATE}->{BOSS}#sts-assume-role", {"emil", "fay", "gate"}),
        (f"{GATE}#trust", {"emil", "fay"}),
        ("boss#1", {"emil", "fay", "gate"}),
    ],
)
def test_what_if_something_were_gone(clew: Clew, scan: Path, cut: str, gone: set[str]) -> None:
    rows = clew("paths", scan, "--without", cut, "-f", "json").json["paths"]
    sources = {row["source"].rpartition("/")[2] for row in rows}
    assert sources == {"dora", "emil", "fay", "gate", "gus"} - gone


def test_cuts_add_up(clew: Clew, scan: Path) -> None:
    cuts = ("shared", "gate->boss", "dora->dora", "dora->boss")
    options = [word for cut in cuts for word in ("--without", cut)]
    rows = clew("paths", scan, *options, "-f", "json").json["paths"]
    assert {row["source"].rpartition("/")[2] for row in rows} == {"gus"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "dorra"), "Did you mean dora"),
        (("--to", "bosss"), "Did you mean boss"),
        (("--without", "shard"), "Did you mean shared"),
        (("--without", "shared#Gone"), "has no statement 'Gone'"),
        (("--without", "gate"), f"{GATE}#trust"),
        (("--without", "emil->boss"), "no step emil->boss"),
    ],
)
def test_a_wrong_name_is_one_helpful_sentence(
    clew: Clew, scan: Path, arguments: tuple[str, str], words: str
) -> None:
    done = clew("paths", scan, *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_drawings_can_be_read(clew: Clew, scan: Path) -> None:
    (graph,) = pydot.graph_from_dot_data(clew("paths", scan, "-f", "dot").out)  # type: ignore[misc]
    labels = {node.get_name(): node.get("label") for node in graph.get_nodes()}
    assert any("2 AWSUser" in str(label) and "emil" in str(label) for label in labels.values())
    assert {edge.get_source() for edge in graph.get_edges()} <= set(labels)
    lines = clew("paths", scan, "-f", "mermaid").out.splitlines()
    assert lines[0] == "flowchart LR"
    assert any("-.->" in line for line in lines)


def test_the_best_cut_comes_first(clew: Clew, scan: Path) -> None:
    first, *rest = clew("choke-points", scan, "-f", "json").json["choke_points"]
    assert (first["cut"], first["sources"], first["left"]) == (f"{GATE}->{BOSS}", 3, 2)
    assert first["share"] == 0.6
    assert first["steps"][0]["statements"]
    assert rest[-1]["left"] == 0
    assert rest[-1]["share"] == 1


def test_statements_and_policies_can_be_ranked(clew: Clew, scan: Path) -> None:
    statement, *_ = clew("choke-points", scan, "--by", "statement", "-n", "1", "-f", "json").json[
        "choke_points"
    ]
    assert statement["sources"] == 3
    left = clew("paths", scan, "--without", statement["cut"], "-f", "json").json["paths"]
    assert len({row["source"] for row in left}) == statement["left"]
    policies = clew("choke-points", scan, "--by", "policy", "-f", "json").json["choke_points"]
    assert [row["left"] for row in policies] == sorted(
        (row["left"] for row in policies), reverse=True
    )
    assert policies[0]["sources"] == 3
    table = clew("choke-points", scan, "--by", "policy").out.splitlines()
    assert table[0].split("  ")[0] == "CUT"
    assert len(table) == len(policies) + 1


def test_nothing_to_cut_is_said(clew: Clew, scan: Path) -> None:
    done = clew("choke-points", scan, "--from", "ida", "-f", "json")
    assert done.json["choke_points"] == []
    assert done.err.startswith("No attack path found from ida to admin in what was read; 1 gap:\n")


def test_the_old_name_of_choke_points_is_kept(clew: Clew, scan: Path) -> None:
    assert clew("choke", scan, "-f", "json").json == clew("choke-points", scan, "-f", "json").json
    assert " choke " not in clew("--help").out


def _unexpected(*_: object) -> None:
    raise AssertionError("what is kept was to be enough")


@pytest.mark.parametrize("command", [("paths",), ("paths", "--to", "data"), ("choke-points",)])
def test_what_was_answered_before_is_neither_read_nor_built_again(
    clew: Clew, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Sequence[str]
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    name, *more = command
    first = clew(name, scan, *more, "-f", "json")
    monkeypatch.setattr("clew.graph.traversal.load", _unexpected)
    monkeypatch.setattr("clew.graph.attack.attack_graph.attack_graph", _unexpected)
    assert clew(name, scan, *more, "-f", "json") == first
    assert first.code == 0


def test_checks_and_paths_share_one_attack_graph(
    clew: Clew, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    first = clew("check", scan, "--service", "paths", "-f", "json")
    assert first.json
    monkeypatch.setattr("clew.graph.attack.attack_graph.attack_graph", _unexpected)
    assert clew("check", scan, "--service", "paths", "-f", "json") == first
    assert clew("paths", scan, "--from", "emil", "--max", "1").code == 0


def test_a_what_if_is_built_anew(clew: Clew, scan: Path, tmp_path: Path) -> None:
    before = clew("paths", scan, "-f", "json")
    assert clew("paths", scan, "-f", "json", "--without", "all-of-it").json != before.json
    assert clew("paths", scan, "-f", "json") == before


def test_the_help_names_the_bounds(clew: Clew) -> None:
    words = " ".join(clew("paths", "--help").out.split())
    assert f"up to {BOUNDS.per_source} per source, {BOUNDS.total:,} in all" in words


def test_unread_organization_policies_are_said_once(clew: Clew, tmp_path: Path) -> None:
    iam = Identities(OTHER)
    iam.user("ann", allow("iam:PutUserPolicy"))
    (tmp_path / "iam.json").write_text(json.dumps({OTHER: [iam.answer]}))
    assert clew("import", tmp_path / "iam.json", "-o", tmp_path / "scan").code == 0
    done = clew("paths", tmp_path / "scan", "-f", "json")
    assert done.json["paths"]
    assert done.err.count("Service control policies") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "EntraDomain"), "No attack path starts or ends at an EntraDomain"),
        (("--to", "tag:data=sensible"), "Did you mean tag:data=sensitive"),
        (("--to", "AzureSubnet"), "No attack path starts or ends at an AzureSubnet"),
        (("--to", "arn:aws:s3:::clew-old-trail"), "'arn:aws:s3:::clew-old-trail' does not exist"),
        (("--from", "alise"), "Did you mean alice"),
    ],
)
@pytest.mark.parametrize("command", ["paths", "choke-points"])
def test_an_end_of_paths_that_does_not_exist_is_wrong_usage(
    command: str, arguments: tuple[str, str], says: str, clew: Clew
) -> None:
    done = clew(command, "demo", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
