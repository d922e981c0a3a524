"""Automation that holds more than those who may change what it does."""

from collections.abc import Callable, Iterator

from ....graph.authorization.azure.authorizer import AZURE, AzureAuthorizer
from ....graph.authorization.azure.covering import covers
from ....graph.authorization.azure.environment import Grant, PrincipalState
from ....graph.logic import all_of, negation
from ....graph.sets import NONE, MaySet, exactly, members
from ...access import Access, Identity, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ..assigning import CONTROL, in_subscriptions
from ..outsiders import OPEN
from ..privileges import held, unlisted_roles


def _walker(label: str) -> Callable[[Access], Iterator[Row]]:
    def walk(access: Access) -> Iterator[Row]:
        for resource in access.view.labelled(label):
            editors = access.who_controls(resource)
            identities = [*access.identities(resource)] if editors.possible else []
            for one in identities:
                yield from _rows(access, resource, one, editors)
            unread = unlisted_roles(access) if identities else ()
            yield Row(
                resource,
                None if unread else True,
                unread=unread,
                listing_scope=in_subscriptions(access, access.places(resource)),
            )

    return walk


def _rows(access: Access, resource: str, one: Identity, editors: MaySet) -> Iterator[Row]:
    """The verdicts because of what an identity of a resource holds: nothing where all that may
    change the resource hold it too."""
    if not access.is_principal(one.id):
        words = f"what {access.name(resource)} runs as could not be read"
        yield Row(resource, None, unread=[words], evidence=[one.id])
        return
    for grant, is_holder in held(access, one.id):
        found = _with_less(access, one.id, grant, editors)
        found = found.only_if(is_holder is True and one.is_certain)
        if found.possible:
            those = found.certain or found.possible
            words = (
                f"{access.named(those)} may change it, with less than its identity "
                f"{access.name(one.id)}, which is {grant.role_name} on {access.name(grant.scope)}"
            )
            yield Row(
                resource,
                worst(found),
                unread=[] if found.certain else [f"whether {words} {OPEN}"],
                evidence=(one.id, grant.id, grant.scope, *access.ids(those)),
                values={"path": words},
            )


def _with_less(access: Access, identity: str, grant: Grant, editors: MaySet) -> MaySet:
    """Those of the editors, but for the identity itself, who may not do all that a role allows."""
    assert isinstance(access.authorizer, AzureAuthorizer)
    found = NONE
    for number in members(editors.possible):
        who = access.principals[number]
        less = negation(covers(access.authorizer, PrincipalState(who), grant))
        truth = all_of((editors.holds(number), less))
        if who != identity and truth is not False:
            found |= exactly(1 << number).only_if(truth is True)
    return found


def _check(id_: str, service: str, label: str, words: str, what: str) -> Check:
    return Check(
        id=f"{id_}_runs_as_more_than_its_editors",
        title=f"{words} hold no more than those who may change what they do",
        provider="azure",
        service=service,
        severity=Severity.HIGH,
        categories=(Category.PERMISSIONS,),
        resource=label,
        what=(
            f"Anyone who may change {what}, by a known technique, may do all that each role of its "
            "identities allows, where that is held: roles are compared entry by entry, as patterns "
            "of actions. Eligible roles do not count. A role that is held under a condition, or of "
            "which only several entries together cover another, is MANUAL, as is all that could "
            "not be read."
        ),
        why="Anyone who changes what it does has it do what they may not do themselves.",
        remediation=(
            "Give its identity a narrower role, or the roles that let its code be changed to "
            "nobody who holds less: az role assignment delete --assignee ID --role ROLE --scope "
            "SCOPE"
        ),
        passes="Anyone who may change {resource} holds all that it does.",
        fails="{resource}: {path}.",
        rule=AccessRule(authorizer=AZURE, walk=_walker(label), own_labels=(label,), edges=CONTROL),
        references=(
            "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/"
            "managed-identity-best-practice-recommendations",
        ),
    )


family = (
    _check(
        "automation",
        "automation",
        "AzureAutomationAccount",
        "Automation accounts",
        "the account's runbooks",
    ),
    _check("logic_app", "logic", "AzureLogicApp", "Logic apps", "the logic app"),
    _check("function_app", "web", "AzureFunctionApp", "Function apps", "the app's functions"),
    _check("data_factory", "datafactory", "AzureDataFactory", "Data factories", "its pipelines"),
)
