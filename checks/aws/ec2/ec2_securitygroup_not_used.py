"""Security groups that nothing uses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Referring, Row, Severity, Traversal
from ...neighbours import present

if TYPE_CHECKING:
    import networkx

_GROUP, _RULE = "AWSEC2SecurityGroup", "AWSEC2SecurityGroupRule"


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    unread = _unread(graph)
    for group in present(graph, _GROUP):
        properties = graph.nodes[group]
        if properties["name"] == "default":
            continue
        used = _is_used(graph, group)
        doubts = () if used else unread.get((properties["account"], properties["region"]), ())
        yield Row(
            group,
            passed=None if doubts else used,
            unread=[f"security groups of {name} could not be read" for name in sorted(doubts)],
        )


def _is_used(graph: "networkx.MultiDiGraph", group: str) -> bool:
    """Whether a resource names the group, or a rule of another group does."""
    return any(
        graph.nodes[source]["label"] != _RULE
        or graph.nodes[source]["group_id"] != graph.nodes[group]["group_id"]
        for source, _, data in graph.in_edges(group, data=True)
        if data["via"]
    )


def _unread(graph: "networkx.MultiDiGraph") -> dict[tuple[str, str], set[str]]:
    """By account and region, the names of resources of which nobody could read what groups they
    name: any group there may be among these."""
    found: dict[tuple[str, str], set[str]] = {}
    for node, properties in graph.nodes(data=True):
        if properties["label"] == _GROUP and properties["group_id"] is None:
            for source, _, data in graph.in_edges(node, data=True):
                if data["via"] and graph.nodes[source][data["via"]] is None:
                    user = graph.nodes[source]
                    place = (user["account"], user["region"])
                    found.setdefault(place, set()).add(user["name"] or user["id"])
    return found


check = Check(
    id="ec2_securitygroup_not_used",
    title="Every security group is used",
    provider="aws",
    service="ec2",
    severity=Severity.LOW,
    categories=(Category.UNUSED,),
    resource=_GROUP,
    what=(
        "The group guards an interface, is named by anything that makes interfaces when it needs "
        "them (functions, containers, builds, batch jobs, notebooks, databases, load balancers, "
        "connections of jobs, scheduled tasks: whatever Clew collects that names security "
        "groups), by the default version of a launch template or by a launch configuration, or by "
        "a rule of another group. Default groups, which cannot be deleted, are left out."
    ),
    why=("A forgotten group keeps its forgotten rules, until somebody picks it for its name."),
    remediation="aws ec2 delete-security-group --group-id GROUP",
    passes="Security group {resource} is used.",
    fails="Security group {resource} is used by nothing.",
    rule=Traversal((_GROUP, Referring(_GROUP)), _walk),
    fail_requires_listing=(Referring(_GROUP),),
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deleting-security-group.html",
    ),
    compliance=("AWS FSBP: EC2.22",),
)
