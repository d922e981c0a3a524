"""``clew mcp`` as an assistant has it: the official client starts it and talks to it over stdio."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
from cli.conftest import Clew
from support.interrupting import as_from_a_terminal

mcp = pytest.importorskip("mcp", reason="mcp is not installed")

ENDLESS = "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j RETURN count(i * j) AS n"
CHECK = "cloudtrail_bucket_requires_mfa_delete"


class Answer(NamedTuple):
    """What a tool answered."""

    is_error: bool
    text: str

    @property
    def json(self) -> Any:
        assert not self.is_error, self.text
        return json.loads(self.text)


class Assistant:
    """The official client, and the server that it has started; both live until it is closed."""

    def __init__(self, *options: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self._end = asyncio.Event()
        started: Future[Any] = Future()
        self._whole = asyncio.run_coroutine_threadsafe(self._talk(options, started), self._loop)
        self.client = started.result(timeout=300)

    async def _talk(self, options: tuple[str, ...], started: "Future[Any]") -> None:
        server = mcp.StdioServerParameters(
            command=sys.executable,
            args=["-m", "clew", "mcp", "demo", *options],
            env={name: value for name, value in os.environ.items() if "CLEW" in name},
        )
        try:
            async with mcp.Client(server) as client:
                started.set_result(client)
                await self._end.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    def wait(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=600)

    def ask(self, tool: str, **arguments: Any) -> Answer:
        answer = self.wait(self.client.call_tool(tool, arguments))
        (content,) = answer.content
        return Answer(bool(answer.is_error), content.text)

    def read(self, uri: str) -> Any:
        (content,) = self.wait(self.client.read_resource(uri)).contents
        assert content.mime_type == "application/json"
        return json.loads(content.text)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._whole.result(timeout=60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    made = Assistant("--limit", "100", "--timeout", "5")
    yield made
    made.close()


def test_every_tool_only_reads_and_says_what_it_is_for(assistant: Assistant) -> None:
    tools = assistant.wait(assistant.client.list_tools()).tools
    assert {tool.name for tool in tools} == {
        *("scan", "list", "resources", "around", "findings", "finding", "paths", "choke_points"),
        *("can", "who_can", "query", "cypher", "coverage"),
    }
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.description
        for name, argument in tool.input_schema["properties"].items():
            assert argument["description"], f"{tool.name}: {name}"


def test_the_scan_its_schema_and_its_labels_are_resources(assistant: Assistant) -> None:
    client = assistant.client
    listed = assistant.wait(client.list_resources()).resources
    assert {resource.uri for resource in listed} == {"clew://scan", "clew://schema"}
    assert all(resource.description for resource in listed)
    templates = assistant.wait(client.list_resource_templates()).resource_templates
    assert {each.uri_template for each in templates} == {
        "clew://labels/{label}",
        "clew://relationships/{relationship}",
    }
    assert assistant.read("clew://scan") == assistant.ask("scan").json
    schema = assistant.read("clew://schema")
    assert schema["labels"]["AWSS3Bucket"] > 0
    assert {row["type"] for row in schema["relationships"]} >= {"LOGS_TO", "CAN_ASSUME"}
    bucket = assistant.read("clew://labels/AWSS3Bucket")
    assert "mfa_delete" in {row["property"] for row in bucket["properties"]}
    between = assistant.read("clew://relationships/LOGS_TO")["between"]
    assert {"AWSS3Bucket", "AWSLogGroup"} <= {row["to"] for row in between}


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("clew://labels/AWSS3Buckt", "Did you mean AWSS3Bucket"),
        ("clew://nothing", "Unknown resource"),
        ("clew://labels/..%2f..%2fetc", ""),
        ("file:///etc/passwd", "Unknown resource"),
    ],
)
def test_a_resource_that_there_is_not_is_one_sentence(
    uri: str, says: str, assistant: Assistant
) -> None:
    with pytest.raises(mcp.MCPError) as refused:
        assistant.read(uri)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_lists_explain_each_and_are_cut_with_a_word(assistant: Assistant) -> None:
    for kind in ("checks", "queries", "labels", "relationships", "collectors", "techniques"):
        answer = assistant.ask("list", kind=kind, limit=2).json
        assert len(answer[kind]) == 2
        assert f"{answer['total'] - 2:,} more rows left out" in answer["left_out"]
        second = assistant.ask("list", kind=kind, limit=1, offset=1).json
        assert second[kind] == answer[kind][1:]
        name = next(iter(answer[kind][0].values()))
        if kind == "collectors":
            name = answer[kind][0]["service"]
        assert name in assistant.ask("list", kind=kind, name=name).text
    assert "remediation" in assistant.ask("list", kind="checks", name=CHECK).json
    assert assistant.ask("list", kind="checks", containing=CHECK).json["total"] == 1


def test_queries_and_cypher_say_what_they_may_lack(assistant: Assistant) -> None:
    rows = assistant.ask("query", name="internet_reachable", limit=2).json
    assert len(rows["rows"]) == 2
    assert "There are more rows" in rows["left_out"]
    assert rows["gaps"]
    around = assistant.ask("query", name="around", parameters={"id": "clew-prod-trail"}).json
    assert around["rows"]
    given = {"name": "clew-prod-trail", "names": ["a", "1"]}
    most = assistant.ask("cypher", cypher="UNWIND range(1, 500) AS x RETURN x", limit=300).json
    assert len(most["rows"]) == 100
    assert most["left_out"] == "There are more rows than these; narrow the question."
    text = "MATCH (b:AWSS3Bucket) WHERE b.name = $name RETURN b.name AS name, $names AS names"
    named = assistant.ask("cypher", cypher=text, parameters=given).json
    assert named["rows"] == [given]
    assert "left_out" not in named
    unlisted = assistant.ask("cypher", cypher="MATCH (k:AWSKMSKey) RETURN k.id").json
    assert any("ListKeys failed" in line for line in unlisted["gaps"])


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
def test_writing_cypher_is_refused(cypher: str, assistant: Assistant) -> None:
    refused = assistant.ask("cypher", cypher=cypher)
    assert refused.is_error
    assert "Clew only reads" in refused.text


def test_endless_cypher_is_ended_and_the_next_question_answered(assistant: Assistant) -> None:
    ended = assistant.ask("cypher", cypher=ENDLESS)
    assert ended == Answer(True, "The query took longer than 5 seconds.")
    assert assistant.ask("cypher", cypher="RETURN 1 AS one").json["rows"] == [{"one": 1}]


def test_what_no_assistant_reads_whole_is_cut_or_refused(assistant: Assistant) -> None:
    wide = "UNWIND range(1, 50) AS x RETURN x, repeat('y', 5000) AS y"
    cut = assistant.ask("cypher", cypher=wide).json
    assert 0 < len(cut["rows"]) < 50
    assert "more rows left out" in cut["left_out"]
    huge = assistant.ask("cypher", cypher="RETURN repeat('y', 3000000) AS y")
    assert huge.is_error
    assert "more than the 200,000" in huge.text


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("nothing", {}, "There is no tool 'nothing'"),
        ("findings", {"servity": "high"}, "There is no argument of findings 'servity'"),
        ("findings", {"statuses": ["GOOD"]}, "statuses.0: Input should be"),
        ("findings", {"account": "999"}, "The scan has no account '999'."),
        ("findings", {"checks": ["nope"]}, "There is no check 'nope'."),
        ("findings", {"resource": "nobody-at-all"}, "No resource has the identity or the name"),
        ("findings", {"limit": 0}, "limit: Input should be greater than or equal to 1."),
        ("finding", {"id": "x"}, "There is no finding 'x'."),
        ("query", {"name": "internet_reachabel"}, "Did you mean internet_reachable"),
        ("query", {"name": "around"}, "around needs --param id="),
        ("query", {"name": "around", "parameters": {"id": "no"}}, "no"),
        ("cypher", {"cypher": "MATCH (n:Nope) RETURN n"}, "Nope"),
        ("cypher", {"cypher": "MATCH ("}, ""),
        ("cypher", {"cypher": "-"}, "Give Cypher."),
        ("cypher", {"cypher": ""}, ""),
        ("cypher", {}, "cypher: Field required."),
        ("list", {"kind": "secrets"}, "kind: Input should be 'checks'"),
        ("list", {"kind": "labels", "name": "AWSS3Buckt"}, "Did you mean AWSS3Bucket"),
        ("around", {"resource": "nobody-at-all"}, "No resource has the identity or the name"),
        ("resources", {"label": "AWSS3Buckt"}, "Did you mean AWSS3Bucket"),
        ("paths", {"to": "nobody-at-all"}, "Nothing in the scan is called"),
        ("paths", {"without": ["a->b"]}, "a"),
        ("choke_points", {"sources": ["nobody-at-all"]}, "nobody-at-all"),
        ("can", {"principal": "\0", "action": "s3:GetObject"}, "is called"),
        ("can", {"principal": "x" * 5000, "action": "s3:GetObject"}, "is called"),
        ("can", {"principal": "dora", "action": "nonsense"}, "Give a principal and an action"),
        ("can", {"principal": "dora", "action": "s3:GetObjekt"}, "GetObject"),
        ("who_can", {"action": "s3:GetObject", "resource": "nothing"}, "nothing"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence(
    tool: str, arguments: dict[str, Any], says: str, assistant: Assistant
) -> None:
    refused = assistant.ask(tool, **arguments)
    assert refused.is_error
    assert says in refused.text
    assert "itself failed" not in refused.text
    assert "Traceback" not in refused.text
    assert "Error executing" not in refused.text


def test_paths_and_choke_points_are_those_of_the_command_line(
    assistant: Assistant, clew: Clew
) -> None:
    answer = assistant.ask("paths", sources=["internet"], to="data", limit=2).json
    said = clew("paths", "demo", "--from", "internet", "--to", "data", "--max", "2", "-f", "json")
    assert answer["paths"] == said.json["paths"]
    assert ("left_out" in answer) == said.json["more"]
    assert answer["covers"] == said.json["covers"]
    assert answer["gaps"]
    cuts = assistant.ask("choke_points", limit=2).json
    assert (
        cuts["choke_points"]
        == clew("choke-points", "demo", "-n", "2", "-f", "json").json["choke_points"]
    )
    assert "There are more cuts" in cuts["left_out"]


def test_permissions_are_those_of_the_command_line(assistant: Assistant, clew: Clew) -> None:
    role = "arn:aws:iam::444455556666:role/dev-admin"
    who = assistant.ask("who_can", action="sts:AssumeRole", resource=role).json
    said = clew("who-can", "demo", "sts:AssumeRole", role, "-f", "json").json
    assert who["answers"] == said["answers"]
    assert who["covers"] == ["aws"]
    assert bool(who["gaps"]) == bool(said["gaps"])
    everyone = assistant.ask("who_can", action="s3:GetObject", resource="*").json
    assert "All resources were asked about at once" in everyone["note"]
    context = {"aws:MultiFactorAuthPresent": "true"}
    can = assistant.ask(
        "can", principal="dora", action="iam:PutUserPolicy", resource="", context=context
    ).json
    words = ("--context", "aws:MultiFactorAuthPresent=true", "-f", "json")
    assert (
        can["answers"] == clew("can", "demo", "dora", "iam:PutUserPolicy", *words).json["answers"]
    )
    assert "in the scan" in can["summary"]


def test_a_resource_has_all_that_is_around_it(assistant: Assistant) -> None:
    by_name = assistant.ask("around", resource="clew-prod-trail").json
    assert by_name == assistant.ask("around", resource="arn:aws:s3:::clew-prod-trail").json
    assert by_name["resource"]["label"] == "AWSS3Bucket"
    assert {row["direction"] for row in by_name["references"]} == {"in", "out"}
    one = assistant.ask("around", resource="clew-prod-trail", limit=1).json
    assert "more reference" in one["left_out"]
    found = assistant.ask("resources", containing="prod-trail", label="AWSS3Bucket").json
    assert by_name["resource"] in found["resources"]


def test_findings_are_counted_whole_and_shown_in_short(assistant: Assistant, clew: Clew) -> None:
    said = clew("check", "demo", "-c", CHECK, "-f", "json").json
    answer = assistant.ask("findings", checks=[CHECK]).json
    assert sum(answer["counts"].values()) == len(said)
    assert answer["total"] == sum(found["status"] != "PASS" for found in said)
    assert answer["checks_run"] == 1
    whole = {found["id"]: found for found in said}
    first = answer["findings"][0]
    assert first.items() <= whole[first["id"]].items()
    assert assistant.ask("finding", id=first["id"]).json == whole[first["id"]]
    assert assistant.ask("findings", checks=[CHECK], limit=1).json["left_out"]
    about = assistant.ask("findings", checks=[CHECK], resource="dev-trail").json
    assert {found["status"] for found in about["findings"]} == {"MANUAL"}


def test_coverage_names_what_failed(assistant: Assistant, clew: Clew) -> None:
    answer = assistant.ask("coverage", limit=3).json
    assert len(answer["calls"]) == 3
    assert "more calls left out" in answer["left_out"]
    assert answer["missing_permissions"]
    said = clew("coverage", "demo", "-f", "json").json
    assert sum(answer["counts"].values()) == len(said)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['mcp'] = None; sys.modules['mcp.server'] = None\n"
        "sys.modules['mcp.server.mcpserver'] = None\n"
        "from clew.cli.main import main; sys.exit(main(['mcp', 'demo']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The Model Context Protocol needs its extra: pip install 'clew[mcp]'\n"
    )


def test_help_does_not_load_it() -> None:
    program = (
        "import sys; from clew.cli.main import main; code = main(['mcp', '--help'])\n"
        "print('LOADED', *(name for name in sys.modules if name.startswith('mcp')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "Usage: clew mcp" in done.stdout
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_it_ends_with_its_input_and_on_an_interrupt() -> None:
    command = [sys.executable, "-m", "clew", "mcp", "demo"]
    done = subprocess.run(command, input="", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_from_a_terminal,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGINT)
        said = process.stderr.read() if process.stderr else ""
        assert process.wait(timeout=60) == 130
    assert said == "Ended.\n"
