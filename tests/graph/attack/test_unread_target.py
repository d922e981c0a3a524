"""A target that lies where a scan did not read may exist; elsewhere it would have been listed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from clew.collectors.aws.lambda_ import Function
from clew.graph.attack.unread_target import unread_target
from clew.graph.linking import link
from clew.graph.model import ListingStatus, Scope, Status
from clew.graph.schema import Schema
from clew.graph.snapshot import Snapshot, write

ACCOUNT = "111111111111"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def scan(place: Path, **statuses: Status) -> Snapshot:
    """A scan without any function, by how their listing ended in each region."""
    regions = [name.replace("_", "-") for name in statuses]
    reads = [
        ListingStatus(Function.label, ACCOUNT, region, status)
        for region, status in zip(regions, statuses.values(), strict=True)
    ]
    scope = Scope(accounts={"aws": [ACCOUNT]}, regions={ACCOUNT: regions}, labels=[Function.label])
    return write(
        place,
        link([], [Function], reads, scope),
        Schema.of([Function]),
        scope=scope,
        coverage=[],
        reads=reads,
        started=NOW,
        finished=NOW,
    )


@pytest.mark.parametrize(
    ("region", "may_exist"), [("eu-west-1", False), ("us-east-1", True), ("us-west-2", True)]
)
def test_it_may_exist_in_a_region_that_was_not_read(
    tmp_path: Path, region: str, may_exist: bool
) -> None:
    read = scan(tmp_path / "scan", eu_west_1=Status.OK, us_east_1=Status.DENIED)
    arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:f"

    assert (unread_target(arn, [Function], read) is not None) is may_exist


def test_what_belongs_to_an_account_that_was_not_scanned_is_no_target(tmp_path: Path) -> None:
    read = scan(tmp_path / "scan", eu_west_1=Status.DENIED)
    arn = "arn:aws:lambda:eu-west-1:222222222222:function:f"

    assert unread_target(arn, [Function], read) is None
