"""Subscriptions in which somebody becomes owner by what runs there."""

from collections import defaultdict
from collections.abc import Iterator

from ....graph.attack.model import StepType
from ....graph.authorization.azure.authorizer import AZURE
from ....graph.authorization.azure.environment import SUBSCRIPTION
from ....graph.authorization.azure.scopes import SUBSCRIPTIONS, top_of
from ....graph.logic import Truth, all_of, negation
from ....graph.sets import NONE, exactly, members
from ...access import Access, Identity, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ..assigning import CONTROL, SCOPES, environment, in_subscriptions, may_assign_on
from ..outsiders import OPEN


def _walk(access: Access) -> Iterator[Row]:
    running = {
        source: None
        for source, _, rel in access.graph.edges(data="rel")
        if rel == StepType.RUNS_AS and source.startswith(SUBSCRIPTIONS)
    }
    tree = environment(access).tree
    places: dict[str, set[Place]] = defaultdict(set)
    for workload in running:
        if access.view.is_missing(workload) or top_of(workload) not in access.graph:
            continue
        places[top_of(workload)].update(access.places(workload))
        scopes = [each for each in tree.chain(workload) if _is_scope(access, each)]
        for one in access.identities(workload):
            for scope in scopes:
                yield from _rows(access, workload, one, scope)
    for subscription in access.view.labelled(SUBSCRIPTION):
        own = Place(subscription.removeprefix(SUBSCRIPTIONS))
        deciding = in_subscriptions(access, {own, *places[subscription]})
        yield Row(subscription, True, listing_scope=deciding)


def _is_scope(access: Access, id_: str) -> bool:
    return id_ in access.graph and access.view.get(id_, "label") in SCOPES


def _rows(access: Access, workload: str, one: Identity, scope: str) -> Iterator[Row]:
    """The verdicts about those who control a workload whose identity may give out roles on a scope
    that it lies in."""
    strong: Truth = None
    if access.is_principal(one.id):
        strong = may_assign_on(access, one.id, scope)
    if strong is False:
        return
    controlling = access.who_controls(workload)
    found = NONE
    for number in members(controlling.possible):
        who = access.principals[number]
        lacks = negation(may_assign_on(access, who, scope)) if who != one.id else False
        truth = all_of((controlling.holds(number), strong, one.is_certain or None, lacks))
        if truth is not False:
            found |= exactly(1 << number).only_if(truth is True)
    if found.possible:
        those = found.certain or found.possible
        technique = access.control(next(members(those)), workload)
        words = (
            f"{access.named(those)} may take control of {access.name(workload)} ({technique}), "
            f"whose identity {access.name(one.id)} may give out roles on {access.name(scope)}"
        )
        yield Row(
            top_of(workload),
            worst(found),
            unread=[] if found.certain else [f"whether {words} {OPEN}"],
            evidence=(workload, one.id, scope, *access.ids(those)),
            values={"path": words},
        )


check = Check(
    id="contributor_becomes_owner",
    title="Nobody who may not give out roles controls something that may",
    provider="azure",
    service="authorization",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=SUBSCRIPTION,
    what=(
        "Nothing in the subscription that a principal controls by a known technique (a command run "
        "on a machine, code of an app, a runbook …) runs as an identity that may give out every "
        "role on the resource group or the subscription that it lies in, or above, where that "
        "principal may not do so itself. What could not be read, and conditions that no scan can "
        "know, are MANUAL."
    ),
    why=(
        "Contributors are not meant to give out roles; anyone who controls such a thing takes a "
        "token of its identity and makes itself owner."
    ),
    remediation=(
        "Give the identity a narrower role: az role assignment delete --assignee ID --role Owner "
        "--scope SCOPE; or let only owners change what runs as it"
    ),
    passes="Nobody becomes owner in {resource} by what runs there.",
    fails="In {resource} {path}.",
    rule=AccessRule(authorizer=AZURE, walk=_walk, own_labels=SCOPES, edges=CONTROL),
    references=(
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/"
        "managed-identity-best-practice-recommendations",
    ),
)
