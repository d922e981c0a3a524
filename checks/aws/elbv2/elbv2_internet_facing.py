"""Load balancers that the internet can reach."""

from ...check import Category, Check, Severity
from ...reach import WORDS, reached

check = Check(
    id="elbv2_internet_facing",
    title="Load balancers cannot be reached from the internet",
    provider="aws",
    service="elbv2",
    severity=Severity.MEDIUM,
    categories=(Category.EXPOSURE,),
    resource="AWSLoadBalancerV2",
    what=(
        "No packet from the internet arrives at a listener of the load balancer: it is internal, "
        "or its security groups, network ACLs and routes keep the internet out on every port it "
        "listens on. What could not be read makes the verdict MANUAL."
    ),
    why=(
        "Each entry point from the internet should be one that somebody decided on, with "
        "protection in front and logs behind it."
    ),
    remediation=(
        "Make load balancers for internal use with the scheme internal; where everyone is meant "
        "to come in, keep a record of the decision and attach AWS WAF."
    ),
    passes="Load balancer {resource} cannot be reached from the internet.",
    fails=f"Load balancer {{resource}} can be reached from the internet {WORDS}.",
    rule=reached("AWSLoadBalancerV2", only="resource.missing IS NULL"),
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html",
    ),
)
