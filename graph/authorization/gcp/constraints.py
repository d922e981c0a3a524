"""Constraints of organization policies that are on or off: what nobody can do, whatever roles are
held."""

from ...logic import Truth
from .environment import GCPEnvironment

POLICY = "GCPOrgPolicy"


def enforced(environment: GCPEnvironment, constraint: str, resource: str) -> Truth:
    """Whether a constraint is enforced on a resource: the nearest policy above it tells. None if
    some were not read, or if a policy hangs on conditions or leaves it to Google's default."""
    place, view = environment.place(resource), environment.view
    set_on = {
        environment.tree.named(view.get(id_, "scope") or ""): id_
        for id_ in view.labelled(POLICY)
        if view.get(id_, "constraint") == constraint
    }
    nearest = next((set_on[scope] for scope in place.chain if scope in set_on), None)
    if not environment.is_listed(POLICY, place.top):
        return None
    if nearest is not None:
        is_enforced: Truth = view.get(nearest, "enforced")
        return None if view.get(nearest, "reset") else is_enforced
    # Organizations made since May 2024 have had their constraints set as policies that are listed.
    return False if place.is_whole else None
