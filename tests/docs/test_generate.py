"""The generated pages say what the code says now, and every link in the docs leads somewhere."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from clew.cli.errors import ExitCode
from clew.cli.main import app
from clew.graph.attack.engine.requirement import Where
from typer.main import get_command

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_page_is_stale(generator: ModuleType) -> None:
    assert generator.stale() == [], "run: python docs/generate.py"


def test_the_state_that_a_technique_needs_is_documented(generator: ModuleType) -> None:
    wheres = [
        {"field": "state", "is": "ONLINE", "if_not": "the server is started"},
        {"field": "policy", "is": ""},
        {"field": "public", "is": False},
        {"field": "state", "in": ["RUNNING", "WAITING"]},
        {"field": "desired_count", "not_in": [0]},
        {"field": "protocols", "contains": "SFTP"},
        {"field": "versions", "count_below": 5},
        {"field": "roles", "count_at_least": 1},
    ]
    assert [generator._state(Where.model_validate(where)) for where in wheres] == [
        "`state` is ONLINE (otherwise only if the server is started)",
        "`policy` is empty",
        "`public` is false",
        "`state` is RUNNING or WAITING",
        "`desired_count` is not 0",
        "`protocols` contains SFTP",
        "`versions` has fewer than 5",
        "`roles` has 1 or more",
    ]


def test_every_command_and_exit_code_is_documented(generator: ModuleType) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    documented = {command[0] for command in generator.COMMANDS}
    assert documented == {name for name, command in commands.items() if not command.hidden}
    inner = {command[1] for command in generator.COMMANDS if len(command) == 2}
    assert inner == set(commands["list"].commands)
    assert set(generator.EXIT_CODES) == set(ExitCode)


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_within_the_docs_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target
    headings = {
        re.sub(r"[^\w -]", "", heading).replace(" ", "-").lower()
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for anchor in re.findall(r"\]\(#([^)]*)\)", text):
        assert anchor.lower() in headings, anchor
