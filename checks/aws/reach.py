"""How checks tell by which way the internet reaches a resource: columns and words for an edge
``reach`` of exposure."""

COLUMNS = """
    toUpper(reach.protocol) AS protocol, reach.from_port AS first,
    CASE WHEN reach.to_port > reach.from_port THEN '-' END AS dash,
    CASE WHEN reach.to_port > reach.from_port THEN reach.to_port END AS last,
    CASE reach.address_family WHEN 'ipv6' THEN 'IPv6' ELSE 'IPv4' END AS family,
    CASE reach.path WHEN 'load balancer' THEN 'through a load balancer' ELSE 'directly' END AS path
"""

WORDS = "on {protocol} {first}{dash}{last} ({family}, {path})"
