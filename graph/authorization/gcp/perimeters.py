"""VPC Service Controls: services of projects that answer only within a perimeter, or whom a rule of
it lets in. From where a request comes is not known, so that a perimeter only leaves open whether
what a role allows may be done: it never stops for certain.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ...view import GraphView
from .permissions import permission
from .scopes import ScopeTree

PERIMETER = "GCPServicePerimeter"
_CALLED_OTHERWISE = {"iamcredentials": "iam", "sqladmin": "cloudsql"}
"""Services whose permissions are not called after their hosts."""


class Perimeter(NamedTuple):
    """What answers only within a perimeter; what was not read is None."""

    id: str
    name: str
    projects: frozenset[str] | None
    services: frozenset[str] | None
    """As permissions call them."""

    def closes(self, asked: str) -> bool:
        """Whether it may stop a permission."""
        return self.services is None or asked.partition(".")[0] in self.services


def perimeters(view: GraphView, tree: ScopeTree) -> Iterator[Perimeter]:
    """Those that close any service."""
    for id_ in view.labelled(PERIMETER):
        named = view.get(id_, "restricted_services")
        services = None if named is None else frozenset(map(_service, named))
        covered = [*view.targets(id_, "covers")]
        is_read = not any(each.startswith("unread:") for each in covered)
        projects = frozenset(map(tree.named, covered)) if is_read else None
        if services is None or services:
            yield Perimeter(id_, view.get(id_, "name") or id_, projects, services)


def _service(host: str) -> str:
    service = permission(f"{host}/any").partition(".")[0]
    return _CALLED_OTHERWISE.get(service, service)
