"""Who may give out roles."""

from ...graph.attack.azure.role_choices import ASSIGN, OWNER, own_request
from ...graph.authorization.azure.environment import (
    MANAGEMENT_GROUP,
    RESOURCE_GROUP,
    SUBSCRIPTION,
    TENANT,
    PrincipalState,
)
from ...graph.logic import Truth
from ...graph.sets import NONE, MaySet, exactly
from ..access import Access

SCOPES = (RESOURCE_GROUP, SUBSCRIPTION, MANAGEMENT_GROUP, TENANT)
"""The labels of what roles are given out on here."""


def may_assign(access: Access, who: str, label: str) -> MaySet:
    """On which scopes of a label, by the row of the authorizer's table, a principal may make
    itself owner, which stands for giving out every role."""
    state = PrincipalState(who)
    table = access.authorizer.table(label)
    return access.authorizer.allowed(state, ASSIGN, table, own_request(state, OWNER))


def may_assign_on(access: Access, who: str, scope: str) -> Truth:
    """Whether a principal may make itself owner of one scope."""
    return access.may(who, ASSIGN, scope, own_request(PrincipalState(who), OWNER))


def assigners(access: Access) -> MaySet:
    """The nodes of attack paths that may give out every role on a scope, and those whom an
    attacker can make so."""
    attack = access.attack
    found = NONE
    for number, node in enumerate(attack.nodes):
        if node.label == SUBSCRIPTION:
            found |= attack.administrators_of(number)
    for who in access.principals:
        number = attack.number.get((who, ""), -1)
        for label in SCOPES if number >= 0 else ():
            rows = may_assign(access, who, label)
            if rows.possible:
                found |= exactly(1 << number).only_if(bool(rows.certain))
    return found
