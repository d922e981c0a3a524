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
    database: Annotated[
        str | None,
        typer.Option(help="Which database; the user's own, if none is named.", metavar="NAME"),
    ] = None,
) -> None:
    """Load a scan into Neo4j. It replaces the scan before; the database is Clew's alone."""
    if len(arguments) > 2:
        raise UsageError("Too many arguments: give at most a scan and a Bolt URI.")
    *scan, uri = arguments
    if "://" not in uri:
        raise UsageError(f"'{uri}' is not an address such as bolt://127.0.0.1:7687.")
    from ..graph.stores.neo4j import Neo4jStore

    opened = scans.open_scan(scan[0] if scan else None)
    with Neo4jStore(uri, user, password or None, database) as store:
        store.load(opened)
    nodes = sum(opened.nodes(label).num_rows for label in opened.labels)
    edges = sum(opened.edges(pair).num_rows for pair in opened.pairs)
    messages().print(f"Loaded {count(nodes, 'node')} and {count(edges, 'edge')} into {uri}.")
