"""The steps of Azure's principals as edges of the graph."""

import json

from clew.collectors.registry import models
from clew.graph.attack.azure.derive import derivations
from clew.graph.derivation import Derived
from clew.graph.schema import Schema
from clew.graph.view import GraphView
from support.azure_worlds import CONTRIBUTOR, GROUPS, OWNER, AzureWorld

ROLE = "AzureRoleDefinition"
SUB = "/subscriptions/s"
(STEPS,) = derivations(Schema.of(models()))


def world_of(scope: str) -> tuple[AzureWorld, str]:
    """A world in which ann owns a scope, and bob contributes."""
    made = AzureWorld()
    made.management_group("mg")
    made.subscription("s", "mg")
    ann = made.principal("ann")
    made.assign(ann, OWNER, scope)
    made.assign(made.principal("bob"), CONTRIBUTOR, scope)
    return made, ann


def derived(world: AzureWorld, *unlisted: str) -> Derived:
    return STEPS.derive(GraphView(world.graph, world.listings(unlisted)))


def test_an_administrator_has_an_edge_to_what_it_administers() -> None:
    for scope in (SUB, f"{GROUPS}mg"):
        world, ann = world_of(scope)
        (edge,) = derived(world).edges
        assert (edge.source_id, edge.rel, edge.target_id) == (ann, "ADMINISTERS", scope)
        assert edge.properties["reason"].startswith("may assign any role on ")
        assert edge.properties["conditions"] == []
        (statement,) = json.loads(edge.properties["evidence"])["statements"]
        assert statement["effect"] == "Allow"


def test_denials_and_locks_that_were_not_read_leave_edges_in_doubt() -> None:
    world, ann = world_of(SUB)
    for label in STEPS.notices:
        edges = derived(world, label).edges
        assert (ann, "ADMINISTERS", SUB) in {
            (one.source_id, one.rel, one.target_id) for one in edges
        }
        for edge in edges:
            assert any("could not be read" in each for each in edge.properties["conditions"])


def test_roles_that_were_not_listed_may_be_any() -> None:
    """Also those that an attacker would give itself."""
    world, ann = world_of(SUB)
    roles = [id_ for id_, label in world.graph.nodes(data="label") if label == ROLE]
    world.graph.remove_nodes_from(roles)
    edges = derived(world, ROLE).edges
    assert {each.source_id for each in edges} > {ann}
    assert all(each.properties["conditions"] for each in edges)


def test_assignments_that_were_not_listed_are_nobodys_steps() -> None:
    """That there are no others rests on their listing."""
    world, ann = world_of(SUB)
    assert {each.source_id for each in derived(world, "AzureRoleAssignment").edges} == {ann}
    assert "AzureRoleAssignment" in STEPS.reads - STEPS.notices


def test_all_that_decides_on_roles_is_read() -> None:
    assert {"EntraGroup", "AzureRoleDefinition", "AzureManagementGroup"} <= STEPS.reads
    assert all(sentence.endswith(".") for sentence in STEPS.not_modelled)
