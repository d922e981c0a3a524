"""What one collector reads of the replayed estate, by id, with how its calls ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clew.collectors.aws.base import AWSCollector
from clew.collectors.scan import Collected
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect


@dataclass(frozen=True)
class Read:
    """The outcome of a collector's run."""

    collected: Collected

    def __getitem__(self, id_: str) -> Any:
        """The resource with an identity."""
        (found,) = (each for each in self.collected.resources if each.id == id_)
        return found

    def names(self, label: str) -> set[str | None]:
        """The names of a label's resources."""
        return {each.name for each in self.collected.resources if each.label == label}

    @property
    def incomplete(self) -> set[str]:
        """Labels of which there may be more."""
        return {read.label for read in self.collected.reads if read.status != Status.OK}

    @property
    def failed(self) -> dict[str, str]:
        """Operations that did not end well, with how they ended."""
        return {
            record.operation: record.status.value
            for record in self.collected.coverage
            if record.status != Status.OK
        }


def read(
    replay: AwsReplay,
    folder: Path,
    collector: type[AWSCollector],
    account: str = "111122223333",
    regions: Sequence[str] = ("us-east-1",),
) -> Read:
    """Runs a collector on one account of the estate; what it asks for must be recorded."""
    outcome = collect(folder, [aws_account(replay.url, account, regions)], collector)
    assert replay.not_recorded == []
    return Read(outcome)
