"""Measures how Clew handles an estate of a given size.

    python tests/benchmarks/run.py --nodes 200000 --references 1000000

Each benchmark runs in a process of its own and prints one row of a Markdown table: what was done,
how long it took by the clock and of the processors, and the most memory that the process held.
``--only`` chooses benchmarks; further ones are functions marked with ``@benchmark``.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import azure_tenant, dense
from benchmarks.generate import estate
from benchmarks.in_browser import explored
from benchmarks.many_directory_objects import running_many_directory_objects
from benchmarks.many_labels import write_with_labels
from benchmarks.many_subscriptions import running_many_subscriptions
from benchmarks.multiply import multiplied, of_accounts
from benchmarks.roles import POLICIES, estate_of_distinct
from benchmarks.roles import estate as estate_of_roles
from benchmarks.slow_aws import running_slow_aws
from clew import checks
from clew.collectors.registry import models
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.aws.vocabulary import techniques
from clew.graph.attack.azure.vocabulary import techniques as azure_techniques
from clew.graph.attack.ranking import ranked
from clew.graph.attack.search import Search, admin
from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from clew.graph.authorization.azure.authorizer import AzureAuthorizer
from clew.graph.authorization.azure.environment import AzureEnvironment
from clew.graph.authorization.azure.environment import PrincipalState as AzureState
from clew.graph.derivation import derivations, derive_into
from clew.graph.linking import link
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot, write
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.neo4j import Neo4jStore
from clew.graph.traversal import SnapshotReader, load, network
from clew.graph.view import GraphView
from clew.scans.attack_graph import ScannedAttackGraph
from clew.scans.bundled import open_demo
from servers.certificates import Certificate, certificate
from servers.moto_server import running_moto
from servers.neo4j_server import Neo4jUnavailableError, running_neo4j

MAPPED = 58_000
"""How many resources are asked for, for a map of 50,000; copies share some."""
PATHS_ACCOUNTS = 60
"""Accounts whose attack paths, drawn together, have some 300 nodes."""
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024
_LAUNCHER = f"""
import json, resource, subprocess, sys
quiet = subprocess.DEVNULL
subprocess.run(sys.argv[1:], stdout=quiet, stderr=quiet, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss * {_MEMORY_UNIT}]))
"""
"""Measures a command from a small process: a child's peak counts what its parent held."""


@dataclass
class Run:
    """What a benchmark works with, and what it measures."""

    nodes: int
    references: int
    resources: int
    folder: Path
    """Shared by all benchmarks of a run."""
    did: str = ""
    """What was done, with its numbers."""
    clock: float = field(default=0.0, init=False)
    processor: float = field(default=0.0, init=False)
    memory: float | None = field(default=None, init=False)
    """Bytes that the work's own process held at the most; None if the work is done in this one."""

    @property
    def scan(self) -> Path:
        """Where the generated estate's snapshot lies."""
        return self.folder / "scan"

    @property
    def directory(self) -> Path:
        """Where the snapshot of a large tenant of Entra ID lies."""
        return self.folder / "directory"

    @property
    def real(self) -> Path:
        """Where the snapshot of real labels lies."""
        return self.folder / "real"

    def command(self, *arguments: str, **environment: str) -> None:
        """Runs clew as a user does, and measures it."""
        before = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _LAUNCHER, sys.executable, "-m", "clew", *arguments],
            env={
                **os.environ,
                "CLEW_HOME": str(self.folder / "home"),
                "PYTHONDONTWRITEBYTECODE": "",  # who installs Clew has its modules compiled
                **environment,
            },
            stdout=subprocess.PIPE,
            check=True,
        )
        self.clock = time.perf_counter() - before
        self.processor, self.memory = json.loads(done.stdout)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """The part of a benchmark that counts."""
        clock, processor = time.perf_counter(), _processor()
        yield
        self.clock, self.processor = time.perf_counter() - clock, _processor() - processor


