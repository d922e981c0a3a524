"""Amazon GameLift Servers: fleets, on which the owner's own programs run."""

from collections.abc import Iterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource
from .session import AWSApi


class Fleet(AWSResource):
    """A fleet of game servers (DescribeFleetAttributes)."""

    label = "AWSGameLiftFleet"
    identity = "arn:{partition}:gamelift:{region}:{account}:fleet/{fleet_id}"

    id: str = field("ARN.", wire="FleetArn")
    fleet_id: str | None = field("Id.")
    status: str | None = field("NEW, ACTIVE …")
    compute_type: str | None = field("EC2, or ANYWHERE: machines of its owner.")
    fleet_type: str | None = field("ON_DEMAND or SPOT.")
    operating_system: str | None = field("Operating system.")
    build_id: str | None = field("Build that runs on it.")
    script_id: str | None = field("Script that runs on it.")
    creation_time: Timestamp | None = field("When it was made.")
    instance_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="InstanceRoleArn")
    instance_role_credentials_provider: str | None = field(
        "SHARED_CREDENTIAL_FILE: programs find the role's credentials in a file."
    )


class GameLift(AWSCollector):
    """Fleets."""

    service = "gamelift"
    permissions = ("gamelift:DescribeFleetAttributes",)

    @lists(Fleet)
    def fleets(self, api: AWSApi) -> Iterator[Fleet]:
        """Fleets."""
        for raw in api.pages("describe_fleet_attributes", "FleetAttributes"):
            yield Fleet.load(raw, api.here)
