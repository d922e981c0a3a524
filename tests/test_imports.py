"""Imports point one way: cli → scans → checks, queries → graph → graph.model ← collectors."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import clew
import pytest

ROOT = Path(clew.__file__).parent
APART = {"tests", "docs", "build", "dist", "setup.py"}
"""What lies in the repository but not in the package."""


def modules() -> dict[str, Path]:
    """Every module of the package by its name within it; a package has its own name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] not in APART and path.name not in APART:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(name: str) -> Iterator[str]:
    """The modules of the package that a module imports, within functions too."""
    path = MODULES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                deeper = f"{target}.{alias.name}".strip(".")
                yield deeper if deeper in MODULES else target
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "clew":
            yield (node.module or "").partition(".")[2]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "clew":
                    yield alias.name.partition(".")[2]


IMPORTS = {(name, target) for name in MODULES for target in imported(name)}


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def shared(provider: str) -> set[str]:
    """The modules of a cloud that are no service: those without a collector or models of one."""
    return {
        name
        for name in MODULES
        if within(name, f"collectors.{provider}") and not declares_a_service(MODULES[name])
    }


def declares_a_service(path: Path) -> bool:
    """Whether a module defines a model, which has a label, or a collector, which has a service."""
    classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    return any(
        isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and each.targets[0].id in ("label", "service")
        for one in classes
        for each in one.body
    )


SHARED_BY_CLOUDS = {
    name for name in MODULES if within(name, "collectors") and name.count(".") < 2
} - {name for name in MODULES if (ROOT / name.replace(".", "/")).is_dir()}
CLOUDS = sorted(
    {
        name.split(".")[1]
        for name in MODULES
        if name.startswith("collectors.") and name.count(".") > 1
    }
)


def test_the_test_sees_imports() -> None:
    assert ("graph.linking", "graph.model") in IMPORTS
    assert ("collectors.aws.kms", "collectors.aws.base") in IMPORTS
    assert len(CLOUDS) >= 4
    assert {"collectors.aws.base", "collectors.aws.session"} <= shared("aws")
    assert "collectors.aws.kms" not in shared("aws")
    assert {"collectors.api", "collectors.failure"} <= SHARED_BY_CLOUDS


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_collector_knows_nothing_of_other_services_and_clouds(cloud: str) -> None:
    allowed = {*shared(cloud), *SHARED_BY_CLOUDS}
    wrong = {
        (name, target)
        for name, target in IMPORTS
        if within(name, f"collectors.{cloud}")
        and target not in allowed
        and not within(target, "graph.model")
    }
    assert wrong - IMPORTERS == set(), (
        "a collector imports graph.model and its cloud's base alone: refer to what another service "
        "owns by ref(LABEL, …)"
    )


IMPORTERS = {
    ("collectors.aws.authorization_details", "collectors.aws.iam"),
    ("collectors.aws.authorization_details", "collectors.aws.organizations"),
}
"""What reads a file instead of an API knows the services whose answers the file holds."""


@pytest.mark.parametrize(
    ("package", "never"),
    [
        (
            "content",
            ("checks", "queries", "collectors", "graph", "scans", "cli", "pipeline"),
        ),
        (
            "errors",
            ("checks", "queries", "collectors", "graph", "scans", "cli", "pipeline"),
        ),
        ("collectors", ("checks", "queries", "scans", "cli", "pipeline")),
        ("graph", ("checks", "queries", "collectors", "scans", "cli", "pipeline")),
        ("graph.model", ("graph.linking", "graph.schema", "graph.snapshot", "graph.stores")),
        ("checks", ("queries", "collectors", "scans", "cli", "pipeline")),
        ("queries", ("checks", "collectors", "scans", "cli", "pipeline")),
        ("pipeline", ("scans", "cli")),
        ("scans", ("cli",)),
    ],
)
def test_imports_point_one_way(package: str, never: tuple[str, ...]) -> None:
    wrong = {
        (name, target)
        for name, target in IMPORTS
        if within(name, package) and within(target, *never)
    }
    assert wrong == set()


def test_the_model_stands_alone() -> None:
    wrong = {
        (name, target)
        for name, target in IMPORTS
        if within(name, "graph.model") and not within(target, "graph.model")
    }
    assert wrong == set()


def test_what_is_excepted_is_still_there() -> None:
    every = {(name, target) for name in MODULES for target in imported(name)}
    assert every >= IMPORTERS


READ_AT_IMPORT = ("graph/attack/",)
"""Where the files lie that some module still reads when it is imported."""

WATCHING_IMPORTS = """
import importlib, sys

ours, seen = set(sys.argv[1:]), set()

def opened_by_us():
    frame = sys._getframe(2)
    while frame and "importlib" not in frame.f_code.co_filename:
        if frame.f_globals.get("__name__") in ours:
            return True
        frame = frame.f_back
    return False

def watch(event, args):
    if event in ("socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir", "os.remove"):
        seen.add(f"{event} {args}")
    if event == "open" and not str(args[0]).endswith(".py") and opened_by_us():
        seen.add(str(args[0]))

sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(seen), sep="\\n")
"""


def test_importing_a_module_does_no_io() -> None:
    """Beyond what Python reads to import it, nothing is opened, connected to or run."""
    names = ["clew" + (name and f".{name}") for name in MODULES if name != "__main__"]
    answer = subprocess.run(
        [sys.executable, "-B", "-c", WATCHING_IMPORTS, *names],
        capture_output=True,
        text=True,
        check=True,
    )
    excepted = tuple(str(ROOT / folder) for folder in READ_AT_IMPORT)
    done = [line for line in answer.stdout.splitlines() if line and not line.startswith(excepted)]
    assert done == []


GENERAL = [
    path
    for folder in ("graph", "checks", "collectors", "queries", "pipeline.py", "content.py")
    for path in [ROOT / folder, *sorted((ROOT / folder).rglob("*.py"))]
    if path.is_file() and not {*path.relative_to(ROOT).parts} & {*CLOUDS}
]
"""What is for every cloud."""
NAMED = re.compile(
    rf"\b({'|'.join(CLOUDS)}|google)\b|\barn:|^(AWS|Azure|Entra|GCP|GKE)[A-Z]", re.IGNORECASE
)


@pytest.mark.parametrize("path", GENERAL, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_general_names_no_cloud(path: Path) -> None:
    """Neither in what it imports nor in what it says; docstrings may give examples."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unnamed = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    named = [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and id(each) not in unnamed
    ]
    named += [each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
    assert not [each for each in named if NAMED.search(each)]
