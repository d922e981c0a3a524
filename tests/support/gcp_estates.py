"""Resources of small Google Cloud projects, as collectors make them."""

from typing import Any

from clew.collectors.gcp.organizations import Folder, Organization
from clew.collectors.gcp.projects import Project
from clew.graph.model import Resource
from support.judging import Estate

PROJECT, OTHER = "shop", "audit"
TREE = "//cloudresourcemanager.googleapis.com/"
ORGANIZATION = f"{TREE}organizations/1"


def resource(kind: type[Resource], id_: str, **fields: Any) -> Any:
    """A resource of which nothing is known but these fields."""
    name = id_.rpartition("/")[2]
    known = {"account": PROJECT, "region": "global", "name": name, **fields}
    return kind.model_validate({"id": id_, **known})


def project(name: str, parent: str = ORGANIZATION) -> Any:
    """A project."""
    return resource(Project, f"{TREE}projects/{name}", account=name, parent=parent)


def organization(number: str = "1") -> Any:
    """An organization."""
    return resource(
        Organization, f"{TREE}organizations/{number}", account=f"organizations/{number}"
    )


def folder(number: str, parent: str = ORGANIZATION) -> Any:
    """A folder."""
    account = parent.removeprefix(TREE)
    return resource(Folder, f"{TREE}folders/{number}", account=account, parent=parent)


def estate(
    *resources: Resource, accounts: tuple[str, ...] = (PROJECT, OTHER), **scan: Any
) -> Estate:
    """A scan of projects that read these, and everything else that there is."""
    return Estate(list(resources), accounts=accounts, regions=(), provider="gcp", **scan)
