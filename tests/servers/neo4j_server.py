"""A real Neo4j for the tests that need one.

``running_neo4j`` takes the first of these that is there:

1. the server that ``CLEW_TEST_NEO4J_URI`` names, with ``CLEW_TEST_NEO4J_USER`` ("neo4j" unless
   set) and ``CLEW_TEST_NEO4J_PASSWORD`` (unset or empty: the server asks for none);
2. a container, where a Docker engine answers;
3. a Java process, where a JDK (17 or later) and Maven are installed. Maven resolves Neo4j
   Community once; from then on only the JDK is needed.

A test module asks for the fixture ``neo4j_server`` and sets ``pytestmark = needs_neo4j``, which
keeps all such tests in one worker of pytest-xdist, and so at one server.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
import pytest

_SOURCES = Path(__file__).parent / "neo4j"
# Taken at import, before any test points the user's directories elsewhere.
_CACHE = Path(platformdirs.user_cache_dir("clew-tests", appauthor=False), "neo4j")
_CACHE_DAYS = 30

_IMAGE = "neo4j:5.26-community"
_BOLT_PORT = 7687

_DOCKER_ANSWER_SECONDS = 3
_PREPARE_SECONDS = 900
_START_SECONDS = 180
_STOP_SECONDS = 60

needs_neo4j = pytest.mark.xdist_group("neo4j")


class Neo4jUnavailableError(Exception):
    """No Neo4j can be had on this machine; the message says what was tried."""


@dataclass(frozen=True)
class Neo4jServer:
    """Where a Neo4j listens and who may enter; without a password it asks for none."""

    uri: str
    user: str
    password: str | None = field(repr=False)

    @property
    def auth(self) -> tuple[str, str] | None:
        """What the driver takes as its ``auth``."""
        return None if self.password is None else (self.user, self.password)


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """A running Neo4j. Where none can be had, tests are skipped, or fail if ``CI`` is set."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_neo4j())
        except Neo4jUnavailableError as error:
            if os.environ.get("CI"):
                pytest.fail(str(error), pytrace=False)
            pytest.skip(str(error))
        yield server


@contextmanager
def running_neo4j() -> Iterator[Neo4jServer]:
    """Yields a Neo4j that answers; what was started for this ends with it.

    Raises ``Neo4jUnavailableError`` where none can be had. If a server named in the environment
    does not answer, the driver's error is raised: the tests must not pass on another server.
    """
    with ExitStack() as stack:
        yield _named_server() or _started_server(stack)


def _named_server() -> Neo4jServer | None:
    uri = os.environ.get("CLEW_TEST_NEO4J_URI")
    if not uri:
        return None
    server = Neo4jServer(
        uri=uri,
        user=os.environ.get("CLEW_TEST_NEO4J_USER") or "neo4j",
        password=os.environ.get("CLEW_TEST_NEO4J_PASSWORD") or None,
    )
    _await_answer(server, seconds=0)
    return server


def _started_server(stack: ExitStack) -> Neo4jServer:
    reasons = []
    for start in (_container, _java_process):
        try:
            return stack.enter_context(start())
        except Neo4jUnavailableError as error:
            reasons.append(str(error))
    raise Neo4jUnavailableError(f"no Neo4j: CLEW_TEST_NEO4J_URI is not set; {'; '.join(reasons)}")


def _await_answer(server: Neo4jServer, seconds: float) -> None:
    """Returns when the server answers; raises the driver's error when the time is over."""
    # Imported late, as conftest.py imports this module for every run of any test.
    from neo4j import GraphDatabase
    from neo4j.exceptions import DriverError, Neo4jError

    deadline = time.monotonic() + seconds
    while True:
        try:
            with GraphDatabase.driver(server.uri, auth=server.auth) as driver:
                driver.verify_connectivity()
            return
        except (DriverError, Neo4jError):
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.5)


