"""Scans that were loaded into Neo4j, by the address of the server."""

import os
from functools import partial
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..graph.schema import Schema
    from ..graph.snapshot import Snapshot

USER, PASSWORD, DATABASE = "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"
"""The variables that say how to sign in, and to which database."""


def open_loaded(uri: str, current: "Schema | None" = None) -> "Snapshot":
    """The scan that a Neo4j holds, signed in as the environment says.

    :raises ClewError: if it cannot be reached, or holds no whole scan.
    """
    from ..graph.stores.neo4j import SCHEMES, Neo4jStore
    from ..graph.stores.stored_snapshot import StoredSnapshot

    if uri.partition("://")[0] not in SCHEMES:
        raise UsageError(
            f"'{uri}' is no address of a scan: those of object stores begin with s3, gs or abfs, "
            f"those of Neo4j with {', '.join(SCHEMES)}."
        )
    connect = partial(
        Neo4jStore,
        uri,
        os.environ.get(USER, "neo4j"),
        os.environ.get(PASSWORD) or None,
        os.environ.get(DATABASE) or None,
    )
    return StoredSnapshot(connect, uri, current)
