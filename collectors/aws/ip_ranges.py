"""The address ranges that AWS publishes, which no API of an account tells."""

import json
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from .session import AWSApi

CALL = "ip-ranges.json"
_HOME = "https://ip-ranges.amazonaws.com"
_NEVER_PUBLIC = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether an address can be reached from the internet at all."""
    parsed = ip_address(address)
    return not any(parsed in network for network in _NEVER_PUBLIC)


class Ranges:
    """The ranges from which EC2 hands out public addresses."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._regions: dict[IPv4Network | IPv6Network, str] = {
            ip_network(prefix.get("ip_prefix") or prefix["ipv6_prefix"]): prefix["region"].lower()
            for prefix in (*document["prefixes"], *document["ipv6_prefixes"])
            if prefix["service"] == "EC2"
        }
        self._lengths = sorted({(network.version, network.prefixlen) for network in self._regions})

    def held(self, addresses: Iterable[str]) -> list[str]:
        """Those of the addresses that lie in one of the ranges."""
        return [address for address in addresses if self._regions_of(address)]

    def regions(self, addresses: Iterable[str]) -> list[str]:
        """The regions whose ranges the addresses lie in."""
        return sorted({region for address in addresses for region in self._regions_of(address)})

    def _regions_of(self, address: str) -> set[str]:
        version = ip_address(address).version
        networks = (
            ip_network((address, length), strict=False)
            for each, length in self._lengths
            if each == version
        )
        return {self._regions[network] for network in networks if network in self._regions}


def published(api: AWSApi) -> Ranges | None:
    """The ranges as AWS publishes them now; None if they could not be read.

    They lie at an address of their own, or next to the other services where the scan reads from an
    emulator.
    """
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import ClientError
    from botocore.httpsession import URLLib3Session

    endpoint = urlsplit(api.client().meta.endpoint_url)
    real = (endpoint.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
    url = f"{_HOME if real else endpoint.geturl()}/{CALL}"

    def fetch() -> Ranges:
        answer = URLLib3Session(timeout=10).send(AWSRequest("GET", url).prepare())
        try:
            return Ranges(json.loads(answer.content))
        except (ValueError, KeyError, TypeError) as error:
            code = str(answer.status_code)
            raise ClientError({"Error": {"Code": code, "Message": url}}, CALL) from error

    ranges: Ranges | None = api.read_through(CALL, fetch)
    return ranges