@contextmanager
def _container() -> Iterator[Neo4jServer]:
    # Each kind of engine and transport fails with exceptions of its own; whichever it is, there
    # is no server from here.
    try:
        from testcontainers.core.container import DockerContainer
        from testcontainers.core.docker_client import DockerClient

        DockerClient(timeout=_DOCKER_ANSWER_SECONDS).client.ping()
    except Exception as error:
        raise Neo4jUnavailableError("no Docker engine answers") from error

    password = _new_password()
    container = (
        DockerContainer(_IMAGE)
        .with_env("NEO4J_AUTH", f"neo4j/{password}")
        .with_env("NEO4J_dbms_security_auth__max__failed__attempts", "0")
        .with_env("NEO4J_dbms_usage__report_enabled", "false")
        .with_env("NEO4J_server_memory_heap_max__size", "1g")
        .with_exposed_ports(_BOLT_PORT)
    )
    with ExitStack() as stack:
        stack.callback(container.stop)
        try:
            container.start()
            host, port = container.get_container_host_ip(), container.get_exposed_port(_BOLT_PORT)
            server = Neo4jServer(f"bolt://{host}:{port}", "neo4j", password)
            _await_answer(server, seconds=_START_SECONDS)
        except Exception as error:
            raise Neo4jUnavailableError(f"the container {_IMAGE} failed: {error}") from error
        yield server


