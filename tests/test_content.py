"""Own content: what the documentation shows works, what is wrong with it is said, and what Clew
keeps in its cache is kept by content."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from clew import content, open_scan
from clew.checks import check_named, checks
from clew.checks.registry import file_of
from clew.collectors.registry import collectors, models
from clew.content import ContentError, use_content
from clew.graph.attack.provider import known_techniques
from clew.graph.cache import code_digest
from clew.queries import library
from cli.conftest import Clew
from cli.conftest import account as account
from cli.conftest import clew as clew
from servers.aws_replay import AwsReplay
from support.own_content import commands, files, write, write_content

CHECK = "checks/aws/s3/acme_bucket_has_owner.py"
QUERY = "queries/acme/acme_buckets_by_tag.cypher"
TECHNIQUE = "techniques/aws/acme-run-own-code.yaml"
COLLECTOR = "collectors/aws/polly.py"
LEXICON = {"Name": "names", "Attributes": {"LanguageCode": "en-GB"}}


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CLEW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(content.VARIABLE, raising=False)
    yield
    use_content()


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    return write_content(tmp_path / "acme")


def test_the_commands_of_the_page_work(
    acme: Path, clew: Clew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(acme.parent)
    said = {}
    for line in commands():
        done = clew(*shlex.split(line)[1:])
        assert done.code == 0, f"{line}: {done.err}"
        said[line.split()[3]] = done.out
    assert "acme_bucket_has_owner" in clew("--content", "acme", "list", "checks").out
    assert "FAIL" in said["check"]
    assert "clew-prod-data" in said["query"]
    assert "Let Acme's function run own code" in said["paths"]
    assert "polly" in clew("list", "collectors", "--content=acme").out
    assert "acme" not in clew("list", "checks").out


def test_each_kind_is_there_while_it_is_used(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {*checks()}, {*library()}, {*known_techniques()}, {*models()}
    for named in ("variable", "function"):
        if named == "variable":
            monkeypatch.setenv(content.VARIABLE, str(acme))
        else:
            monkeypatch.delenv(content.VARIABLE)
            use_content(acme)
        assert {*checks()} - before[0] == {"acme_bucket_has_owner"}
        assert {*library()} - before[1] == {"acme_buckets_by_tag"}
        assert {*known_techniques()} - before[2] == {"acme-run-own-code"}
        assert [each.label for each in models() if each not in before[3]] == ["AWSPollyLexicon"]
        assert "polly" in {each.service for each in collectors("aws")}
        assert file_of(checks()["acme_bucket_has_owner"]) == acme / CHECK
        assert check_named("acme_bucket_has_owner") == checks()["acme_bucket_has_owner"]
        assert check_named("cloudtrail_bucket_requires_mfa_delete")
    use_content()
    assert ({*checks()}, {*library()}, {*known_techniques()}, {*models()}) == before
    assert check_named("acme_bucket_has_owner") is None


def test_an_own_check_answers_manual_where_tags_were_not_read(acme: Path) -> None:
    use_content(acme)
    demo = open_scan("demo")
    found = {one.resource: one for one in demo.findings(checks=["acme_bucket_has_owner"])}
    for bucket in demo.resources("AWSS3Bucket"):
        if bucket["missing"] is None:
            expected = "MANUAL" if bucket["tags"] is None else "FAIL"
            assert found[bucket["id"]].status == expected


def test_an_own_collector_is_scanned_with_and_read_without(
    acme: Path, account: AwsReplay, clew: Clew, tmp_path: Path
) -> None:
    write(
        tmp_path / "estate/111122223333/us-east-1/polly.json",
        json.dumps({"ListLexicons": {"Lexicons": [LEXICON]}}),
    )
    done = clew("scan", "aws", "--service", "polly", "--content", acme)
    assert done.code == 0, done.err
    (lexicon,) = open_scan().resources("AWSPollyLexicon")
    assert lexicon["id"] == "arn:aws:polly:us-east-1:111122223333:lexicon/names"
    assert lexicon["language_code"] == "en-GB"
    refused = clew("scan", "aws", "--service", "polly")
    assert refused.code == 2


def test_what_is_kept_in_the_cache_is_kept_by_content(acme: Path, clew: Clew) -> None:
    """A technique and a check that change under the same name change the answers."""
    paths = ("--content", acme, "paths", "demo", "--from", "ci-deploy", "--to", "lambda-exec")
    check = ("--content", acme, "check", "demo", "-c", "acme_bucket_has_owner", "-f", "json")
    digest = code_digest()
    with content.using(str(acme)):
        assert code_digest() != digest
        with_it = code_digest()
    assert "acme-run-own-code" in clew(*paths, "-f", "json").out
    assert "acme-run-own-code" not in clew(*paths[2:], "-f", "json").out
    assert {one["status"] for one in clew(*check).json} <= {"FAIL", "MANUAL"}
    other = acme.parent / "other"
    shutil.copytree(acme, other)
    changed = files()[CHECK].replace(
        "any(tag IN bucket.tags WHERE tag STARTS WITH 'owner=')", "true"
    )
    write(other / CHECK, changed)
    with content.using(str(other)):
        assert code_digest() not in (digest, with_it)
    assert {one["status"] for one in clew("--content", other, *check[2:]).json} == {"PASS"}


TAKEN = {
    "check": (
        "checks/aws/any.py",
        "from clew.checks.aws.cloudtrail.cloudtrail_bucket_requires_mfa_delete import check\n",
        "cloudtrail_bucket_requires_mfa_delete",
    ),
    "query": ("queries/acme/key_used_by.cypher", files()[QUERY], "key_used_by"),
    "technique": (
        "techniques/aws/iam-put-own-user-policy.yaml",
        files()[TECHNIQUE].replace("acme-run-own-code", "iam-put-own-user-policy"),
        "iam-put-own-user-policy",
    ),
    "service": (
        "collectors/aws/other.py",
        files()[COLLECTOR].replace('"polly"', '"s3"'),
        "collector of aws s3",
    ),
    "label": (
        "collectors/aws/other.py",
        files()[COLLECTOR].replace("AWSPollyLexicon", "AWSS3Bucket"),
        "label AWSS3Bucket",
    ),
}
BROKEN = {
    "a check that cannot be parsed": (CHECK, "check = (\n", "SyntaxError"),
    "a check that cannot be imported": (CHECK, "import nothing_of_that_name\n", "nothing_of_that"),
    "a check that lacks something": (
        CHECK,
        "from clew.checks import Check\ncheck = Check(id='a')\n",
        "title",
    ),
    "a file without a check": (CHECK, "x = 1\n", "declares no check"),
    "what is no check": (CHECK, "check = 1\n", "no Check but int"),
    "a check of a misspelt label": (
        CHECK,
        files()[CHECK].replace("AWSS3Bucket", "AWSS3Buckt"),
        "AWSS3Bucket",
    ),
    "a check of a misspelt type": (
        CHECK,
        files()[CHECK].replace(
            "(bucket:AWSS3Bucket)", "(bucket:AWSS3Bucket)-[:LOG_TO]->(b:AWSS3Bucket)"
        ),
        "LOGS_TO",
    ),
    "a name that is no module's": ("checks/aws/s3/acme-check.py", files()[CHECK], "acme-check"),
    "a query without a header": (QUERY, "MATCH (n) RETURN n\n", "header"),
    "a query without columns": (QUERY, "/*\ntitle: X\n*/\nRETURN 1 AS one\n", "columns"),
    "a query that is no text": (QUERY, b"\xff\xfe", "utf-8"),
    "a technique that is no YAML": (TECHNIQUE, "id: [", "YAML|flow|parsing"),
    "a technique with an unknown key": (TECHNIQUE, files()[TECHNIQUE] + "nope: 1\n", "nope"),
    "a technique of a misspelt label": (
        TECHNIQUE,
        files()[TECHNIQUE].replace("existing: AWSLambda", "existing: AWSLamda"),
        "AWSLambda",
    ),
    "a technique of another name": (
        "techniques/aws/acme-other.yaml",
        files()[TECHNIQUE],
        "file's name",
    ),
    "a technique of no covered cloud": ("techniques/oracle/x.yaml", files()[TECHNIQUE], "aws"),
    "a technique of no cloud": ("techniques/acme-run-own-code.yaml", files()[TECHNIQUE], "aws"),
    "a technique from outside": (
        TECHNIQUE,
        "id: acme-run-own-code\nschema: 1\nprovider: aws\ntitle: In\ncategory: external\n"
        "edge: CAN_REACH\ndifficulty: 1\nsteps: In.\nremediation: Out.\n"
        "references: [https://example.com/]\n",
        "external",
    ),
    "a collector of no cloud": ("collectors/oracle/x.py", files()[COLLECTOR], "aws, azure"),
    "a file without a collector": (COLLECTOR, "x = 1\n", "defines no collector"),
}


@pytest.mark.parametrize("kind", [*TAKEN])
def test_a_name_that_is_taken_is_refused(kind: str, tmp_path: Path, clew: Clew) -> None:
    name, text, said = TAKEN[kind]
    refused(tmp_path, name, text, said, clew)


@pytest.mark.parametrize("kind", [*BROKEN])
def test_what_is_broken_is_one_error_that_names_the_file(
    kind: str, tmp_path: Path, clew: Clew
) -> None:
    refused(tmp_path, *BROKEN[kind], clew)


def refused(folder: Path, name: str, text: str | bytes, said: str, clew: Clew) -> None:
    file = folder / "own" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = clew("--content", folder / "own", "coverage", "demo")
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("Error: ")
    assert str(file) in done.err
    assert re.search(said, done.err)
    assert "Traceback" not in done.err
    assert "itself failed" not in done.err


def test_two_of_the_same_name_in_own_content_are_refused(tmp_path: Path, acme: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(acme, other)
    use_content(acme, other)
    for ask in (checks, library, known_techniques, models):
        with pytest.raises(ContentError, match="already"):
            ask()


def test_a_folder_that_is_none_or_holds_nothing_is_refused(tmp_path: Path, clew: Clew) -> None:
    assert "There is no folder" in clew("--content", tmp_path / "nope", "list", "checks").err
    assert "no own content" in clew("--content", tmp_path, "list", "checks").err
    assert clew("list", "checks", "--content").code == 2
    with pytest.raises(ContentError):
        use_content(tmp_path)
    assert content.content().folders == content.content().folders


def test_modules_of_own_content_can_import_each_other(acme: Path) -> None:
    write(acme / "checks/aws/s3/_owners.py", "TAG = 'owner='\n")
    text = files()[CHECK].replace("from clew.checks", "from ._owners import TAG\nfrom clew.checks")
    write(acme / CHECK, text)
    use_content(acme)
    assert "acme_bucket_has_owner" in checks()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's package, built and unpacked where Python finds it."""
    source = tmp_path_factory.mktemp("source")
    write_content(source / "acme_clew")
    for folder in (source / "acme_clew").rglob("*"):
        if folder.is_dir():
            (folder / "__init__.py").touch()
    (source / "acme_clew" / "__init__.py").touch()
    write(source / "pyproject.toml", files()["pyproject.toml"])
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"]
    done = subprocess.run(
        [*command, str(source / "dist"), str(source)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (source / "dist").glob("*.whl")
    place = tmp_path_factory.mktemp("installed")
    ZipFile(wheel).extractall(place)
    return place


def run(installed: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    found = os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "clew", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": found},
    )


def test_an_installed_package_is_used_by_itself(installed: Path) -> None:
    found = run(installed, "check", "demo", "-c", "acme_bucket_has_owner")
    assert found.returncode == 0, found.stderr
    assert "FAIL" in found.stdout
    tag = ("--param", "tag=data=sensitive")
    assert "clew-prod-data" in run(installed, "query", "demo", "acme_buckets_by_tag", *tag).stdout
    assert "acme-run-own-code" in run(installed, "list", "techniques").stdout
    assert "AWSPollyLexicon" in run(installed, "list", "labels").stdout


@pytest.mark.parametrize(
    ("value", "said"), [("nothing_here", "No module"), ("json.tool", "a package")]
)
def test_an_entry_point_that_leads_nowhere_is_one_error(
    value: str, said: str, tmp_path: Path
) -> None:
    write(
        tmp_path / "bad-1.dist-info" / "METADATA", "Metadata-Version: 2.1\nName: bad\nVersion: 1\n"
    )
    write(tmp_path / "bad-1.dist-info" / "entry_points.txt", f"[clew.checks]\nbad = {value}\n")
    done = run(tmp_path, "list", "checks")
    assert done.returncode == 1
    assert f"bad = {value}" in done.stderr
    assert said in done.stderr
