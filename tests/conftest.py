"""Fixtures that every test can use: the clouds, replayed, and a real Neo4j.

How long an example takes decides on no test.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from servers.aws_replay import aws_replay as aws_replay
from servers.browser import browser as browser
from servers.json_replay import azure_replay as azure_replay
from servers.json_replay import entra_replay as entra_replay
from servers.json_replay import gcp_replay as gcp_replay
from servers.neo4j_server import neo4j_server as neo4j_server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Marks what is quick: tests of the graph that are not slow and start no engine."""
    for item in items:
        parts = item.path.relative_to(HERE).parts
        if parts[0] == "graph" and parts[1] != "stores" and not item.get_closest_marker("slow"):
            item.add_marker("quick")


settings.register_profile(
    "whatever it takes", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("whatever it takes")
