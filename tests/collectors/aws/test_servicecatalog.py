"""Portfolios and products, as the account has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from clew.collectors.aws.servicecatalog import ServiceCatalog
from servers.aws_replay import AwsReplay
from support.reading import Read, read

ARN = "arn:aws:catalog:us-east-1:111122223333"
BUCKET, NOTEBOOK = (f"{ARN}:product/prod-clew0000000{number}" for number in (1, 2))
PORTFOLIO = f"{ARN}:portfolio/port-clew00000001"


@pytest.fixture
def catalog(aws_replay: AwsReplay, tmp_path: Path) -> Callable[..., Read]:
    return partial(read, aws_replay, tmp_path, ServiceCatalog)


def test_a_portfolio_names_who_may_launch(catalog: Callable[..., Read]) -> None:
    found = catalog()
    sandboxes = found[PORTFOLIO]
    assert (sandboxes.name, sandboxes.portfolio_id) == ("clew-sandboxes", "port-clew00000001")
    assert sandboxes.principals == ["arn:aws:iam::111122223333:role/ci-deploy"]
    assert (found.failed, found.incomplete) == ({}, set())


def test_a_product_names_the_roles_that_launch_it(catalog: Callable[..., Read]) -> None:
    found = catalog()
    bucket, notebook = found[BUCKET], found[NOTEBOOK]
    assert (bucket.name, bucket.product_id) == ("clew-bucket", "prod-clew00000001")
    assert (bucket.portfolios, bucket.launch_roles) == (["port-clew00000001"], ["ci-deploy"])
    assert (notebook.portfolios, notebook.launch_roles) == ([], [])


@pytest.mark.parametrize(
    ("operation", "labels"),
    [
        ("SearchProductsAsAdmin", {"AWSServiceCatalogProduct"}),
        ("ListPrincipalsForPortfolio", set()),
        ("ListConstraintsForPortfolio", set()),
        ("DescribeConstraint", set()),
    ],
)
def test_a_refusal_leaves_exactly_its_label_incomplete(
    catalog: Callable[..., Read], aws_replay: AwsReplay, operation: str, labels: set[str]
) -> None:
    aws_replay.deny("servicecatalog", operation, code="AccessDeniedException")
    found = catalog()
    assert found.failed == {operation: "denied"}
    assert found.incomplete == labels


def test_without_the_portfolios_nothing_is_known_of_launches(
    catalog: Callable[..., Read], aws_replay: AwsReplay
) -> None:
    aws_replay.deny("servicecatalog", "ListPortfolios", code="AccessDeniedException")
    found = catalog()
    assert found.incomplete == {"AWSServiceCatalogPortfolio"}
    assert (found[BUCKET].portfolios, found[BUCKET].launch_roles) == (None, None)


@pytest.mark.parametrize("operation", ["ListConstraintsForPortfolio", "DescribeConstraint"])
def test_an_unread_constraint_may_be_any_products(
    catalog: Callable[..., Read], aws_replay: AwsReplay, operation: str
) -> None:
    aws_replay.deny("servicecatalog", operation, code="AccessDeniedException")
    found = catalog()
    assert found[BUCKET].launch_roles is None
    assert found[BUCKET].portfolios == ["port-clew00000001"]
