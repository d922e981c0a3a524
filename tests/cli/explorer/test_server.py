"""The explorer's server answers one browser of this machine, and nobody else."""

import signal
import subprocess
import sys

import pytest
from clew.cli.explorer.answers import Answers
from clew.cli.explorer.guard import HEADERS, Guard
from clew.cli.explorer.server import ExplorerServer
from cli.conftest import Clew
from cli.explorer.conftest import Visitor
from hypothesis import given
from hypothesis import strategies as st
from support.interrupting import as_from_a_terminal

SLOW = "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(i * j) AS n"
ADDRESSES = ["/", "/app.js", "/api/scan", "/api/findings", "/nothing"]


def test_it_listens_on_this_machine_only(server: ExplorerServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.address.startswith(f"http://127.0.0.1:{server.server_port}/?token=")


@pytest.mark.parametrize("path", ADDRESSES)
def test_without_the_cookie_nothing_is_answered(path: str, visitor: Visitor) -> None:
    assert visitor.ask(path).status == 401
    visitor.cookie = f"clew-{visitor.port}=guessed"
    assert visitor.ask(path).status == 401


def test_a_query_needs_the_cookie(visitor: Visitor) -> None:
    assert visitor.ask("/api/query", "POST", {"cypher": "RETURN 1 AS x"}).status == 401


def test_the_token_is_changed_for_a_cookie_once(visitor: Visitor) -> None:
    first = visitor.ask(f"/?token={visitor.token}")
    assert (first.status, first.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {*first.headers["Set-Cookie"].split("; ")}
    again = visitor.ask(f"/?token={visitor.token}")
    assert again.status == 403
    assert "Set-Cookie" not in again.headers
    visitor.cookie = first.headers["Set-Cookie"].partition(";")[0]
    assert visitor.ask("/").status == 200
    assert visitor.ask(f"/?token={visitor.token}").headers["Location"] == "/"


@pytest.mark.parametrize("token", ["wrong", "%00", "é", ""])
def test_a_wrong_token_is_refused_and_uses_nothing_up(token: str, visitor: Visitor) -> None:
    assert visitor.ask("/?token=" + token.replace("é", "%C3%A9")).status in (401, 403)
    assert visitor.ask(f"/?token={visitor.token}").status == 303


@pytest.mark.parametrize("path", [*ADDRESSES, "/?token={token}"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "clew.example"},
        {"Host": "127.0.0.1"},
        {"Host": "localhost.clew.example:{port}"},
        {"Host": ""},
        {"Origin": "https://clew.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_another_host_or_origin_is_refused(
    path: str, headers: dict[str, str], server: ExplorerServer
) -> None:
    visitor = Visitor(server)
    sent = {name: value.format(port=visitor.port) for name, value in headers.items()}
    assert visitor.ask(path.format(token=visitor.token), **sent).status == 403
    # What was refused has not used the token up.
    visitor.admitted()
    assert visitor.ask(path.format(token="x"), **sent).status == 403
    assert visitor.ask("/api/query", "POST", {"cypher": "RETURN 1 AS x"}, **sent).status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_its_own_origin_is_answered(name: str, visitor: Visitor) -> None:
    own = {"Host": f"{name}:{visitor.port}", "Origin": f"http://{name}:{visitor.port}"}
    assert visitor.admitted().ask("/api/scan", **own, Sec_Fetch_Site="same-origin").status == 200


def test_every_answer_has_the_policy(visitor: Visitor) -> None:
    answers = [visitor.ask("/api/scan"), visitor.ask("/", Host="clew.example")]
    visitor.admitted()
    answers += [visitor.ask(path) for path in ADDRESSES]
    answers += [visitor.ask("/", method) for method in ("PUT", "OPTIONS")]
    for answer in answers:
        assert HEADERS.items() <= answer.headers.items()
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/../guard.py",
        "/%2e%2e/guard.py",
        "/..%2fguard.py",
        "//etc/passwd",
        "/pages/../../guard.py",
        "/vendor/THIRD-PARTY.md",
        "/pages",
        "/api/",
        "/api/nothing",
        "/api/__init__",
    ],
)
def test_what_is_no_page_is_not_found(path: str, visitor: Visitor) -> None:
    assert visitor.admitted().ask(path).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
def test_other_methods_are_not_taken(method: str, visitor: Visitor) -> None:
    assert visitor.admitted().ask("/api/scan", method).status == 501


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (:AWSUser {id: 'x'})",
        "MATCH (n:AWSUser) DETACH DELETE n",
        "MATCH (n:AWSUser) SET n.name = 'x' RETURN n",
        "COPY (MATCH (n) RETURN n.id) TO '/tmp/out.csv'",
        "LOAD FROM '/etc/passwd' RETURN *",
    ],
)
def test_a_query_only_reads(cypher: str, visitor: Visitor) -> None:
    refused = visitor.admitted().ask("/api/query", "POST", {"cypher": cypher})
    assert refused.status == 400
    assert "Clew only reads" in refused.json["error"]


