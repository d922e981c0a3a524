"""Queries that name what a scan does not have."""

import pytest
from clew.graph.schema import Schema
from clew.graph.stores.ladybug import open_embedded
from clew.graph.stores.store import QueryError, Store
from clew.graph.stores.wrong_names import explained
from support.audit import bucket, trail
from support.judging import Estate
from support.small_scans import scan_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("store")
    scan = scan_of(folder / "scan", Estate([trail("t", s3_bucket_name="b"), bucket("b")]))
    return open_embedded(scan, folder / "cache")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "MATCH (b:AWSS3Buckets) RETURN b",
            "There is no label 'AWSS3Buckets'. Did you mean AWSS3Bucket?",
        ),
        (
            "MATCH (b:AWSS3Bucket) RETURN b.polcy",
            "There is no property 'polcy' of AWSS3Bucket. Did you mean policy",
        ),
        ("MATCH (b) RETURN b.polcy", "There is no property 'polcy'. Did you mean policy"),
        (
            "MATCH (:AWSCloudTrailTrail)-[:LOG_TO]->(b) RETURN b",
            "There is no relationship type 'LOG_TO'. Did you mean LOGS_TO",
        ),
        (
            "MATCH (b:AWSS3Bucket) WHERE b.zzzzzzz RETURN b",
            "There is no property 'zzzzzzz' of AWSS3Bucket.",
        ),
    ],
)
def test_the_nearest_name_is_suggested(store: Store, query: str, sentence: str) -> None:
    with pytest.raises(QueryError) as raised:
        store.query(query)
    assert str(raised.value).startswith(sentence)


def test_a_label_that_is_newer_than_the_scan_asks_for_another_scan() -> None:
    older = Schema(labels={"Old": {}}, relationships={}, pairs=[])
    current = Schema(labels={"Old": {}, "New": {}}, relationships={}, pairs=[])
    message = explained(
        "Table New does not exist.", "MATCH (n:New) RETURN n", older.completed(current)
    )
    assert message == "This scan was made before Clew collected New. Scan again."


def test_what_else_is_wrong_is_said_as_the_engine_says_it(store: Store) -> None:
    with pytest.raises(QueryError, match=r"^The query is wrong: .*\bother\b"):
        store.query("MATCH (b:AWSS3Bucket) RETURN other")
