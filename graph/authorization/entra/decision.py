"""Whether a grant allows an action on an object that lies within its scope."""

from collections.abc import Iterator

from ...logic import ReasonedTruth, all_hold
from .actions import CONSENT_TO_ALL, GIVE_APP_ROLE, Action, allows
from .built_in_roles import PRIVILEGED_ROLE_ADMINISTRATOR, actions_of
from .environment import APPLICATION, GROUP, SERVICE_PRINCIPAL, USER
from .grants import TENANT, UNIT, Power
from .targets import Target

YES, NO = ReasonedTruth(True), ReasonedTruth(False)
_GUARDED = frozenset(
    {
        "authenticationmethods",
        "delete",
        "disable",
        "enable",
        "invalidateallrefreshtokens",
        "password",
        "restore",
        "userprincipalname",
    }
)
"""What of a user not everybody may change, for the roles that it holds."""
_MEMBERS, _CREDENTIALS = "members", "credentials"
_LABELS = {
    "agentidentityblueprints": APPLICATION,
    "applications": APPLICATION,
    "devices": "EntraDevice",
    "groups": GROUP,
    "groupsassignabletoroles": GROUP,
    "serviceprincipals": SERVICE_PRINCIPAL,
    "users": USER,
}
"""What actions on a kind are asked on."""


def decide(
    power: Power, scope: str, action: str, target: Target, unit_is_restricted: bool | None = None
) -> ReasonedTruth:
    """Whether a power allows an action on an object that it is held over, by its scope.

    ``unit_is_restricted`` is that of the unit, if it is held over one.
    """
    asked = Action.parsed(action)
    if _LABELS.get(asked.kind.partition(".")[0], target.label) != target.label:
        return NO
    if not power.is_certain:
        unread = ReasonedTruth.doubt(f"what {power.called} allows")
        return all_hold((unread, *_obstacles(asked, target)))
    return all_hold(
        (
            _covers(power, action, asked, target),
            _is_reached(power, scope, asked, target, unit_is_restricted),
            _may_touch(power, scope, asked, target),
            _may_consent(power, action, target),
            *_obstacles(asked, target),
        )
    )


def _covers(power: Power, action: str, asked: Action, target: Target) -> ReasonedTruth:
    """Whether the action is among those that are given."""
    choices = [_kinds(asked, kinds) for kinds in target.kinds]
    found = [any(allows(each, action, kinds) for each in power.actions) for kinds in choices]
    if all(found):
        truth = YES
    elif any(found):
        truth = ReasonedTruth.doubt(_unread_kind(target))
    else:
        return NO
    if power.condition:
        return all_hold((truth, ReasonedTruth.doubt(f"whether {power.condition}")))
    return truth


def _unread_kind(target: Target) -> str:
    """What is not known, so that an action may not be one on the object's kind."""
    if target.label == GROUP:
        return "what kind of group it is"
    if target.is_agent_blueprint is None:
        return "whether agents' identities are made of it"
    if target.is_agent_blueprint:
        return "whether what holds for applications holds for agents' blueprints"
    return "which tenants may use it"


def _kinds(asked: Action, kinds: frozenset[str]) -> frozenset[str]:
    """What an object is called where the action is one on objects of a kind of their own; other
    actions, on policies and the like, are asked by their own name."""
    return kinds if asked.kind.partition(".")[0] in _LABELS else frozenset({asked.kind})


def _is_reached(
    power: Power, scope: str, asked: Action, target: Target, unit_is_restricted: bool | None
) -> ReasonedTruth:
    """Whether the scope counts: what is in a restricted unit is reached from such a unit only."""
    if scope == UNIT and not power.over_units:
        return NO
    changes_members = asked.properties[:1] == (_MEMBERS,)
    holds_roles = target.kinds == (frozenset({"groupsassignabletoroles"}),)
    if target.restricted is not False and changes_members and holds_roles:
        # Nobody can be given over a unit what it takes.
        guards = power.actions >= actions_of(PRIVILEGED_ROLE_ADMINISTRATOR) and scope == TENANT
        return YES if guards else NO if target.restricted else _UNIT_UNREAD
    if target.restricted is False:
        return YES
    if scope == UNIT:
        if unit_is_restricted:
            return YES
        if unit_is_restricted is None:
            return ReasonedTruth.doubt("whether its administrative unit is restricted")
    return NO if target.restricted else _UNIT_UNREAD


_UNIT_UNREAD = ReasonedTruth.doubt("whether it is in a restricted administrative unit")


def _may_touch(power: Power, scope: str, asked: Action, target: Target) -> ReasonedTruth:
    """Whether a user's credentials and whereabouts may be changed, for the roles that it holds."""
    if target.holding is None or asked.kind != "users" or not _is_guarded(asked):
        return YES
    if power.resets_everybody:
        return YES
    holding = target.holding
    known = holding.roles if scope == UNIT else holding.roles - power.resets
    if known or holding.in_role_group or holding.over_restricted_unit:
        return NO
    return ReasonedTruth.doubt(*holding.doubts) if holding.doubts else YES


def _is_guarded(asked: Action) -> bool:
    return (*asked.properties, asked.task)[0] in _GUARDED


def _may_consent(power: Power, action: str, target: Target) -> ReasonedTruth:
    """Whether app roles may be given on an object: those of Microsoft Graph not by everybody."""
    if action != GIVE_APP_ROLE or target.is_graph is False:
        return YES
    kinds = frozenset({"serviceprincipals"})
    if any(allows(each, CONSENT_TO_ALL, kinds) for each in power.actions):
        return YES
    return NO if target.is_graph else ReasonedTruth.doubt("whether it is Microsoft Graph")


def _obstacles(asked: Action, target: Target) -> Iterator[ReasonedTruth]:
    """Whether the object takes it from anybody at all."""
    first = asked.properties[:1]
    if target.label == GROUP and first == (_MEMBERS,):
        yield _unless(target.is_dynamic, "whether a rule decides who is in it")
        yield _unless(target.is_synchronised, "whether it comes from Active Directory")
    if target.label == SERVICE_PRINCIPAL and first == (_CREDENTIALS,):
        yield _unless(target.is_without_credentials, "whether it can have credentials")
        yield _unless(target.is_microsofts, "whether it is Microsoft's own")
        if target.is_foreign and not target.is_microsofts:
            yield ReasonedTruth.doubt("whether its publisher lets credentials be added")
    if target.label == USER and first in (("password",), ("authenticationmethods",)):
        yield _unless(target.is_external, "whether it signs in with another tenant")
    if target.label == USER and first == ("password",) and target.is_synchronised is not False:
        yield ReasonedTruth.doubt("whether passwords are written back to Active Directory")


def _unless(truth: bool | None, unread: str) -> ReasonedTruth:
    return ReasonedTruth.doubt(unread) if truth is None else ReasonedTruth(not truth)
