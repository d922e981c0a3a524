"""Instances whose ports for remote administration the internet can reach."""

from ...check import Category, Check, Severity
from ...reach import on_ports, reached

_INSTANCE = "GCPInstance"


def _check(port: int, service: str, name: str) -> Check:
    return Check(
        id=f"compute_instance_{name}_open_to_internet",
        title=f"The internet does not reach {service} on instances",
        provider="gcp",
        service="compute",
        severity=Severity.HIGH,
        categories=(Category.EXPOSURE,),
        resource=_INSTANCE,
        what=(
            f"Packets from the internet do not arrive at TCP port {port} of a public address of "
            "the instance, running or not. What counts is what firewall policies and firewall "
            "rules let through together: the organization's and its folders' policies first, then "
            "those that Google made for the region, then the network's rules and its policies, "
            "global and of the region, in their order; rules by priority, a denying one before an "
            "allowing one of the same priority; only those that are for the instance, by tag, by "
            "service account or for all; disabled ones never. There also has to be a route back. "
            "Sources count as the internet from a /8 of IPv4 or a /16 of IPv6 on, all rules "
            "together."
        ),
        why=(
            f"Open {service} is found within minutes and tried with leaked and guessed passwords "
            "and keys from then on; a flaw in the service itself needs neither."
        ),
        remediation=(
            "Reach instances through Identity-Aware Proxy, and limit the rule to it: "
            "gcloud compute firewall-rules update RULE --source-ranges=35.235.240.0/20"
        ),
        passes=f"The internet does not reach {service} on {{resource}}.",
        fails=f"The internet reaches {service} (TCP {port}) on {{resource}}.",
        rule=reached(_INSTANCE, on=on_ports([port])),
        references=("https://cloud.google.com/firewall/docs/firewall-policies-overview",),
    )


family = (_check(22, "SSH", "ssh"), _check(3389, "Remote Desktop", "rdp"))
