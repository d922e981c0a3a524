"""AWS Service Catalog: products, the roles that launch them, and who may."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ...graph.model import Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, parsed
from .session import AWSApi


class Portfolio(AWSResource):
    """A portfolio of the account's own (ListPortfolios); shared ones are not listed."""

    label = "AWSServiceCatalogPortfolio"
    identity = "arn:{partition}:catalog:{region}:{account}:portfolio/{portfolio_id}"

    id: str = field("ARN.", wire="ARN")
    name: str | None = field("Name.", wire="DisplayName")
    portfolio_id: str | None = field("Id.", wire="Id")
    description: str | None = field("Description.")
    provider_name: str | None = field("Who offers it.")
    created_time: Timestamp | None = field("When it was made.")
    principals: list[str] | None = ref(
        ("AWSRole", "AWSUser", "AWSGroup", "UnknownResource"),
        by="id",
        rel="GRANTED_TO",
        call="ListPrincipalsForPortfolio",
    )


class Product(AWSResource):
    """A product (SearchProductsAsAdmin): a template that its launch roles make stacks of."""

    label = "AWSServiceCatalogProduct"
    identity = "arn:{partition}:catalog:{region}:{account}:product/{product_id}"

    id: str = field("ARN.", wire="ProductARN")
    name: str | None = field("Name.", wire="ProductViewSummary.Name")
    product_id: str | None = field("Id.", wire="ProductViewSummary.ProductId")
    type: str | None = field("CLOUD_FORMATION_TEMPLATE …", wire="ProductViewSummary.Type")
    status: str | None = field("AVAILABLE …")
    created_time: Timestamp | None = field("When it was made.")
    portfolios: list[str] | None = ref(
        "AWSServiceCatalogPortfolio",
        by="portfolio_id",
        rel="MEMBER_OF",
        call="SearchProductsAsAdmin (of each portfolio)",
    )
    launch_roles: list[str] | None = ref(
        "AWSRole", by=("id", "name"), rel="RUNS_AS", call="DescribeConstraint"
    )


class _Portfolio(NamedTuple):
    """What a portfolio says of its products."""

    products: list[str] | None
    """Ids; None if that was not read."""
    roles: Mapping[str, list[str]] | None
    """The roles that launch each; None if that was not read."""


class ServiceCatalog(AWSCollector):
    """Portfolios and products of the account's own."""

    service = "servicecatalog"
    permissions = (
        "servicecatalog:DescribeConstraint",
        "servicecatalog:ListConstraintsForPortfolio",
        "servicecatalog:ListPortfolios",
        "servicecatalog:ListPrincipalsForPortfolio",
        "servicecatalog:SearchProductsAsAdmin",
    )

    @lists(Portfolio)
    def portfolios(self, api: AWSApi) -> Iterator[Portfolio]:
        """Portfolios, and who may launch what is in them."""

        def detailed(raw: dict[str, Any]) -> Portfolio:
            holders = api.details(
                "list_principals_for_portfolio", "Principals", PortfolioId=raw["Id"]
            )
            return Portfolio.load(
                raw,
                api.here,
                # A pattern of names, rather than an ARN, leads nowhere.
                principals=holders and sorted(each["PrincipalARN"] for each in holders),
            )

        return api.each(detailed, api.pages("list_portfolios", "PortfolioDetails"))

    @lists(Product)
    def products(self, api: AWSApi) -> Iterator[Resource]:
        """Products, with the roles of their launch constraints."""
        portfolios = api.details("list_portfolios", "PortfolioDetails")
        known = None
        if portfolios is not None:
            known = {each["Id"]: _read(api, each["Id"]) for each in portfolios}
        for raw in api.pages("search_products_as_admin", "ProductViewDetails"):
            product = raw["ProductViewSummary"]["ProductId"]
            yield Product.load(
                raw,
                api.here,
                portfolios=_portfolios(known, product),
                launch_roles=_roles(known, product),
            )


def _read(api: AWSApi, portfolio: str) -> _Portfolio:
    products = api.details("search_products_as_admin", "ProductViewDetails", PortfolioId=portfolio)
    constraints = api.details(
        "list_constraints_for_portfolio", "ConstraintDetails", PortfolioId=portfolio
    )
    return _Portfolio(
        products and [each["ProductViewSummary"]["ProductId"] for each in products],
        None if constraints is None else _launching(api, constraints),
    )


def _launching(api: AWSApi, constraints: list[dict[str, Any]]) -> Mapping[str, list[str]] | None:
    """The roles that launch each product of a portfolio; None if one of them was not read."""
    found = defaultdict(list)
    for each in constraints:
        if each["Type"] != "LAUNCH":
            continue
        launching = parsed(
            answered(
                api.read("describe_constraint", Id=each["ConstraintId"]), "ConstraintParameters"
            )
        )
        if launching is None:
            return None
        found[each["ProductId"]].append(
            launching.get("RoleArn") or launching.get("LocalRoleName", "")
        )
    return found


def _portfolios(known: Mapping[str, _Portfolio] | None, product: str) -> list[str] | None:
    if known is None or any(each.products is None for each in known.values()):
        return None
    return sorted(id_ for id_, each in known.items() if product in (each.products or ()))


def _roles(known: Mapping[str, _Portfolio] | None, product: str) -> list[str] | None:
    if known is None or any(each.roles is None for each in known.values()):
        return None
    return sorted({role for each in known.values() for role in (each.roles or {}).get(product, [])})