def _processor() -> float:
    """What this process and those that it has waited for have used so far."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


BENCHMARKS: dict[str, Callable[[Run], None]] = {}


NEEDS = {
    **dict.fromkeys(("opening", "reading", "embedding"), ("writing",)),
    "reopening": ("writing", "embedding"),
    **dict.fromkeys(("deciding_entra", "finding_paths_in_entra"), ("scanning_entra",)),
    "taking_apart": ("mapping",),
    **dict.fromkeys(("loading_neo4j", "exposing", "checking"), ("multiplying",)),
}
"""Which benchmarks leave what others work on."""


def benchmark(function: Callable[[Run], None]) -> Callable[[Run], None]:
    """Adds a benchmark; it runs after those above it."""
    BENCHMARKS[function.__name__] = function
    return function


@benchmark
def linking(run: Run) -> None:
    """Turns references into edges."""
    made = estate(run.nodes, run.references)
    with run.measured():
        graph = link(made.resources, made.models, made.reads, made.scope)
    edges = sum(map(len, graph.edges.values()))
    missing = len(graph.nodes) - run.nodes
    run.did = f"link {run.references:,} references: {edges:,} edges, {missing:,} missing targets"


@benchmark
def writing(run: Run) -> None:
    """Writes the snapshot that the benchmarks below read."""
    made = estate(run.nodes, run.references)
    graph = link(made.resources, made.models, made.reads, made.scope)
    now = datetime.now(UTC)
    with run.measured():
        write(
            run.scan,
            graph,
            Schema.of(made.models),
            scope=made.scope,
            coverage=[],
            reads=made.reads,
            started=now,
            finished=now,
        )
    size = sum(file.stat().st_size for file in run.scan.rglob("*.*"))
    run.did = f"write the snapshot: {size / 1e6:,.0f} MB"


@benchmark
def opening(run: Run) -> None:
    """Opens a snapshot, which checks all its files."""
    with run.measured():
        Snapshot.open(run.scan)
    run.did = "open the snapshot, with its checksums"


@benchmark
def reading(run: Run) -> None:
    """Reads a snapshot row by row, as exports and traversals do."""
    snapshot = Snapshot.open(run.scan)
    reader = SnapshotReader(snapshot)
    with run.measured():
        nodes = sum(1 for label in snapshot.labels for _ in reader.nodes(label))
        edges = sum(1 for pair in snapshot.pairs for _ in reader.edges(pair))
    run.did = f"read {nodes:,} nodes and {edges:,} edges"


@benchmark
def embedding(run: Run) -> None:
    """Makes the embedded graph."""
    snapshot = Snapshot.open(run.scan)
    with run.measured():
        open_embedded(snapshot, run.folder / "cache").close()
    size = sum(file.stat().st_size for file in (run.folder / "cache").rglob("*") if file.is_file())
    run.did = f"load the embedded graph: {size / 1e6:,.0f} MB"


@benchmark
def reopening(run: Run) -> None:
    """Opens the embedded graph that is there, and asks it something."""
    snapshot = Snapshot.open(run.scan)
    (pair, *_) = sorted(snapshot.pairs, key=lambda pair: -snapshot.edge_count(pair))
    with run.measured(), open_embedded(snapshot, run.folder / "cache") as store:
        (row,) = store.query(
            f"MATCH (s:`{pair.source}`)-[:{pair.rel}]->(t:`{pair.target}`) "
            "WHERE t.missing IS NULL RETURN count(*) AS n"
        )
    run.did = f"open the embedded graph again and count {row['n']:,} edges"


@benchmark
def multiplying(run: Run) -> None:
    """Makes the snapshot of real labels that the benchmarks below read."""
    with run.measured():
        multiplied(run.real, run.resources)
    run.did = f"(make an estate of {run.resources:,} resources of AWS)"


@benchmark
def loading_neo4j(run: Run) -> None:
    """Loads the estate into a Neo4j, if one can be had."""
    snapshot = Snapshot.open(run.real)
    try:
        with (
            running_neo4j() as server,
            closing(Neo4jStore(server.uri, server.user, server.password)) as store,
            run.measured(),
        ):
            store.load(snapshot)
    except Neo4jUnavailableError as error:
        run.did = f"load Neo4j: {error}"
        return
    nodes = sum(map(snapshot.node_count, snapshot.labels))
    edges = sum(map(snapshot.edge_count, snapshot.pairs))
    run.did = (
        f"load Neo4j: {nodes:,} nodes and {edges:,} edges of {len(snapshot.pairs):,} pairs of "
        f"labels, {(nodes + edges) / run.clock:,.0f} of them a second"
    )


@benchmark
def exposing(run: Run) -> None:
    """Derives who can reach what."""
    snapshot = Snapshot.open(run.real)
    graph = load(SnapshotReader(snapshot), [name for name in snapshot.labels if "AWS" in name])
    exposure = [
        each
        for each in derivations(Schema.of(models()))
        if {edge.rel for edge in each.writes} == {"CAN_REACH"}
    ]
    edges = 0
    with run.measured():
        for each in exposure:
            edges += len(each.derive(GraphView(graph, snapshot.reads)).edges)
    run.did = f"derive exposure: {edges:,} edges from {len(graph):,} resources"


@benchmark
def checking(run: Run) -> None:
    """Runs every check."""
    snapshot = Snapshot.open(run.real)
    with open_embedded(snapshot, run.folder / "cache") as store, run.measured():
        report = checks.run(checks.checks().values(), store, snapshot)
    nodes = sum(map(snapshot.node_count, snapshot.labels))
    run.did = (
        f"run {len(report.ran)} checks over {nodes:,} resources: {len(report.findings):,} findings"
    )


def _check_accounts(run: Run, accounts: int, selected: Iterable[checks.Check], what: str) -> None:
    snapshot = of_accounts(run.folder / f"accounts-{accounts}", accounts)
    with open_embedded(snapshot, run.folder / "cache") as store, run.measured():
        report = checks.run(selected, store, snapshot)
    nodes = sum(map(snapshot.node_count, snapshot.labels))
    run.did = (
        f"run {what} over {len(snapshot.scope.accounts['aws'])} accounts, {nodes:,} resources: "
        f"{len(report.findings):,} findings"
    )


def _path_checks() -> list[checks.Check]:
    return [check for check in checks.checks().values() if check.service == "paths"]


@benchmark
def checking_paths_92(run: Run) -> None:
    """Runs the checks of attack paths over 92 accounts."""
    _check_accounts(run, 92, _path_checks(), "all checks of attack paths")


@benchmark
def checking_paths_184(run: Run) -> None:
    """Runs the checks of attack paths over twice as many accounts."""
    _check_accounts(run, 184, _path_checks(), "all checks of attack paths")


@benchmark
def checking_paths_again(run: Run) -> None:
    """Runs the checks of attack paths over 92 accounts whose attack graph is kept."""
    snapshot = of_accounts(run.folder / "accounts-again", 92)
    os.environ["CLEW_CACHE_DIR"] = str(run.folder / "cache")
    with open_embedded(snapshot) as store:
        for measured in (nullcontext(), run.measured()):
            attack = ScannedAttackGraph(snapshot)
            with measured:
                report = checks.run(_path_checks(), store, snapshot, attack=attack.graph)
            attack.keep()
    run.did = f"run them again over 92 accounts: {len(report.findings):,} findings"


@benchmark
def checking_92(run: Run) -> None:
    """Runs every check over 92 accounts."""
    _check_accounts(run, 92, checks.checks().values(), "all checks")


@benchmark
def checking_184(run: Run) -> None:
    """Runs every check over twice as many accounts."""
    _check_accounts(run, 184, checks.checks().values(), "all checks")


@benchmark
def evaluator(run: Run) -> None:
    """Asks for every role whether it may do what escalation techniques take."""
    graph, reads = estate_of_roles(10_000)
    estate = AWSEnvironment.of(network(graph, {model.label: model for model in models()}), reads)
    permissions, table = AWSAuthorizer(estate), estate.table("AWSRole")
    holders = [PrincipalState(id_) for id_ in estate.principals]
    actions = sorted(
        {action for each in techniques().techniques.values() for action in each.permissions}
    )
    with run.measured():
        for action in actions:
            for holder in holders:
                permissions.allowed(holder, action, table)
    asked = len(actions) * len(holders)
    run.did = (
        f"decide {len(actions)} actions for {len(holders):,} roles over {POLICIES} shared "
        f"policies, each on {len(table):,} resources at once: {asked:,} decisions, "
        f"{asked / run.processor:,.0f} a second"
    )


def _escalate(run: Run, roles: int) -> None:
    graph, reads = estate_of_roles(roles)
    seen = network(graph, {model.label for model in models()})
    with run.measured():
        paths = attack_graph(seen, reads)
    steps = sum(
        grant.sources.bit_count() * (grant.reached.possible).bit_count() for grant in paths.steps
    )
    run.did = (
        f"work out who can become whom among {roles:,} roles over {POLICIES} shared policies, by "
        f"{len(techniques().techniques)} techniques: {steps:,} steps in {len(paths.steps):,} grants"
    )


@benchmark
def escalating_1000(run: Run) -> None:
    """Finds every step among a thousand roles."""
    _escalate(run, 1_000)


@benchmark
def escalating_5000(run: Run) -> None:
    """Finds every step among five thousand roles."""
    _escalate(run, 5_000)


@benchmark
def escalating_10000(run: Run) -> None:
    """Finds every step among ten thousand roles."""
    _escalate(run, 10_000)


@benchmark
def escalating_distinct(run: Run) -> None:
    """Finds every step among ten thousand roles that each have a policy of their own."""
    graph, reads = estate_of_distinct(10_000)
    seen = network(graph, {model.label for model in models()})
    with run.measured():
        paths = attack_graph(seen, reads)
    run.did = (
        "work out who can become whom among 10,000 roles, each with a policy of its own, and "
        f"{len(graph.nodes) - 10_000:,} other resources: {len(paths.steps):,} grants"
    )


@benchmark
def searching(run: Run) -> None:
    """Finds paths to an administrator from the internet, other accounts and every principal."""
    graph, reads = estate_of_roles(10_000)
    paths = attack_graph(network(graph, {model.label for model in models()}), reads)
    sources = paths.external | paths.principals & ~paths.administrators.certain
    with run.measured():
        found = ranked(Search(paths, admin(paths)), sources, 1_000)
    run.did = (
        "find how near the internet, another account and each of 10,000 roles is to an "
        f"administrator ({found.sources:,} have a path), and the {len(found.paths):,} best paths"
    )


def _all_paths(run: Run, roles: int) -> None:
    saved, scan = run.folder / f"dense-{roles}.json", run.folder / f"dense-{roles}"
    saved.write_text(json.dumps(dense.answer(roles)))
    run.command("import", str(saved), "--output", str(scan))
    run.command("paths", str(scan), "--max", "0")
    run.did = f"clew paths --max 0 over {roles:,} roles that can become one another"


@benchmark
def all_paths_86(run: Run) -> None:
    """Asks for all paths where a few principals can become one another."""
    _all_paths(run, 86)


@benchmark
def all_paths_1000(run: Run) -> None:
    """Asks for all paths where a thousand roles can become one another."""
    _all_paths(run, 1_000)


@benchmark
def deriving(run: Run) -> None:
    """Derives the edges of principals, as a scan does."""
    graph, reads = estate_of_roles(1_000)
    before = sum(map(len, graph.edges.values()))
    with run.measured():
        derive_into(graph, reads, models(), derivations(Schema.of(models())))
    edges = sum(map(len, graph.edges.values())) - before
    run.did = f"derive identity edges of 1,000 roles: {edges:,}"


@benchmark
def deriving_distinct(run: Run) -> None:
    """Derives the edges of ten thousand roles that each have a policy of their own."""
    graph, reads = estate_of_distinct(10_000)
    before = sum(map(len, graph.edges.values()))
    with run.measured():
        derive_into(graph, reads, models(), derivations(Schema.of(models())))
    edges = sum(map(len, graph.edges.values())) - before
    run.did = f"derive identity edges of 10,000 roles, each with a policy of its own: {edges:,}"


@benchmark
def who_can_distinct(run: Run) -> None:
    """Asks which of ten thousand roles with policies of their own may do something."""
    graph, reads = estate_of_distinct(10_000)
    estate = AWSEnvironment.of(network(graph, {model.label for model in models()}), reads)
    bucket = "arn:aws:s3:::bucket-7/report.csv"
    with run.measured():
        permissions = AWSAuthorizer(estate)
        answers = [
            permissions.decide(PrincipalState(id_), "s3:GetObject", bucket)
            for id_ in estate.principals
        ]
    allowed = sum(answer.is_allowed is not False for answer in answers)
    run.did = f"ask who of 10,000 roles with policies of their own may read an object: {allowed:,}"


_TENANT = (5_000, 20_000, 200)
"""Principals, Azure resources and subscriptions of a large tenant."""
_OBJECTS = 20_000
"""Users, groups, applications and service principals of another."""


def _azure_authorizer() -> AzureAuthorizer:
    graph, reads = azure_tenant.estate(*_TENANT)
    view = GraphView(network(graph, {model.label for model in models()}), reads)
    return AzureAuthorizer(AzureEnvironment(view, reads))


@benchmark
def deciding_azure(run: Run) -> None:
    """Asks for every principal of a tenant on which resources it may do what techniques take."""
    authorizer = _azure_authorizer()
    asked = {
        (requirement.action, technique.existing[requirement.on].existing)
        for technique in azure_techniques().techniques.values()
        for requirement in technique.requires
        if requirement.on in technique.existing
    }
    tables = [(action, authorizer.table(label)) for action, label in sorted(asked)]
    known = [(action, table) for action, table in tables if len(table)]
    with run.measured():
        for action, table in known:
            for who in authorizer.principals:
                authorizer.allowed(AzureState(who), action, table)
    run.did = (
        f"decide {len(known)} actions in Azure for {len(authorizer.principals):,} principals, each "
        f"on all resources of a kind, of {_TENANT[1]:,} in {_TENANT[2]} subscriptions"
    )


@benchmark
def who_can_azure(run: Run) -> None:
    """Asks which principals of a tenant may read one secret."""
    authorizer = _azure_authorizer()
    secret = f"{authorizer.table('AzureKeyVault').ids[0]}/secrets/one"
    action = "data:Microsoft.KeyVault/vaults/secrets/getSecret/action"
    with run.measured():
        for who in authorizer.principals:
            authorizer.decide(AzureState(who), action, secret)
    run.did = f"ask who of {len(authorizer.principals):,} principals may read a secret of a vault"


def _escalate_in_azure(run: Run, principals: int, resources: int, subscriptions: int) -> None:
    graph, reads = azure_tenant.estate(principals, resources, subscriptions)
    seen = network(graph, {model.label for model in models()})
    with run.measured():
        paths = attack_graph(seen, reads)
    run.did = (
        f"work out who can become whom in a tenant of {principals:,} principals and "
        f"{resources:,} Azure resources: {len(paths.steps):,} steps"
    )


@benchmark
def escalating_azure_2500(run: Run) -> None:
    """Finds every step in a tenant."""
    _escalate_in_azure(run, *(number // 2 for number in _TENANT))


@benchmark
def escalating_azure_5000(run: Run) -> None:
    """Finds every step in a tenant that is twice as large."""
    _escalate_in_azure(run, *_TENANT)


@benchmark
def searching_azure(run: Run) -> None:
    """Finds paths to an administrator from every principal of a tenant."""
    graph, reads = azure_tenant.estate(*_TENANT)
    paths = attack_graph(network(graph, {model.label for model in models()}), reads)
    sources = paths.external | paths.principals & ~paths.administrators.certain
    with run.measured():
        found = ranked(Search(paths, admin(paths)), sources, 1_000)
    run.did = (
        f"find how near each of these principals is to an administrator ({found.sources:,} have a "
        f"path), and the {len(found.paths):,} best paths"
    )


@benchmark
def helping(run: Run) -> None:
    """Asks for help."""
    run.command("--help")
    run.did = "clew --help"


_ASKED = {
    "checking": ("check", "SCAN"),
    "checking_one": ("check", "SCAN", "-c", "s3_bucket_public_access"),
    "deciding_one": ("can", "SCAN", "dora", "iam:PutUserPolicy"),
    "deciding_who": ("who-can", "SCAN", "s3:GetObject", "arn:aws:s3:::clew-prod-trail/*"),
    "finding_paths": ("paths", "SCAN"),
    "ranking_choke_points": ("choke-points", "SCAN"),
    "covering": ("coverage", "SCAN"),
    "querying_reachable": ("query", "SCAN", "internet_reachable"),
    "querying_around": ("query", "SCAN", "around", "-p", "id=arn:aws:s3:::clew-prod-trail"),
    "querying_cypher": ("query", "SCAN", "--cypher", "MATCH (n:AWSRole) RETURN count(n)"),
}
"""Small questions about a scan, of which the second time counts."""
_LABELS = 1_000
"""Twice as many as Clew has."""


def _ask(run: Run, scan: str, arguments: tuple[str, ...]) -> None:
    for _ in range(2):
        run.command(
            *(each.replace("SCAN", scan) for each in arguments),
            CLEW_CACHE_DIR=str(run.folder / "asked"),
        )
    run.did = f"clew {' '.join(arguments).replace('SCAN', 'demo')}"


def _asking(arguments: tuple[str, ...]) -> Callable[[Run], None]:
    return lambda run: _ask(run, "demo", arguments)


def _asking_many_labels(arguments: tuple[str, ...]) -> Callable[[Run], None]:
    def ask(run: Run) -> None:
        scan = run.folder / "many-labels"
        if not scan.exists():
            write_with_labels(open_demo(), _LABELS, scan)
        _ask(run, str(scan), arguments)
        run.did += f", with {_LABELS:,} labels"

    return ask


for _name, _arguments in _ASKED.items():
    BENCHMARKS[f"{_name}_demo"] = _asking(_arguments)
    BENCHMARKS[f"{_name}_many_labels"] = _asking_many_labels(_arguments)


@benchmark
def demonstrating_first(run: Run) -> None:
    """Shows the demo with an empty cache."""
    run.command("demo", CLEW_CACHE_DIR=str(run.folder / "shown"))
    run.did = "clew demo, with an empty cache"


@benchmark
def demonstrating(run: Run) -> None:
    """Shows the demo again."""
    _ask(run, "", ("demo",))


_REGIONS = (
    *(f"ap-northeast-{number}" for number in (1, 2, 3)),
    *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)
_MILLISECONDS = 80
"""What an answer takes on its way from another continent."""


def _scan(run: Run, url: str, tls: Certificate, key: str, *options: str) -> None:
    run.command(
        *("scan", "aws", *options),
        AWS_ENDPOINT_URL=url,
        AWS_CA_BUNDLE=str(tls.bundle),
        AWS_ACCESS_KEY_ID=key,
        AWS_SECRET_ACCESS_KEY="secret",
    )


def _scan_moto(run: Run, times: int) -> None:
    tls = certificate(run.folder)
    with running_moto(tls) as moto:
        moto.client("s3").create_bucket(Bucket="only")
        for _ in range(times):
            _scan(run, moto.url, tls, "key", "--region=us-east-1")


def _scan_slowly(run: Run, regions: Iterable[str], accounts: int) -> None:
    tls, estate = certificate(run.folder), run.folder / "estate"
    ids = [f"{number:012}" for number in range(1, accounts + 1)]
    for account in ids:
        (estate / account).mkdir(parents=True, exist_ok=True)
    roles = [f"--role-arn=arn:aws:iam::{account}:role/scan" for account in ids if accounts > 1]
    options = [*(f"--region={region}" for region in regions), *roles]
    with running_slow_aws(_MILLISECONDS, tls, estate) as url:
        for _ in range(2):
            _scan(run, url, tls, f"AKIA{ids[0]}", *options)


@benchmark
def scanning_first(run: Run) -> None:
    """Scans an account with nearly nothing in it, on a server that must load its services."""
    _scan_moto(run, 1)
    run.did = "clew scan aws: a nearly empty moto account, one region, server just started, TLS"


@benchmark
def scanning(run: Run) -> None:
    """Scans an account with nearly nothing in it."""
    _scan_moto(run, 2)
    run.did = "clew scan aws: a nearly empty moto account, one region, TLS"


@benchmark
def scanning_azure(run: Run) -> None:
    """Scans many subscriptions of Azure."""
    _, resources, subscriptions = _TENANT
    with running_many_subscriptions(subscriptions, resources) as azure:
        run.command("scan", "azure", CLEW_AZURE_ENDPOINT=azure.url)
    run.did = (
        f"clew scan azure: {resources:,} resources in {subscriptions} subscriptions, "
        f"{azure.asked:,} calls"
    )


@benchmark
def scanning_entra(run: Run) -> None:
    """Scans a large tenant of Entra ID, which the two below ask about."""
    with running_many_directory_objects(_OBJECTS) as graph:
        run.command("scan", "entra", "-o", str(run.directory), CLEW_GRAPH_ENDPOINT=graph.url)
    run.did = f"clew scan entra: {_OBJECTS:,} objects, {graph.asked:,} calls"


@benchmark
def deciding_entra(run: Run) -> None:
    """Asks who may reset one user's password."""
    scan = str(run.directory)
    run.command("who-can", scan, "microsoft.directory/users/password/update", "user-1")
    run.did = f"clew who-can: who of {_OBJECTS:,} objects may reset a user's password"


