"""What the models say of identities, held against every reference that there is."""

from typing import Any

import pytest
from clew.collectors.registry import collectors, models
from clew.graph.linking import ResourceGraph, link
from clew.graph.model import ListingStatus, MissingReason, Resource, Scope, Status

MODELS = {model.label: model for model in models()}
ACCOUNT, REGION = "111122223333", "us-east-1"
PLACE = {"partition": "aws", "account": ACCOUNT, "region": REGION}
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/rg/providers"
INSTANCE = f"{GROUP}/microsoft.compute/virtualmachinescalesets/web/virtualmachines/0"
SHORT_NAMES = [
    (model, name, short, full)
    for model in models()
    for name, reference in model.references.items()
    for target in reference.labels
    for short, full in MODELS[target].short_names.items()
]


def linked(*resources: Resource) -> ResourceGraph:
    """The graph of a scan that read everything else too."""
    owners = {"aws": ACCOUNT, "azure": SUBSCRIPTION}
    listed = [
        (model.label, owner, REGION if each.regional else "global")
        for provider, owner in owners.items()
        for each in collectors(provider)
        for model in each.models()
    ]
    return link(
        resources,
        models(),
        [ListingStatus(*place, Status.OK) for place in listed],
        Scope(
            accounts={provider: [owner] for provider, owner in owners.items()},
            regions={ACCOUNT: [REGION], SUBSCRIPTION: []},
            labels=sorted({label for label, _, _ in listed}),
        ),
    )


def source(model: type[Resource], number: int, account: str, **values: Any) -> Resource:
    """A resource of a model that refers to nothing but what is given."""
    region = REGION if account == ACCOUNT else "global"
    empty = {
        name: [] if "list" in str(model.model_fields[name].annotation) else ""
        for name in model.references
    }
    own = f"arn:aws:x:{REGION}:{ACCOUNT}:{model.label}/{number}"
    return model(id=own, name=str(number), account=account, region=region, **empty | values)


def of_field(model: type[Resource], name: str, value: str) -> dict[str, Any]:
    many = "list" in str(model.model_fields[name].annotation)
    return {name: [value] if many else value}


@pytest.mark.parametrize(
    ("model", "name", "short", "full"),
    SHORT_NAMES,
    ids=[f"{model.label}-{name}" for model, name, _, _ in SHORT_NAMES],
)
def test_a_short_name_and_the_identity_that_it_stands_for_are_one_target(
    model: type[Resource], name: str, short: str, full: str
) -> None:
    parts = {**PLACE, "alias": "gone"}
    by_name, by_identity = short.format(**parts), full.format(**parts)
    graph = linked(
        source(model, 1, ACCOUNT, **of_field(model, name, by_name)),
        source(model, 2, ACCOUNT, **of_field(model, name, by_identity)),
    )
    missing = [node for node in graph.nodes.values() if node.missing]
    assert [(node.id, node.missing) for node in missing] == [(by_identity, MissingReason.NOT_FOUND)]


@pytest.mark.parametrize(
    ("label", "name", "value", "target", "ordinary"),
    [
        (
            "AzureNetworkSecurityGroup",
            "network_interfaces",
            f"{INSTANCE}/networkinterfaces/nic",
            "AzureNetworkInterface",
            f"{GROUP}/microsoft.network/networkinterfaces/nic",
        ),
        (
            "AzureNetworkInterfaceIPConfiguration",
            "network_interface",
            f"{GROUP}/microsoft.compute/cloudservices/old/roleinstances/0/networkinterfaces/nic",
            "AzureNetworkInterface",
            f"{GROUP}/microsoft.network/networkinterfaces/nic",
        ),
        (
            "AzureLoadBalancerBackendPool",
            "ip_configurations",
            f"{INSTANCE}/networkinterfaces/nic/ipconfigurations/ip",
            "AzureNetworkInterfaceIPConfiguration",
            f"{GROUP}/microsoft.network/networkinterfaces/nic/ipconfigurations/ip",
        ),
        (
            "AzureLoadBalancerFrontendIPConfiguration",
            "public_ip_address",
            f"{INSTANCE}/networkinterfaces/nic/ipconfigurations/ip/publicipaddresses/pip",
            "AzurePublicIPAddress",
            f"{GROUP}/microsoft.network/publicipaddresses/pip",
        ),
        (
            "AWSCodeBuildProject",
            "secrets",
            f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/aws/reference/secretsmanager/db",
            "AWSSSMParameter",
            f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/db",
        ),
        (
            "AWSFlowLog",
            "bucket",
            "logs--use1-az4--x-s3",
            "AWSS3Bucket",
            None,
        ),
        (
            "AWSS3Bucket",
            "replication_bucket_arns",
            f"arn:aws:s3express:{REGION}:{ACCOUNT}:bucket/logs--use1-az4--x-s3",
            "AWSS3Bucket",
            None,
        ),
    ],
)
def test_what_a_listing_leaves_out_is_unreadable_and_the_rest_is_gone(
    label: str, name: str, value: str, target: str, ordinary: str | None
) -> None:
    model = MODELS[label]
    account = SUBSCRIPTION if label.startswith("Azure") else ACCOUNT
    for id_, reason in ((value, MissingReason.UNREADABLE), (ordinary, MissingReason.NOT_FOUND)):
        if id_:
            graph = linked(source(model, 1, account, **of_field(model, name, id_)))
            (missing,) = [node for node in graph.nodes.values() if node.missing]
            assert (missing.label, missing.missing) == (target, reason)


@pytest.mark.parametrize(
    "revision", ["clew-api:2", "clew-api"], ids=["an older revision", "the newest"]
)
def test_a_task_definition_that_no_listing_holds_may_exist(revision: str) -> None:
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{revision}"
    graph = linked(source(MODELS["AWSEventTarget"], 1, ACCOUNT, task_definition_arn=arn))
    (missing,) = [node for node in graph.nodes.values() if node.missing]
    assert (missing.label, missing.id) == ("AWSECSTaskDefinition", arn)
    assert missing.missing == MissingReason.UNREADABLE
