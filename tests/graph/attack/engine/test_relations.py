"""What is related to what, where an edge leads to something that nobody read."""

import pytest
from clew.collectors.aws.sso_admin import AccountAssignment
from clew.graph.attack.aws import AWSProvider
from clew.graph.attack.engine.relations import Relations
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