@benchmark
def finding_paths_in_entra(run: Run) -> None:
    """Finds the paths to an administrator of the tenant."""
    run.command("paths", str(run.directory))
    run.did = f"clew paths over {_OBJECTS:,} objects of Entra ID, nothing kept"


@benchmark
def scanning_one_region(run: Run) -> None:
    """Scans one region far away."""
    _scan_slowly(run, _REGIONS[-4:-3], 1)
    run.did = f"clew scan aws: an empty account, one region, {_MILLISECONDS} ms a call, TLS"


@benchmark
def scanning_17_regions(run: Run) -> None:
    """Scans all regions that are on by default."""
    _scan_slowly(run, _REGIONS, 1)
    run.did = f"clew scan aws: an empty account, 17 regions, {_MILLISECONDS} ms a call, TLS"


@benchmark
def scanning_17_accounts(run: Run) -> None:
    """Scans one region of many accounts."""
    _scan_slowly(run, _REGIONS[-4:-3], 17)
    run.did = f"clew scan aws: 17 empty accounts, one region, {_MILLISECONDS} ms a call, TLS"


@benchmark
def mapping(run: Run) -> None:
    """Draws the map of a scan of which nothing was asked yet."""
    scan = multiplied(run.folder / "mapped", MAPPED)
    with explored(scan) as explorer:
        with run.measured():
            explorer.draw("map")
        run.processor += explorer.processor
        drawn = explorer.nodes
    accounts = len(scan.scope.all_accounts)
    resources = sum(map(scan.node_count, scan.labels))
    run.did = (
        f"the map of {resources:,} resources in {accounts} accounts, of which nothing was asked "
        f"yet: {drawn} groups, painted by the browser"
    )


