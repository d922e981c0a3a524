"""Who may give out roles."""

from collections.abc import Iterable

from ...graph.attack.azure.role_choices import ASSIGN, OWNER, own_request
from ...graph.attack.model import StepType
from ...graph.authorization.azure.authorizer import AzureAuthorizer
from ...graph.authorization.azure.environment import (
    MANAGEMENT_GROUP,
    PRINCIPALS,
    RESOURCE_GROUP,
    SUBSCRIPTION,
    TENANT,
    AzureEnvironment,
    PrincipalState,
)
from ...graph.authorization.azure.scopes import SUBSCRIPTIONS
from ...graph.logic import Truth
from ...graph.scan_coverage import Place
from ...graph.schema import EdgeType
from ...graph.sets import NONE, MaySet, exactly, members
from ..access import Access

SCOPES = (RESOURCE_GROUP, SUBSCRIPTION, MANAGEMENT_GROUP, TENANT)
"""The labels of what roles are given out on here."""
CONTROL = frozenset(
    EdgeType(principal, StepType.CAN_ESCALATE_TO, "AzureVirtualMachine") for principal in PRINCIPALS
)
"""Edges of the derivation by which techniques of Azure lead principals to resources."""


def environment(access: Access) -> AzureEnvironment:
    """What decides in Azure."""
    assert isinstance(access.authorizer, AzureAuthorizer)
    return access.authorizer.environment


def in_subscriptions(access: Access, places: Iterable[Place]) -> list[Place]:
    """Those of some places that are scanned subscriptions."""
    known = {*environment(access).subscriptions}
    named = sorted({each.account or "" for each in places})
    return [Place(each) for each in named if f"{SUBSCRIPTIONS}{each}" in known]


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
    acting = access.authorizer.principals
    for place in members(access.authorizer.principals_with(ASSIGN)):
        who = acting[place]
        number = attack.number.get((who, ""), -1)
        for label in SCOPES if number >= 0 else ():
            rows = may_assign(access, who, label)
            if rows.possible:
                found |= exactly(1 << number).only_if(bool(rows.certain))
    return found
