"""The demo estate's attack paths from one cloud into another, as a user sees them."""

from collections.abc import Iterator
from typing import Any

import pytest
from cli.conftest import Clew
from cli.conftest import clew as clew

OF_CLOUD = {
    "arn:": "aws",
    "/subscriptions/": "azure",
    "//graph.microsoft.com/": "entra",
    "//iam.googleapis.com/": "gcp",
    "principalSet://iam.googleapis.com/": "gcp",
}


def clouds(path: dict[str, Any]) -> set[str]:
    """The clouds that a path leads over; who is outside is of none."""
    ends = [path["source"], *(hop["to"] for hop in path["hops"])]
    return {cloud for id_ in ends for begin, cloud in OF_CLOUD.items() if id_.startswith(begin)}


@pytest.fixture
def paths(clew: Clew) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clew("paths", "demo", "-f", "json").json["paths"]
    return found


def certain(paths: list[dict[str, Any]], *over: str) -> Iterator[list[str]]:
    """The techniques of the certain paths whose nodes end so, one after another."""
    for path in paths:
        nodes = [path["source"], *(hop["to"] for hop in path["hops"])]
        is_it = len(nodes) == len(over) and all(map(str.endswith, nodes, over))
        if is_it and not path["conditional"]:
            yield [hop["technique"] for hop in path["hops"]]


def test_paths_cross_clouds(paths: list[dict[str, Any]]) -> None:
    crossing = [clouds(path) for path in paths if len(clouds(path)) > 1]
    assert len(crossing) >= 3
    assert {"entra", "aws", "gcp"} in crossing


def test_the_owner_of_an_application_owns_a_project_of_google_cloud_by_way_of_aws(
    paths: list[dict[str, Any]],
) -> None:
    (techniques,) = certain(
        paths,
        "users/a0000000-0000-4000-8000-000000000003",
        "servicePrincipals/d0000000-0000-4000-8000-000000000002",
        "111122223333:role/order-feed",
        "attribute.aws_role/arn:aws:sts::111122223333:assumed-role/order-feed",
        "serviceAccounts/order-loader@clew-dev.iam.gserviceaccount.com",
    )
    assert techniques[1:3] == ["outside-web-identity", "gcp-outside-pool-identity"]


def test_a_service_account_of_google_cloud_administers_an_account_of_aws(
    paths: list[dict[str, Any]],
) -> None:
    found = [
        *certain(
            paths,
            "serviceAccounts/shop-web@clew-prod.iam.gserviceaccount.com",
            "444455556666:role/click-reader",
            "function:dev-hook",
            "role/dev-lambda",
        )
    ]
    assert ["outside-web-identity", "lambda-update-code", None] in found


def test_a_role_of_aws_administers_a_subscription_of_azure_by_a_cluster(
    paths: list[dict[str, Any]],
) -> None:
    ends = (
        "role/ci-deploy",
        "cluster/clew-eks",
        "servicePrincipals/d0000000-0000-4000-8000-000000000006",
    )
    found = [*certain(paths, *ends)]
    assert ["eks-create-access-entry-cluster", "entra-outside-federated-credential"] in found


LINKS = [
    ("AzureSecurityConnector", "WATCHES", "AWSAccount", "clew-aws", "111122223333", None),
    ("AzureSecurityConnector", "USES_ROLE", "AWSRole", "clew-aws", "CspmMonitorAws", "NOT_FOUND"),
    ("AzureSecurityConnector", "WATCHES", "GCPProject", "clew-google", "clew-prod", None),
    ("AzurePublicCloudConnector", "READS_FROM", "AWSAccount", "clew-dev-aws", "444455556666", None),
    ("GCPPubSubTopic", "USES_ROLE", "AWSRole", "clicks", "click-reader", None),
    ("GCPPubSubTopic", "USES_ROLE", "GCPServiceAccount", "clicks", "shop-web@", None),
    ("GCPPubSubTopic", "READS_FROM", "AzureEventHub", "baskets", "eventhubs/orders", None),
]


@pytest.mark.parametrize(("label", "rel", "other", "name", "target", "missing"), LINKS)
def test_a_link_that_is_no_token_is_an_edge(
    clew: Clew, label: str, rel: str, other: str, name: str, target: str, missing: str | None
) -> None:
    cypher = (
        f"MATCH (a:{label})-[:{rel}]->(b:{other}) WHERE a.name = '{name}' "
        "RETURN b.id AS id, b.missing AS missing"
    )
    found = clew("query", "demo", "--cypher", cypher, "-f", "json").json
    rows = found["rows"] if isinstance(found, dict) else found
    assert [row["missing"] for row in rows if target in row["id"]] == [missing]