@benchmark
def taking_apart(run: Run) -> None:
    """Takes a group of that map apart."""
    with explored(Snapshot.open(run.folder / "mapped")) as explorer:
        explorer.draw("map")
        before = explorer.processor
        with run.measured():
            explorer.take_apart()
        run.processor += explorer.processor - before
    run.did = "take a group of that map apart"


@benchmark
def drawing_paths(run: Run) -> None:
    """Draws attack paths that the server has found."""
    with explored(of_accounts(run.folder / "paths", PATHS_ACCOUNTS)) as explorer:
        for question in ("scan", "resources", "techniques", "paths"):
            explorer.answers.get(question, {})
        with run.measured():
            explorer.draw("paths")
        run.processor += explorer.processor
        run.did = f"draw attack paths with {explorer.nodes} nodes in the browser"


def main() -> None:
    """Runs all benchmarks, or in a child process one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=200_000)
    parser.add_argument("--references", type=int, default=1_000_000)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--only", choices=list(BENCHMARKS), nargs="+", default=list(BENCHMARKS))
    parser.add_argument("--in-folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_folder:
        _child(
            options.only[0],
            Run(options.nodes, options.references, options.resources, options.in_folder),
        )
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(
        f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}; {options.nodes:,} nodes, "
        f"{options.references:,} references.\n\n"
        "| what | seconds | of the processors | peak memory |\n|---|---:|---:|---:|",
        flush=True,
    )
    with TemporaryDirectory(prefix="clew-benchmark-") as folder:
        needed = {need for name in options.only for need in NEEDS.get(name, ())}
        for name in BENCHMARKS:
            if name in needed.union(options.only):
                _measure(name, options, folder)


def _measure(name: str, options: argparse.Namespace, folder: str) -> None:
    command = [sys.executable, __file__, "--only", name, "--in-folder", folder]
    for size in ("nodes", "references", "resources"):
        command += [f"--{size}", str(getattr(options, size))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row = json.loads(done.stdout)
    print(
        f"| {row['did']} | {row['clock']:.1f} | {row['processor']:.1f} | {row['memory']:,.0f} MB |",
        flush=True,
    )


def _child(name: str, run: Run) -> None:
    BENCHMARKS[name](run)
    held = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    memory = run.memory or max(each.ru_maxrss for each in held) * _MEMORY_UNIT
    row = {"did": run.did, "clock": run.clock, "processor": run.processor, "memory": memory / 1e6}
    print(json.dumps(row))


if __name__ == "__main__":
    main()
