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
            help="Address of the server, such as bolt://127.0.0.1:7687, after the scan if it is "
            "not the newest.",
        ),
    ],
    user: Annotated[
        str, typer.Option(envvar="NEO4J_USERNAME", help="Neo4j user name.", metavar="NAME")
    ] = "neo4j",
    password: Annotated[
        str,
        typer.Option(
            envvar="NEO4J_PASSWORD",
            help="Neo4j password; better set in the environment. Empty: no authentication.",
            metavar="TEXT",
            show_default=False,
        ),
    ] = "",
    database: Annotated[
        str | None,
        typer.Option(
            envvar="NEO4J_DATABASE",
            help="Neo4j database. Default: the user's home database.",
            metavar="NAME",
        ),
    ] = None,
) -> None:
    """Load a scan into Neo4j. It replaces everything in the database.

    Commands take the Bolt URI in place of a scan from then on.
    """
    if len(arguments) > 2:
        raise UsageError("Too many arguments: give at most a scan and a Bolt URI.")
    *scan, uri = arguments
    if "://" not in uri:
        raise UsageError(f"'{uri}' is not an address such as bolt://127.0.0.1:7687.")
    from ..graph.stores.neo4j import Neo4jStore

    opened = scans.open_scan(scan[0] if scan else None)
    with Neo4jStore(uri, user, password or None, database) as store:
        store.load(opened)
    nodes = sum(map(opened.node_count, opened.labels))
    edges = sum(map(opened.edge_count, opened.pairs))
    messages().print(f"Loaded {count(nodes, 'node')} and {count(edges, 'edge')} into {uri}.")
