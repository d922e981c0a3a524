"""Which sign-ins a policy of Conditional Access holds for, and what it asks of them."""

from collections.abc import Collection, Iterator

from ...graph.authorization.entra.environment import GROUP, USER
from ...graph.logic import Truth, all_of, any_of, negation
from ..access import Access
from .holding import directory, holds

POLICY, STRENGTH = "EntraConditionalAccessPolicy", "EntraAuthenticationStrength"
LABELS = (POLICY, STRENGTH, USER, GROUP)
"""What decides, in addition to who holds which role."""

_NARROWED_BY = (
    "user_risk",
    "sign_in_risk",
    "insider_risk",
    "device_filter",
    "authentication_flows",
    "excluded_locations",
    "excluded_platforms",
)
"""Fields of a policy by which it leaves out some sign-ins of those whom it holds for."""
_EVERY_CLIENT = frozenset({"browser", "mobileAppsAndDesktopClients"})


def in_force(access: Access) -> Iterator[tuple[str, Truth]]:
    """The policies that may be in force, each with whether it is."""
    for policy in access.view.labelled(POLICY):
        state = access.view.get(policy, "state")
        if state in (None, "enabled"):
            yield policy, None if state is None else True


def holds_for(access: Access, policy: str, user: str) -> Truth:
    """Whether a policy holds for a user, at some sign-in."""
    everybody = access.view.get(policy, "includes_all_users")
    included = any_of((everybody, _names(access, policy, user, "", "includes_guests")))
    excluded = _names(access, policy, user, "excluded_", "excludes_guests")
    return all_of((included, negation(excluded)))


def _names(access: Access, policy: str, user: str, prefix: str, guests: str) -> Truth:
    """Whether fields of a policy, which begin alike, name a user, a group that it is in or a role
    that it holds, or it is one of the guests that they name."""
    view, known = access.view, directory(access)
    fields = [prefix + each for each in ("users", "groups", "roles")]
    users, groups, roles = ({*view.targets(policy, each)} for each in fields)
    kind = view.get(user, "user_type")
    return any_of(
        (
            user in users,
            not groups.isdisjoint(known.groups_of(user)),
            None if groups & known.unread_groups else False,
            holds(access, user, {known.template(role) for role in roles}) if roles else False,
            all_of((view.get(policy, guests), None if kind is None else kind == "Guest")),
            None if any(view.get(policy, each) is None for each in fields) else False,
        )
    )


def covers(access: Access, policy: str, application: str) -> Truth:
    """Whether a policy holds for an application, by its client id or the name of its group."""
    included = access.view.get(policy, "applications")
    excluded = access.view.get(policy, "excluded_applications")
    if included is None or excluded is None:
        return None
    return application not in excluded and not {"All", application}.isdisjoint(included)


def holds_always(access: Access, policy: str) -> Truth:
    """Whether a policy holds for every sign-in of whom it holds for: from anywhere, by any client
    and platform, whatever the risk."""
    view = access.view
    platforms, clients = view.get(policy, "platforms"), view.get(policy, "client_types")
    anywhere = view.get(policy, "excludes_trusted_locations")
    return all_of(
        (
            view.get(policy, "all_locations"),
            negation(anywhere),
            None if platforms is None else not platforms or "all" in platforms,
            None if clients is None else _is_every(clients),
            *(_is_unset(view.get(policy, each)) for each in _NARROWED_BY),
        )
    )


def _is_every(clients: Collection[str]) -> bool:
    return not clients or "all" in clients or _EVERY_CLIENT.issubset(clients)


def _is_unset(value: str | list[str] | None) -> Truth:
    return None if value is None else not value


def asks_for_a_second_factor(access: Access, policy: str) -> Truth:
    """Whether nobody gets past a policy without a second factor."""
    view = access.view
    controls, operator = view.get(policy, "controls"), view.get(policy, "operator")
    strengths = view.targets(policy, "authentication_strength")
    if controls is None or operator is None or view.get(policy, "authentication_strength") is None:
        return None
    if "block" in controls:
        return True
    others = [view.get(policy, each) for each in ("terms_of_use", "custom_factors")]
    strong: list[Truth] = [each == "mfa" for each in controls]
    strong += [_is_strong(access, each) for each in strengths]
    strong += [None if each is None else False for each in others if each != []]
    if not strong:
        return False
    return any_of(strong) if operator == "AND" else all_of(strong)


def _is_strong(access: Access, strength: str) -> Truth:
    satisfied = access.view.get(strength, "requirements_satisfied")
    return None if satisfied is None else satisfied == "mfa"
