"""Automation that holds more than those who may change what it does."""

from collections.abc import Callable, Iterator

from ....graph.authorization.azure.authorizer import AZURE, AzureAuthorizer
from ....graph.authorization.azure.covering import covers
from ....graph.authorization.azure.environment import Grant, PrincipalState
from ....graph.logic import Truth, all_of, negation
from ....graph.sets import members
from ...access import Access, Identity
from ...access_rule import AccessRule
from ...check import Check, Row, Severity
from ..assigning import CONTROL, in_subscriptions
from ..privileges import unlisted_roles


def _walker(label: str) -> Callable[[Access], Iterator[Row]]:
    def walk(access: Access) -> Iterator[Row]:
        for resource in access.view.labelled(label):
            editors = [
                (access.principals[each], access.who_controls(resource).holds(each))
                for each in members(access.who_controls(resource).possible)
            ]
            identities = [*access.identities(resource)]
            for one in identities:
                for who, controls in editors:
                    if who != one.id:
                        yield from _rows(access, resource, one, who, controls)
            unread = unlisted_roles(access) if identities and editors else ()
            yield Row(
                resource,
                None if unread else True,
                unread=unread,
                listing_scope=in_subscriptions(access, access.places(resource)),
            )

    return walk


def _rows(access: Access, resource: str, one: Identity, who: str, controls: Truth) -> Iterator[Row]:
    """The verdicts because of one who may change what a resource does, which runs as an identity:
    nothing where that holds nothing which the one does not."""
    assert isinstance(access.authorizer, AzureAuthorizer)
    if not access.is_principal(one.id):
        words = f"what {access.name(resource)} runs as could not be read"
        yield Row(resource, None, unread=[words], evidence=access.present((who, one.id)))
        return
    for held in access.authorizer.held_by(PrincipalState(one.id)):
        less = negation(covers(access.authorizer, PrincipalState(who), held.grant))
        truth = all_of((controls, one.is_certain or None, held.is_holder, less))
        if truth is False:
            continue
        words = _words(access, one, held.grant, who)
        open_ = f"whether {words} depends on what could not be read or on a condition"
        yield Row(
            resource,
            None if truth is None else False,
            unread=[open_] if truth is None else [],
            evidence=access.present((who, one.id, held.grant.id, held.grant.scope)),
            values={"path": words},
        )


def _words(access: Access, one: Identity, grant: Grant, who: str) -> str:
    return (
        f"{access.name(who)} may change it and holds less than its identity {access.name(one.id)}, "
        f"which is {grant.role_name} on {access.name(grant.scope)}"
    )


def _check(id_: str, service: str, label: str, words: str, what: str) -> Check:
    return Check(
        id=f"{id_}_runs_as_more_than_its_editors",
        title=f"{words} hold no more than those who may change what they do",
        provider="azure",
        service=service,
        severity=Severity.HIGH,
        resource=label,
        what=(
            f"Whoever may change {what}, by a known technique, may do all that each role of its "
            "identities allows, where that is held: roles are compared entry by entry, as patterns "
            "of actions. Eligible roles do not count. A role that is held under a condition, or of "
            "which only several entries together cover another, is MANUAL, as is all that could "
            "not be read."
        ),
        why="Whoever changes what it does has it do what they may not do themselves.",
        remediation=(
            "Give its identity a narrower role, or the roles that let its code be changed to "
            "nobody who holds less: az role assignment delete --assignee ID --role ROLE --scope "
            "SCOPE"
        ),
        passes="Whoever may change {resource} holds all that it does.",
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
