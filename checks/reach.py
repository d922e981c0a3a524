"""What checks ask of CAN_REACH edges, of every cloud alike: an edge ``reach`` from the internet is
a FAIL if it is certain, MANUAL if it hangs on something unread; without one it is a PASS."""

from collections.abc import Sequence

from .check import Cypher

WORDS = "on {protocol} {first}{dash}{last} ({family}, {path})"
"""How a message says by which path and on which ports, with the columns of :func:`reached`."""


def reached(label: str, *, only: str = "true", on: str = "true", severity: str = "null") -> Cypher:
    """Whether the internet reaches resources of a label.

    ``only`` tells which ``resource`` is judged, ``on`` which edges ``reach`` count, ``severity``
    how bad one is if that is not the check's own; each is a Cypher expression.
    """
    return Cypher(f"""
        MATCH (resource:{label})
        WHERE {only}
        OPTIONAL MATCH (internet:Internet)-[reach:CAN_REACH]->(resource)
        WHERE {on}
        RETURN resource, internet, reach.unread AS unread, reach.evidence AS derived_from,
               CASE WHEN internet.id IS NULL THEN true
                    WHEN size(reach.unread) = 0 THEN false
               END AS passed,
               {severity} AS severity,
               toUpper(reach.protocol) AS protocol, reach.from_port AS first,
               CASE WHEN reach.to_port > reach.from_port THEN '-' END AS dash,
               CASE WHEN reach.to_port > reach.from_port THEN reach.to_port END AS last,
               CASE reach.address_family WHEN 'ipv6' THEN 'IPv6' ELSE 'IPv4' END AS family,
               CASE reach.path WHEN 'load balancer' THEN 'through a load balancer'
                    WHEN 'firewall' THEN 'through a firewall'
                    WHEN 'gateway' THEN 'through a gateway' ELSE 'directly' END AS path
    """)


def on_ports(tcp: Sequence[int], udp: Sequence[int] = ()) -> str:
    """Which edges lead to any of these ports."""
    return " OR ".join(
        f"(reach.protocol = '{protocol}' AND any(port IN {list(ports)} "
        "WHERE reach.from_port <= port AND port <= reach.to_port))"
        for protocol, ports in (("tcp", tcp), ("udp", udp))
        if ports
    )
