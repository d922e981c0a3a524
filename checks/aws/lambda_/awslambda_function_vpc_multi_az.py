"""Functions in a network that lie in a single availability zone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Row, Severity, Traversal

if TYPE_CHECKING:
    import networkx

_ZONES = 2


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for function, properties in graph.nodes(data=True):
        if properties["label"] != "AWSLambda" or properties["missing"]:
            continue
        subnets = sorted(
            {
                subnet
                for _, subnet, edge in graph.out_edges(function, data=True)
                if edge["rel"] == "IN_SUBNET"
            }
        )
        zones = {graph.nodes[subnet]["availability_zone_id"] for subnet in subnets} - {None}
        unread = [
            subnet for subnet in subnets if graph.nodes[subnet]["availability_zone_id"] is None
        ]
        if properties["vpc_id"] == "":
            where = "in AWS's own network, in several zones"
            yield Row(function, True, values={"where": where})
        elif len(zones) >= _ZONES:
            yield Row(function, True, evidence=subnets, values={"where": _listed(zones)})
        elif properties["subnet_ids"] is not None and len(zones) + len(unread) < _ZONES:
            yield Row(function, False, evidence=subnets, values={"where": _listed(zones)})
        else:
            yield from (Row(function, None, undecided_by=each, evidence=subnets) for each in unread)


def _listed(zones: set[str]) -> str:
    return ", ".join(sorted(zones)) or "one zone"


check = Check(
    id="awslambda_function_vpc_multi_az",
    title="Functions in a network span two availability zones or more",
    provider="aws",
    service="lambda",
    severity=Severity.MEDIUM,
    categories=(Category.AVAILABILITY,),
    resource="AWSLambda",
    what=(
        "The subnets of a function that is connected to a network lie in two availability zones "
        "or more. A function without a network passes: AWS runs it in several zones by itself. "
        "A subnet that this scan cannot see, such as a shared one of another account, is MANUAL "
        "where its zone would decide."
    ),
    why="When the one zone fails, the function cannot run until it is back.",
    remediation=(
        "aws lambda update-function-configuration --function-name FUNCTION --vpc-config "
        "SubnetIds=SUBNET_IN_ZONE_A,SUBNET_IN_ZONE_B,SecurityGroupIds=GROUP"
    ),
    passes="Function {resource} runs in more than one availability zone: {where}.",
    fails="Function {resource} runs in a single availability zone: {where}.",
    rule=Traversal(("AWSLambda", "AWSEC2Subnet"), _walk),
    references=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",),
    compliance=("AWS FSBP: Lambda.5",),
)
