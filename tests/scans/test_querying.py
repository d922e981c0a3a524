"""What the rows of a query may lack."""

from pathlib import Path

import pytest
from clew.cli.gap_lines import gap_lines
from clew.graph.snapshot import Snapshot
from clew.scans.bundled import open_demo
from clew.scans.querying import query_gaps
from support.judging import Estate
from support.small_scans import scan_of


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return open_demo()


def test_a_label_that_could_not_be_listed_is_named(demo: Snapshot) -> None:
    (line,) = gap_lines(query_gaps("MATCH (k:AWSKMSKey) RETURN k.id", demo))
    assert line == "AWSKMSKey: ListKeys failed (AccessDeniedException) in account 444455556666."


def test_what_was_listed_whole_lacks_nothing(demo: Snapshot) -> None:
    assert query_gaps("MATCH (u:AWSUser)-[:MEMBER_OF]->(g:AWSGroup) RETURN u, g", demo) == []
    assert query_gaps("RETURN 'MATCH (k:Nothing)' AS x", demo) == []


def test_a_label_of_a_cloud_that_was_not_scanned_is_named(tmp_path: Path) -> None:
    labels = ["AzureVirtualMachine", "GCPInstance"]
    scan = scan_of(tmp_path, Estate([], accounts=("111122223333",)), labels)
    found = query_gaps("MATCH (m:AzureVirtualMachine|GCPInstance) RETURN m.id", scan)
    assert gap_lines(found) == [
        "Not among what this scan listed: AzureVirtualMachine, GCPInstance."
    ]


def test_a_gap_of_derived_edges_is_said_once(demo: Snapshot) -> None:
    found = query_gaps("MATCH (a:AWSUser)-[:CAN_ESCALATE_TO]->(k:AWSKMSKey) RETURN a, k", demo)
    places = [(gap.label, gap.account, gap.region) for gap in found if gap.label]
    assert len(places) == len({*places})
