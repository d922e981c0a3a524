"""Load balancers that the internet can reach."""

from ...check import Check, Cypher, Severity
from ..reach import COLUMNS, WORDS

check = Check(
    id="elbv2_internet_facing",
    title="Load balancers cannot be reached from the internet",
    provider="aws",
    service="elbv2",
    severity=Severity.MEDIUM,
    resource="AWSLoadBalancerV2",
    what=(
        "No packet from the internet arrives at a listener of the load balancer: it is internal, "
        "or its security groups, network ACLs and routes keep the internet out on every port it "
        "listens on. What could not be read makes the verdict MANUAL. Elsewhere an "
        "internet-facing load balancer passes unless a group opens every port, so that one that "
        "serves the world on 443 is not seen."
    ),
    why=(
        "Each way in from the internet should be one that somebody decided on, with protection "
        "in front and logs behind it."
    ),
    remediation=(
        "Make load balancers for internal use with the scheme internal; where everyone is meant "
        "to come in, keep a record of the decision and attach AWS WAF."
    ),
    passes="Load balancer {resource} cannot be reached from the internet.",
    fails=f"Load balancer {{resource}} can be reached from the internet {WORDS}.",
    rule=Cypher(f"""
        MATCH (balancer:AWSLoadBalancerV2)
        WHERE balancer.missing IS NULL
        OPTIONAL MATCH (internet:Internet)-[reach:CAN_REACH]->(balancer)
        RETURN balancer AS resource, internet, reach.unread AS unread, {COLUMNS},
               CASE WHEN internet.id IS NULL THEN true
                    WHEN size(reach.unread) = 0 THEN false
               END AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
    ),
)