def test_a_query_without_end_is_ended_and_the_next_one_answered(visitor: Visitor) -> None:
    ended = visitor.admitted().ask("/api/query", "POST", {"cypher": SLOW})
    assert (ended.status, ended.json) == (400, {"error": "The query took longer than 1 seconds."})
    answer = visitor.ask("/api/query", "POST", {"cypher": "RETURN 1 AS x"})
    assert answer.json == {"columns": ["x"], "rows": [{"x": 1}], "more": False, "gaps": []}


def test_that_there_are_more_rows_is_said(visitor: Visitor) -> None:
    cypher = "UNWIND range(1, 101) AS x RETURN x"
    answer = visitor.admitted().ask("/api/query", "POST", {"cypher": cypher}).json
    assert (len(answer["rows"]), answer["more"]) == (100, True)


def test_a_query_by_derived_edges_says_what_it_may_lack(visitor: Visitor) -> None:
    cypher = "MATCH (a:AWSUser)-[:CAN_ASSUME]->(b:AWSRole) RETURN a, b"
    assert visitor.admitted().ask("/api/query", "POST", {"cypher": cypher}).json["gaps"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b"[" * 100_000,
        {},
        {"name": 7},
        {"cypher": ["RETURN 1"]},
        {"cypher": "-"},
        {"name": "account_reach", "cypher": "RETURN 1"},
        {"cypher": "RETURN 1 AS x", "parameters": []},
        {"name": "there_is_no_such_query"},
    ],
)
def test_what_is_no_query_is_one_sentence(body: object, visitor: Visitor) -> None:
    refused = visitor.admitted().ask("/api/query", "POST", body)
    assert refused.status == 400
    assert "itself failed" not in refused.json["error"]


def test_what_is_posted_has_a_limit_and_a_type(visitor: Visitor) -> None:
    visitor.admitted()
    assert visitor.ask("/api/query", "POST", b"", Content_Length="1000001").status == 413
    assert visitor.ask("/api/query", "POST", b"{}", Content_Type="text/plain").status == 404
    assert visitor.ask("/api/scan", "POST", {}).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/paths?to=nobody",
        "/api/paths?to=a&to=b",
        "/api/paths?max=x",
        "/api/paths?without=a-%3Eb",
        "/api/resource?id=nothing",
        "/api/resource",
        "/api/who-can?action=s3:GetObject",
        "/api/who-can?action=nonsense&resource=x",
        "/api/choke-points?number=-1",
        "/api/choke-points?by=luck",
        "/api/compliance",
        "/api/compliance?framework=nothing",
        "/api/diff",
        "/api/diff?old=%2Fetc",
    ],
)
def test_what_cannot_be_answered_is_one_sentence(path: str, visitor: Visitor) -> None:
    refused = visitor.admitted().ask(path)
    assert refused.status == 400
    assert "failed (" not in refused.json["error"]


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("findings", ("check", "demo")),
        ("coverage", ("coverage", "demo")),
        ("paths", ("paths", "demo")),
        ("paths?to=data&from=internet&max=5", ("paths", "demo", "--to", "data", "--from")),
        ("choke-points?number=3", ("choke-points", "demo", "-n", "3")),
        (
            "choke-points?number=1&by=statement",
            ("choke-points", "demo", *("-n", "1", "--by", "statement")),
        ),
        ("compliance?framework=cis-aws-3.0", ("check", "demo", "--compliance", "cis-aws-3.0")),
        ("diff?old=demo", ("diff", "demo", "demo")),
        ("techniques", ("list", "techniques")),
        (
            "who-can?action=sts:AssumeRole&resource=arn:aws:iam::444455556666:role/dev-admin",
            ("who-can", "demo", "sts:AssumeRole", "arn:aws:iam::444455556666:role/dev-admin"),
        ),
    ],
)
def test_answers_are_those_of_the_command_line(
    question: str, command: tuple[str, ...], visitor: Visitor, clew: Clew
) -> None:
    more = ("internet", "--max", "5") if command[-1] == "--from" else ()
    answer = visitor.admitted().ask(f"/api/{question}").json
    assert answer == clew(*command, *more, "-f", "json").json


def test_the_answers_are_kept_to_a_number(answers: Answers) -> None:
    for number in range(1, 250):
        answers.get("paths", {"from": ["internet"], "to": ["data"], "max": [str(number)]})
    assert len(answers._kept) <= 200


@given(st.dictionaries(st.sampled_from(["Host", "Origin", "Cookie"]), st.text()), st.text())
def test_no_headers_or_token_are_let_in_by_luck(headers: dict[str, str], token: str) -> None:
    guard = Guard(4242)
    assert guard.refusal(headers) or headers["Host"] in ("127.0.0.1:4242", "localhost:4242")
    assert not guard.admits(headers)
    assert guard.exchange(token) is None


def test_an_interrupt_ends_it_cleanly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "clew", "serve", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_from_a_terminal,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert said.endswith("Ended.\n")
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_one_sentence(server: ExplorerServer, clew: Clew) -> None:
    done = clew("serve", "demo", "--port", str(server.server_port))
    assert done.code == 1
    assert done.err.startswith(f"Error: Port {server.server_port} cannot be used")
