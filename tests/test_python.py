"""The package as Python has it: its names, what importing them costs, and its errors."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import clew
import pytest
from clew.cli.errors import ExitCode, explain

OURS = ("checks", "cli", "collectors", "graph", "queries", "scans")
OUTSIDE = ("ladybug", "networkx", "neo4j", "boto3", "botocore", "azure", "msgraph", "google.cloud")


def test_every_name_is_there_and_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "python.md").read_text("utf-8")
    assert {*clew.__all__} == {*clew._HOMES, "__version__"}
    for name in clew.__all__:
        value = getattr(clew, name)
        assert f"`{name}" in page, f"say in docs/python.md what {name} is"
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__
    assert {*clew.__all__} <= {*dir(clew)}
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = clew.nope


@pytest.mark.parametrize("program", ["import clew", "from clew import open_scan, Scan, ClewError"])
def test_importing_it_is_cheap(program: str) -> None:
    listing = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True)
    loaded = done.stdout.split()
    assert "clew" in loaded
    assert [name for name in loaded if name.startswith(OUTSIDE) or name == "typer"] == []
    if program == "import clew":
        assert [name for name in loaded if name.startswith(("clew.", "pydantic", "pyarrow"))] == []


def errors() -> set[type[Exception]]:
    """Every error of the package that is not private to its module."""
    found = set()
    for module in pkgutil.walk_packages(clew.__path__, "clew."):
        if not module.name.startswith(("clew.tests", "clew.docs", "clew.setup", "clew.__main__")):
            for value in vars(importlib.import_module(module.name)).values():
                is_error = inspect.isclass(value) and issubclass(value, Exception)
                if is_error and value.__module__.startswith("clew."):
                    found.add(value)
    return found


def handled() -> set[str]:
    """The names of the errors that something of the package catches, or asks whether it has."""
    root = Path(clew.__file__).parent
    found = set()
    files = (file for folder in OURS for file in (root / folder).rglob("*.py"))
    for file in (*root.glob("*.py"), *files):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            kind: ast.expr | None = None
            if isinstance(node, ast.ExceptHandler):
                kind = node.type
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
                kind = node.args[1]
            if kind:
                names = (each for each in ast.walk(kind) if isinstance(each, ast.Name))
                found |= {each.id for each in names}
    return found


def test_errors_are_one_tree() -> None:
    """But for those that never leave Clew, since something handles them, and those that are a
    mistake of the caller."""
    names = handled()
    apart = {
        error.__name__
        for error in errors()
        if not issubclass(error, (clew.ClewError, ValueError))
        and not names & {each.__name__ for each in error.__mro__[:-3]}
    }
    assert apart == set(), "derive it from ClewError: users see it"


@pytest.mark.parametrize("kind", [clew.ClewError, clew.UsageError, clew.StoreError])
def test_the_command_line_says_what_an_error_says(kind: type[clew.ClewError]) -> None:
    sentence, code = explain(kind("It is so.", "", "Do that."))
    assert sentence == "It is so. Do that."
    assert code == (ExitCode.USAGE if kind is clew.UsageError else ExitCode.FAILED)
