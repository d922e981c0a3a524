"""What a collector reads of an account of the demo estate, looked up by label and name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clew.collectors.collector import Collector
from clew.graph.model import Status
from servers.aws_replay import AwsReplay

from .collecting import aws_account, collect

PROD, DEV = "111122223333", "444455556666"
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")


class Reading:
    """What one collector read of one account."""

    def __init__(
        self,
        server: AwsReplay,
        folder: Path,
        collector: type[Collector],
        account: str = PROD,
        regions: Sequence[str] = REGIONS,
    ) -> None:
        self._collected = collect(folder, [aws_account(server.url, account, regions)], collector)
        assert not server.not_recorded

    def __call__(self, label: str, name: str, region: str = "") -> Any:
        """The one resource of this label and name."""
        (found,) = (
            resource
            for resource in self.all(label)
            if resource.name == name and (not region or resource.region == region)
        )
        return found

    def all(self, label: str) -> list[Any]:
        """The resources of a label."""
        return [one for one in self._collected.resources if one.label == label]

    def names(self, label: str) -> set[str | None]:
        """The names of the resources of a label."""
        return {resource.name for resource in self.all(label)}

    @property
    def failed(self) -> dict[str, str]:
        """The calls that failed, with their codes."""
        return {
            record.operation: record.code
            for record in self._collected.coverage
            if record.status != Status.OK
        }

    @property
    def incomplete(self) -> set[tuple[str, str]]:
        """The labels that were not fully listed, with the region."""
        return {
            (read.label, read.region) for read in self._collected.reads if read.status != Status.OK
        }

    def text(self) -> str:
        """All that a snapshot would hold of the resources."""
        return "\n".join(resource.model_dump_json() for resource in self._collected.resources)
