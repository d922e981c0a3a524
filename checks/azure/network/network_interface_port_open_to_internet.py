"""Network interfaces whose ports for remote administration the internet can reach."""

from ...check import Category, Check, Severity
from ...reach import on_ports, reached

_INTERFACE = "AzureNetworkInterface"


def _check(port: int, service: str, name: str) -> Check:
    return Check(
        id=f"network_interface_{name}_open_to_internet",
        title=f"The internet does not reach {service} on network interfaces",
        provider="azure",
        service="network",
        severity=Severity.HIGH,
        categories=(Category.EXPOSURE,),
        resource=_INTERFACE,
        what=(
            f"Packets from the internet do not arrive at TCP port {port} of any address of the "
            "interface, be it by a public address of its own, by a load balancer's inbound NAT "
            "rule, by a load balancing rule with a public frontend, or by a DNAT rule of an "
            "Azure Firewall. Security admin rules of Virtual Network Manager come first: one "
            "that denies closes, one that always allows opens past security groups. Then counts "
            "what the subnet's and the interface's security groups let through together, rule "
            "by rule in the order of their priorities: a deny before the allow closes, and so "
            "does the other group. Where the security admin rules or the firewall's rules could "
            "not be read, it is MANUAL. Without any group a Basic address is open and a "
            "Standard one closed. Sources count as the internet from a /8 of IPv4 or a /16 of "
            "IPv6 on, all of a rule's sources together. What lies behind another service tag is "
            "not known: a rule that lets one in makes it MANUAL, as does a route that sends "
            "the answers elsewhere, and a gateway that may have brought one. Interfaces of "
            "uniform scale sets are not among those that Azure lists."
        ),
        why=(
            f"Open {service} is found within minutes and tried with leaked and guessed passwords "
            "from then on; a flaw in the service itself needs no password at all."
        ),
        remediation=(
            "Use Azure Bastion or just-in-time access, and limit the rule to the addresses that "
            "need it: az network nsg rule update -g GROUP --nsg-name NSG -n RULE "
            "--source-address-prefixes ADDRESSES"
        ),
        passes=f"The internet does not reach {service} on {{resource}}.",
        fails=f"The internet reaches {service} (TCP {port}) on {{resource}}.",
        rule=reached(_INTERFACE, on=on_ports([port])),
        references=(
            "https://learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works",
        ),
        compliance=(f"CIS Azure 3.0: 7.{2 if port == 22 else 1}",),
    )


family = (_check(22, "SSH", "ssh"), _check(3389, "Remote Desktop", "rdp"))
