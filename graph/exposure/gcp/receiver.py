"""The end that packets from the internet arrive at in Google Cloud."""

from typing import NamedTuple

from ...addresses import Family, covered
from ...intervals import Ranges
from ...view import GraphView

INSTANCE, INTERFACE, VPC = "GCPInstance", "GCPNetworkInterface", "GCPVpc"


class Receiver(NamedTuple):
    """An instance at one of its interfaces, in one address family, as rules and routes see it."""

    view: GraphView
    instance: str
    interface: str
    family: Family

    @property
    def emails(self) -> set[str]:
        """The service accounts that the instance acts as."""
        names = self.view.get(self.instance, "service_accounts") or []
        return {name.rpartition("/")[2] for name in names}

    @property
    def tags(self) -> set[str]:
        """The network tags of the instance."""
        return {*(self.view.get(self.instance, "network_tags") or [])}

    @property
    def region(self) -> str | None:
        """Where the instance is."""
        region: str | None = self.view.get(self.instance, "region")
        return region

    @property
    def addresses(self) -> Ranges:
        """The addresses of the interface, private and public."""
        own = self.view.get(self.interface, "network_ip") or ""
        public = self.view.get(self.interface, "external_ips") or []
        return covered([own, *public], self.family)
