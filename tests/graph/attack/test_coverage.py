"""What attack paths are computed from."""

from collections.abc import Collection

from clew.collectors.registry import models
from clew.graph.attack.attack_graph import attack_graph
from clew.graph.attack.coverage import step_labels
from clew.graph.attack.provider import provider_types
from clew.graph.schema import Schema
from clew.graph.sets import members
from clew.graph.snapshot import Snapshot
from clew.graph.traversal import load_snapshot
from clew.scans.bundled import open_demo

SCHEMA = Schema.of(models())


def test_an_attack_graph_is_built_from_clouds_that_it_covers() -> None:
    """Nodes of others would have no steps, and so look like safe."""
    providers = {model.label: model.provider for model in models()}
    known = provider_types()
    holders = {
        label
        for each in known.values()
        for label in (*each.vocabulary.principals, *each.vocabulary.groups)
    }
    found = {providers[label] for label in step_labels(SCHEMA) - holders}
    assert found - {"any"} <= set(known)
    assert {providers[label] for label in step_labels(SCHEMA)} >= set(known)


def test_what_a_scan_does_not_know_is_not_asked_for() -> None:
    older = Schema.of(model for model in models() if model.label != "AWSLambda")
    assert step_labels(SCHEMA) - step_labels(older.completed(SCHEMA)) == {"AWSLambda"}


def steps(scan: Snapshot, labels: Collection[str]) -> set[tuple[object, ...]]:
    """Each step by what it leads from and to, and whether for certain."""
    graph = load_snapshot(scan, labels)
    graph.graph["reads"] = scan.reads
    attack = attack_graph(graph, scan.reads)
    return {
        (attack.nodes[source], step.technique, attack.nodes[end], step.reached.holds(end))
        for step in attack.steps
        for source in members(step.sources)
        for end in members(step.reached.possible)
    }


def test_no_other_label_decides_on_steps() -> None:
    demo = open_demo()
    assert steps(demo, demo.schema.labels) == steps(demo, step_labels(demo.schema))


def test_labels_by_which_tokens_are_taken_decide() -> None:
    """Where one of them was not listed there may be paths that were not found."""
    assert {
        "AWSOIDCProvider",
        "AWSSAMLProvider",
        "AWSSSOAccountAssignment",
        "AWSSSOGroup",
        "AWSSSOUser",
        "AzureFederatedIdentityCredential",
        "AzureKubernetesCluster",
        "EntraApplication",
        "EntraFederatedIdentityCredential",
        "GCPWorkforceProvider",
        "GCPWorkloadIdentityPool",
        "GCPWorkloadIdentityProvider",
        "GKECluster",
    } <= step_labels(SCHEMA)
