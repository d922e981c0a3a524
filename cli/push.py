"""``clew push``: a scan into Neo4j."""

from typing import Annotated

import typer

from . import scans
from .errors import UsageError
from .output import count, messages


def push(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCAN] BOLT-URI",
            help="Where the server is, e.g. bolt://127.0.0.1:7687, after the scan if it is not "
            "the newest.",
        ),
    ],
    user: Annotated[
        str, typer.Option(envvar="NEO4J_USERNAME", help="Who signs in.", metavar="NAME")
    ] = "neo4j",
    password: Annotated[
        str,
        typer.Option(
            envvar="NEO4J_PASSWORD",
            help="With what; better given by the environment. Empty: the server asks for none.",
            metavar="TEXT",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Load a scan into Neo4j. It replaces what Clew loaded there before, and nothing else."""
    if len(arguments) > 2:
        raise UsageError("Too many arguments: give at most a scan and a Bolt URI.")
    *scan, uri = arguments
    schemes = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
    if uri.partition("://")[0] not in schemes or "://" not in uri:
        raise UsageError(f"'{uri}' is not a Bolt URI such as bolt://127.0.0.1:7687.")
    from ..graph.stores.neo4j import Neo4jStore

    opened = scans.open_scan(scan[0] if scan else None)
    with Neo4jStore(uri, (user, password) if password else None) as store:
        store.load(opened)
    nodes = sum(opened.nodes(label).num_rows for label in opened.labels)
    edges = sum(opened.edges(pair).num_rows for pair in opened.pairs)
    messages().print(f"Loaded {count(nodes, 'node')} and {count(edges, 'edge')} into {uri}.")
