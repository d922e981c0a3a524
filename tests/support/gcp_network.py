"""Builds a network of Google Cloud with one instance, for a test, out of the API's own answers."""

from typing import Any

from clew.collectors.gcp.compute import (
    Firewall,
    Instance,
    NetworkInterface,
    Route,
    Vpc,
)
from clew.graph.model import Location, Resource

PROJECT = "clew-prod"
ROOT = f"//compute.googleapis.com/projects/{PROJECT}"
HERE = Location(PROJECT, "global")
WEB = f"web@{PROJECT}.iam.gserviceaccount.com"
ANYONE = ["0.0.0.0/0"]


def of(kind: type[Resource], path: str, **fields: Any) -> Any:
    """A resource as the collector makes it of an answer that tells nothing else."""
    raw = {"selfLink": f"{ROOT}/{path}", "name": path.rpartition("/")[2]}
    return kind.load(raw, HERE, **{"id": f"{ROOT}/{path}", **fields})


def allow(priority: int = 1000, *what: str, **fields: Any) -> dict[str, Any]:
    return rule(priority, allowed=list(what or ["tcp:22"]), denied=[], **fields)


def deny(priority: int, *what: str, **fields: Any) -> dict[str, Any]:
    return rule(priority, allowed=[], denied=list(what or ["tcp:22"]), **fields)


def rule(priority: int, **fields: Any) -> dict[str, Any]:
    given = {"direction": "INGRESS", "disabled": False, "source_ranges": ANYONE, **fields}
    return {"priority": priority, **given}


def policy(priority: int, action: str, port: str, **match: Any) -> dict[str, Any]:
    """A rule of a firewall policy."""
    return {
        "priority": priority,
        "action": action,
        "direction": "INGRESS",
        "match": {
            "srcIpRanges": ANYONE,
            "layer4Configs": [{"ipProtocol": "tcp", "ports": [port]}],
            **match,
        },
    }


def site(
    name: str,
    *rules: dict[str, Any],
    policies: Any = (),
    order: str = "AFTER_CLASSIC_FIREWALL",
    public: tuple[bool, bool] = (True, False),
    hop: str = "default-internet-gateway",
    system: Any = (),
) -> list[Resource]:
    """A network with its rules and one instance, tagged ``web``, in it."""
    network = f"{ROOT}/global/networks/{name}-net"
    firewalls = [
        of(Firewall, f"global/firewalls/{name}-{number}", network=network, **each)
        for number, each in enumerate(rules)
    ]
    return [
        of(
            Vpc,
            f"global/networks/{name}-net",
            firewalls=[each.id for each in firewalls],
            firewall_policies=policies,
            firewall_policy_order=order,
        ),
        *firewalls,
        *(
            of(
                Route,
                f"global/routes/{name}-{number}",
                network=network,
                dest_range=destination,
                priority=1000,
                next_hop_gateway=f"{ROOT}/global/gateways/{hop}",
            )
            for number, destination in enumerate(("0.0.0.0/0", "::/0"))
        ),
        of(
            Instance,
            f"zones/europe-west1-b/instances/{name}",
            region="europe-west1",
            network_tags=["web"],
            service_accounts=[f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/{WEB}"],
        ),
        of(
            NetworkInterface,
            f"zones/europe-west1-b/instances/{name}/networkInterfaces/{name}-nic",
            instance=f"{ROOT}/zones/europe-west1-b/instances/{name}",
            network=network,
            network_ip="10.0.0.2",
            external_ips=["192.0.2.9"],
            system_firewall_policies=system,
            has_external_ipv4=public[0],
            has_external_ipv6=public[1],
        ),
    ]
