"""Logs that what they record may delete."""

from collections.abc import Iterator

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.logic import Truth, all_of, any_of
from ....graph.model import MissingReason
from ...access import Access, Identity
from ...access_rule import AccessRule
from ...check import Category, Check, Referred, Row, Severity
from ...neighbours import targets
from ..deleting import delete_action
from ..outsiders import OPEN, SHARED_IDENTITY

_SETTING, _STORAGE = "AzureDiagnosticSetting", "AzureStorageAccount"
_PLACES = ("AzureEventHubsNamespace", "AzureLogAnalyticsWorkspace", _STORAGE)
_BLOBS = "data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"


def _walk(access: Access) -> Iterator[Row]:
    for setting in access.view.labelled(_SETTING):
        places = [
            each for kind in _PLACES for each in targets(access.graph, setting, "LOGS_TO", kind)
        ]
        for resource in sorted(set(targets(access.graph, setting, "AUDITS"))):
            reason = access.view.get(resource, "missing")
            identities = [*access.identities(resource)]
            if reason == MissingReason.NOT_FOUND or not (reason or identities):
                continue
            for place in sorted(set(places)):
                if reason or access.view.is_missing(place):
                    words = f"as whom {access.name(resource)} runs could not be read"
                    yield Row(setting, None, target=place, unread=[words] if reason else [])
                else:
                    yield _judged(access, setting, place, identities)


def _judged(access: Access, setting: str, place: str, identities: list[Identity]) -> Row:
    deleting = {each.id: _deletes(access, each, place) for each in identities}
    found = any_of(deleting.values())
    those = [each for each, truth in deleting.items() if truth is found]
    names = ", ".join(access.name(each) for each in those)
    return Row(
        setting,
        None if found is None else not found,
        target=place,
        unread=[f"whether {names} may delete {access.name(place)} {OPEN}"] if found is None else [],
        evidence=those if found is not False else (),
        values={"who": names},
    )


def _deletes(access: Access, one: Identity, place: str) -> Truth:
    """Whether an identity may delete a place of logs, or what is in it."""
    if not access.is_principal(one.id):
        return None
    actions = [delete_action(place)]
    if access.view.get(place, "label") == _STORAGE:
        actions.append(_BLOBS)
    may = any_of(access.may(one.id, action, place) for action in actions)
    return all_of((one.is_certain or None, may))


check = Check(
    id="diagnostics_deletable_by_audited_identity",
    title="What is audited may not delete its own logs",
    provider="azure",
    service="monitor",
    severity=Severity.MEDIUM,
    categories=(Category.LOGGING, Category.PERMISSIONS),
    resource=_SETTING,
    what=(
        "Of each resource with a diagnostic setting and managed identities of its own: none of "
        "these may delete the storage account, workspace or event hub that the logs go to, nor "
        "blobs in it. Immutability of blobs does not count. Settings of what runs as nobody get "
        "no verdict. What could not be read, and conditions that no scan can know, are MANUAL."
    ),
    why="An attacker who takes the resource over deletes its traces with the resource's own token.",
    remediation=(
        "Send the logs to a subscription in which only those who read them hold roles, or take "
        "the role away: az role assignment delete --assignee ID --role ROLE --scope SCOPE"
    ),
    passes="What {resource} audits may not delete its logs in {target}.",
    fails="{who}, which {resource} audits, may delete its logs in {target}.",
    rule=AccessRule(
        authorizer=AZURE,
        walk=_walk,
        own_labels=(_SETTING, *_PLACES, SHARED_IDENTITY, Referred(_SETTING, "AUDITS")),
    ),
    references=(
        "https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings",
        "https://learn.microsoft.com/azure/azure-monitor/fundamentals/best-practices-security",
    ),
)