@contextmanager
def importing_neo4j(script: Path) -> Iterator[Neo4jServer]:
    """Yields a Neo4j whose files ``neo4j-admin`` made, which a script called.

    Raises ``Neo4jUnavailableError`` where no Java process can be started.
    """

    def run_script(home: Path, java: Path, classpath: list[str]) -> None:
        (home / "conf").mkdir(parents=True)
        shutil.copyfile(_SOURCES / "neo4j.conf", home / "conf" / "neo4j.conf")
        (home / "bin").mkdir()
        admin = home / "bin" / "neo4j-admin"
        command = shlex.join([str(java), "-Xmx512m", "-cp", os.pathsep.join(classpath)])
        admin.write_text(f'#!/bin/sh\nexec {command} org.neo4j.cli.AdminTool "$@"\n')
        admin.chmod(0o755)
        done = subprocess.run(
            [script],
            env={
                **os.environ,
                "NEO4J_HOME": str(home),
                "NEO4J_CONF": str(home / "conf"),
                "PATH": f"{admin.parent}{os.pathsep}{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=_PREPARE_SECONDS,
        )
        assert done.returncode == 0, _tail(done.stdout + done.stderr)

    with _java_process(run_script) as server:
        yield server


def _nothing(home: Path, java: Path, classpath: list[str]) -> None:
    """Leaves the folder of a server as it is."""


@contextmanager
def _java_process(
    prepare: Callable[[Path, Path, list[str]], None] = _nothing,
) -> Iterator[Neo4jServer]:
    """Starts a server; ``prepare`` is given its folder before, the JVM and Neo4j's classpath."""
    java, javac = _jdk_tool("java"), _jdk_tool("javac")
    prepared = _prepared(java, javac)
    # Neo4j loads some ten thousand classes. The first run records them parsed and verified,
    # which halves the time that each later one takes to start.
    shared_classes = prepared / "classes.jsa"
    with tempfile.TemporaryDirectory(prefix="clew-neo4j-", ignore_cleanup_errors=True) as created:
        work = Path(created)
        prepare(work / "home", java, _classpath(prepared))
        recorded_classes = None if shared_classes.exists() else work / "classes.jsa"
        command = [
            str(java),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            # The server lives for a minute or so: the optimising compiler costs more than it saves.
            "-XX:TieredStopAtLevel=1",
            "-Xlog:disable",
            f"-Djava.io.tmpdir={work}",
            f"-Djna.tmpdir={work}",
            f"-XX:ArchiveClassesAtExit={recorded_classes}"
            if recorded_classes
            else f"-XX:SharedArchiveFile={shared_classes}",
            "-cp",
            os.pathsep.join([str(prepared / "launcher.jar"), *_classpath(prepared)]),
            "Launcher",
            str(work),
            str(_SOURCES / "neo4j.conf"),
        ]
        password = _new_password()
        log = work / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=work,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        try:
            assert process.stdin is not None
            # A process that is gone already has its reason in the log.
            with suppress(BrokenPipeError):
                process.stdin.write(f"{password}\n")
                process.stdin.flush()
            address = _ready_address(process, log)
            yield Neo4jServer(f"bolt://{address}", "neo4j", password)
            with suppress(subprocess.TimeoutExpired):
                process.communicate("stop\n", timeout=_STOP_SECONDS)
            if recorded_classes and process.returncode == 0:
                _keep(recorded_classes, shared_classes)
        finally:
            process.kill()
            process.communicate()


def _ready_address(process: subprocess.Popen[str], log: Path) -> str:
    """Waits for the launcher's word that Neo4j is up, and returns its host and port."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        ended = process.poll() is not None
        text = log.read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines(keepends=True):
            if line.startswith("READY ") and line.endswith("\n"):
                return line.split()[1]
        if ended or time.monotonic() >= deadline:
            what = f"exited with {process.returncode}" if ended else "took too long to start"
            raise Neo4jUnavailableError(f"the Java server {what}: {_tail(text)}")
        time.sleep(0.05)


def _prepared(java: Path, javac: Path) -> Path:
    """Returns the cached folder with the classpath and the launcher, made now if need be."""
    # The Java counts too, as recorded classes fit only the one that recorded them.
    key = hashlib.sha256(f"{java}\0{java.stat().st_mtime_ns}\0".encode())
    for name in ("pom.xml", "Launcher.java"):
        key.update((_SOURCES / name).read_bytes())
    folder = _CACHE / key.hexdigest()[:16]
    if _is_complete(folder):
        os.utime(folder)
        return folder

    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jUnavailableError("Maven (mvn) is not installed")
    _CACHE.mkdir(parents=True, exist_ok=True)
    _drop_unused()
    with tempfile.TemporaryDirectory(dir=_CACHE, prefix="new-") as created:
        new = Path(created, "prepared")
        new.mkdir()
        resolve = [maven, "-B", "-q", "-f", str(_SOURCES / "pom.xml"), "dependency:build-classpath"]
        _run([*resolve, f"-Dmdep.outputFile={new / 'classpath.txt'}"], "Maven")
        _compile_launcher(javac, new)
        # Another run may have made the same folder meanwhile; either will do.
        if not _is_complete(folder):
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                new.rename(folder)
    if not _is_complete(folder):
        raise Neo4jUnavailableError(f"{folder} cannot be written, or lists jars that are missing")
    return folder


def _compile_launcher(javac: Path, folder: Path) -> None:
    """Adds ``launcher.jar``; a jar, because classes from folders cannot be recorded."""
    classes = folder / "classes"
    source = _SOURCES / "Launcher.java"
    classpath = os.pathsep.join(_classpath(folder))
    _run([str(javac), "-proc:none", "-cp", classpath, "-d", str(classes), str(source)], "javac")
    with zipfile.ZipFile(folder / "launcher.jar", "w") as jar:
        for compiled in sorted(classes.glob("*.class")):
            jar.write(compiled, compiled.name)


def _is_complete(folder: Path) -> bool:
    if not (folder / "launcher.jar").is_file():
        return False
    return all(Path(jar).is_file() for jar in _classpath(folder))


def _classpath(folder: Path) -> list[str]:
    return (folder / "classpath.txt").read_text(encoding="utf-8").strip().split(os.pathsep)


def _keep(recorded: Path, shared: Path) -> None:
    """Moves recorded classes into the cache, whole or not at all; a run can do without them."""
    with suppress(OSError), tempfile.TemporaryDirectory(dir=_CACHE, prefix="new-") as created:
        copy = shutil.copyfile(recorded, Path(created, shared.name))
        copy.replace(shared)


def _drop_unused() -> None:
    oldest = time.time() - _CACHE_DAYS * 24 * 3600
    for folder in _CACHE.iterdir():
        with suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder)


def _jdk_tool(name: str) -> Path:
    home = os.environ.get("JAVA_HOME")
    found = (home and shutil.which(name, path=str(Path(home, "bin")))) or shutil.which(name)
    if not found:
        raise Neo4jUnavailableError(f"a JDK ({name}) is not installed")
    return Path(found).resolve()


def _run(command: list[str], name: str) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_PREPARE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Neo4jUnavailableError(f"{name} failed: {error}") from error
    if done.returncode != 0:
        raise Neo4jUnavailableError(f"{name} failed: {_tail(done.stdout)}")


def _tail(text: str) -> str:
    return text.strip()[-2000:] or "no output"


def _new_password() -> str:
    return secrets.token_hex(16)
