"""What every command has in common: a quick start, one sentence for an error, exit codes."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from clew.checks import Category, FindingStatus
from clew.checks import Severity as CheckSeverity
from clew.cli import options
from clew.cli.errors import explain
from clew.cli.export import ExportFormat
from clew.collectors.registry import providers
from clew.graph.export import FORMATS

from .conftest import Clew

HEAVY = {
    "azure",
    "boto3",
    "botocore",
    "google",
    "ladybug",
    "msgraph",
    "neo4j",
    "networkx",
    "pyarrow",
    "yaml",
}


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd="/",
    )


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], HEAVY | {"pydantic"}),
        # Typer itself reads a command's options through pydantic.
        (["scan", "--help"], HEAVY),
        (["list", "checks", "--help"], HEAVY),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], heavy: set[str]) -> None:
    done = python(
        "import sys; from clew.cli.main import main\n"
        f"code = main({arguments!r})\n"
        "print('\\n' + ' '.join({name.split('.')[0] for name in sys.modules})); sys.exit(code)"
    )
    assert done.returncode == 0, done.stderr
    assert "Usage: clew" in done.stdout
    assert not heavy & set(done.stdout.splitlines()[-1].split())


def test_help_answers_at_once() -> None:
    """It loads the command line, what that prints with, and nothing else."""
    done = python(
        "import sys; before = {*sys.modules}; from clew.cli.main import main\n"
        "code = main(['--help'])\n"
        "print('\\n' + ' '.join(sys.modules.keys() - before)); sys.exit(code)"
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    own = {name for name in loaded if name.startswith("clew.")}
    further = {name for name in own if not name.startswith(("clew.cli", "clew.scans"))}
    options = {name for name in further if name.startswith("clew.collectors")}
    assert {name.rpartition(".")[2] for name in options} <= {"collectors", "options", *providers()}
    assert further - options <= {
        "clew.content",
        "clew.errors",
        "clew.graph",
        "clew.graph.suggestions",
    }
    others = {name.partition(".")[0] for name in loaded - own} - {*sys.stdlib_module_names}
    assert others <= {"annotated_doc", "clew", "shellingham", "typer"}


def test_the_version_is_said(clew: Clew) -> None:
    assert clew("--version").out.startswith("clew 0.")


def test_choices_are_those_of_the_modules_that_own_them() -> None:
    assert sorted(options.Provider) == [*providers()]
    assert [*options.Severity] == [*CheckSeverity]
    assert [*options.Category] == [*Category]
    assert set(options.Status) == set(FindingStatus)
    assert set(ExportFormat) == {*FORMATS, "html"}


def test_without_arguments_it_says_what_there_is(clew: Clew) -> None:
    done = clew()
    assert done.code == 2
    assert "Usage: clew" in done.err
    assert not done.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check', 'choke'?"),
        (["check", "--bogus"], "No such option: --bogus"),
        (["check", "-f", "xml"], "'xml' is not one of 'table', 'json', 'csv'"),
        (["check", "--fail-on", "bad"], "'bad' is not one of 'critical', 'high'"),
        (["scan"], "Missing argument"),
        (["scan", "azur"], "'azur' is not one of 'aws', 'azure', 'gcp', 'entra'"),
        (["scan", "aws", "--concurrency", "0"], "greater than or equal to 1"),
        (["scan", "aws", "--subscription", "x"], "--subscription is for azure"),
        (["scan", "aws", "--service", "cloudtrial"], "Did you mean cloudtrail"),
        (["scan", "aws", "--resume"], "No scan of aws was interrupted"),
        (["check", "nowhere"], "There is no scan 'nowhere'."),
        (["check", "demo", "-c", "cloudtrail_bucket"], "There is no check 'cloudtrail_bucket'."),
        (["check", "demo", "--service", "cloudtrial"], "Did you mean cloudtrail"),
        (["query", "demo"], "There is no query 'demo'."),
        (["query", "demo", "dangling"], "Did you mean dangling_references"),
        (["query"], "Name a saved query or give --cypher."),
        (["query", "demo", "around"], "around needs --param id="),
        (["query", "demo", "around", "-p", "id"], "--param id is not NAME=VALUE."),
        (["query", "demo", "internet_reachable", "-p", "port=ssh"], "port must be an integer"),
        (["query", "demo", "stale_roles", "-p", "befor=x"], "Did you mean before?"),
        (["query", "a", "b", "c"], "Too many arguments"),
        (["list", "labels", "AWSS3Buckets"], "Did you mean AWSS3Bucket"),
        (["list", "permissions", "aws", "--service", "s4"], "There is no aws service 's4'."),
        (["push", "demo"], "'demo' is not an address such as bolt://127.0.0.1:7687."),
        (["export", "demo", "-f", "png"], "'png' is not one of 'graphml'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    arguments: list[str], says: str, clew: Clew
) -> None:
    done = clew(*arguments)
    assert done.code == 2
    assert done.err.startswith("Error: ")
    assert says in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not done.out


def test_without_a_scan_it_says_how_to_make_one(clew: Clew) -> None:
    for command in (["check"], ["coverage"], ["query", "around", "-p", "id=x"], ["export"]):
        done = clew(*command)
        assert done.code == 1
        assert done.err == (
            "Error: There is no scan yet. Make one with `clew scan aws`, or try `clew demo`.\n"
        )


def test_a_damaged_or_newer_scan_is_refused(clew: Clew, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{")
    assert clew("coverage", tmp_path).err == f"Error: {manifest} is damaged; scan again.\n"
    manifest.write_text(json.dumps({"version": 999}))
    done = clew("coverage", tmp_path)
    assert done.code == 1
    assert "upgrade with: pip install -U clew" in done.err


def test_a_query_that_is_wrong_points_at_the_place(clew: Clew) -> None:
    done = clew("query", "demo", "--cypher", "MATCH (n:AWSRole)-[ RETURN n")
    assert done.code == 1
    assert "n cannot follow RETURN (line 1, column 28)" in done.err


def test_a_query_that_would_write_is_refused(clew: Clew) -> None:
    done = clew("query", "demo", "--cypher", "MATCH (n:AWSRole) DETACH DELETE n")
    assert done.code == 1
    assert len(done.err.strip().splitlines()) == 1


def test_a_traceback_is_shown_only_if_asked_for(clew: Clew) -> None:
    assert clew("check", "demo", "-c", "nope").code == 2
    with pytest.raises(Exception, match="There is no check 'nope'"):
        clew("check", "demo", "-c", "nope", "--debug")


@pytest.mark.parametrize(("options", "is_shown"), [([], False), (["--debug"], True)])
def test_what_libraries_log_is_shown_only_if_asked_for(options: list[str], is_shown: bool) -> None:
    script = (
        "import logging, sys; from clew.cli.main import main; main(sys.argv[1:]); "
        "logging.getLogger('some.library').warning('noise')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--version", *options],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("noise" in done.stderr) == is_shown


def test_an_error_of_its_own_is_a_sentence_too(clew: Clew, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str | None) -> None:
        raise ZeroDivisionError("oh\x1b[31m")

    monkeypatch.setattr("clew.cli.scans.open_scan", broken)
    done = clew("coverage", "demo")
    assert done.code == 1
    assert done.err.startswith("Error: Clew itself failed (ZeroDivisionError: oh\\x1b[31m).")


def test_a_reader_that_stops_early_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m clew list labels | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("LABEL")
    assert done.stderr == ""


def test_what_cannot_be_written_is_said(clew: Clew, tmp_path: Path) -> None:
    done = clew("coverage", "demo", "-o", tmp_path / "no" / "file.json")
    assert done.code == 1
    assert "No such file or directory" in done.err


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_one_sentence(code: int) -> None:
    for file, place in ((None, ""), ("/tmp/x", " to /tmp/x")):
        sentence, exit_code = explain(OSError(code, os.strerror(code), file))
        assert sentence == f"Nothing more can be written{place}: {os.strerror(code)}."
        assert exit_code == 1
