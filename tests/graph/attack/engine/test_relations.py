"""What is related to what, where an edge leads to something that nobody read."""

import networkx
import pytest
from clew.collectors.aws.sso_admin import AccountAssignment
from clew.graph.attack.aws import AWSProvider
from clew.graph.attack.engine.relations import Relations
from clew.graph.authorization.resource_table import ResourceRow, ResourceTable
from clew.graph.view import GraphView
from support.audit import blank
from support.identities import OTHER, Identities, graph_of


@pytest.mark.parametrize(
    ("granted", "is_unread"),
    [
        ({"target_account": OTHER}, False),
        ({"target_account": OTHER, "role": f"arn:aws:iam::{OTHER}:role/theirs"}, False),
        ({"target_account": None}, False),
        ({"role": None}, True),
    ],
)
def test_only_what_may_be_of_the_label_may_be_any_of_it(
    granted: dict[str, str | None], is_unread: bool
) -> None:
    iam = Identities()
    iam.role("ours")
    assignment = blank(AccountAssignment, id="arn:aws:sso:::assignment/i/p/a/u", **granted)
    graph, listings = graph_of(iam, resources=[assignment])
    table = AWSProvider(GraphView(graph, listings), listings).authorizer.table

    relation = Relations(graph, table, ("AWSRole", "AWSUser")).by_edge(
        assignment.label, "GRANTS_ON", "AWSRole"
    )

    assert bool(relation.unread) is is_unread
    assert not relation.forward


@pytest.mark.parametrize(
    ("edge", "tcp", "expected"),
    [
        ({"from_port": 20, "to_port": 30, "unread": []}, (22, 3389), True),
        ({"from_port": 20, "to_port": 30, "unread": ["its routes"]}, (22, 3389), None),
        ({"from_port": 443, "to_port": 443, "unread": []}, (22, 3389), False),
        ({"from_port": 443, "to_port": 443, "unread": []}, (), True),
        ({"from_port": 22, "to_port": 22, "unread": [], "protocol": "udp"}, (22,), False),
    ],
)
def test_what_is_reached_is_so_on_the_ports_that_are_asked(
    edge: dict[str, object], tcp: tuple[int, ...], expected: bool | None
) -> None:
    graph = networkx.MultiDiGraph()
    graph.add_node("internet", label="Internet")
    graph.add_node("machine", label="Machine")
    graph.add_edge("internet", "machine", **{"rel": "CAN_REACH", "protocol": "tcp", **edge})
    tables = {
        "Internet": ResourceTable([ResourceRow("internet")]),
        "Machine": ResourceTable([ResourceRow("machine")]),
    }

    relation = Relations(graph, tables.__getitem__, ()).by_edge(
        "Internet", "CAN_REACH", "Machine", tcp
    )

    assert relation.related(0).holds(0) is expected
    assert relation.relating(0).holds(0) is expected
