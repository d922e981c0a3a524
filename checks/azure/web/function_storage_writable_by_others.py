"""Function apps whose code others may write."""

from collections.abc import Iterator

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.sets import NONE
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import targets
from ..outsiders import SHARED_IDENTITY, open_words, outsiders

_APP, _ACCOUNT = "AzureFunctionApp", "AzureStorageAccount"
_KEYS = (
    ("Microsoft.Storage/storageAccounts/listKeys/action",),
    ("Microsoft.Storage/storageAccounts/regenerateKey/action",),
)
_BLOBS = (
    ("data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",),
    ("data:Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",),
)


def _walk(access: Access) -> Iterator[Row]:
    """Verdicts about the apps: of an account that was not read only a name is known, which is no
    resource that a finding could be about whether or not it was read."""
    for app in access.view.labelled(_APP):
        for account in sorted(set(targets(access.graph, app, "RUNS_CODE_FROM", _ACCOUNT))):
            if access.view.is_missing(account):
                yield Row(app, None, undecided_by=account)
                continue
            own = [each.id for each in access.identities(app)]
            found = outsiders(access, _BLOBS, account, app, own)
            keys = access.view.get(account, "shared_key_access")
            by_keys = outsiders(access, _KEYS, account, app, own) if keys is not False else NONE
            found |= by_keys.only_if(keys is True)
            yield Row(
                app,
                worst(found),
                unread=[*open_words(access, found)],
                evidence=[account, *access.ids(found.certain or found.possible)],
                values={"who": access.named(found.certain), "where": access.name(account)},
            )


check = Check(
    id="function_storage_writable_by_others",
    title="Nobody writes a function app's code who has no right on the app",
    provider="azure",
    service="web",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_APP,
    what=(
        "Anyone who may write the storage account that holds the app's code, by its keys or by a "
        "role on its blobs, may change the app itself by a known technique too. Keys count where "
        "they open the account. The app's own identities do not count. An app of which Azure does "
        "not say where its code lies, but in settings that are not read, gets no verdict. What "
        "could not be read, and conditions that no scan can know, are MANUAL."
    ),
    why="Anyone who writes the package runs code in the app, with the tokens of its identities.",
    remediation=(
        "Keep the code in an account of its own, turn its keys off (az storage account update "
        "--name ACCOUNT --allow-shared-key-access false) and give roles on it only to those who "
        "deploy the app"
    ),
    passes="Anyone who may write {where}, which holds code of {resource}, may change the app too.",
    fails="{who} may write {where}, which holds code of {resource}, with no right on the app.",
    rule=AccessRule(authorizer=AZURE, walk=_walk, own_labels=(_APP, _ACCOUNT, SHARED_IDENTITY)),
    references=(
        "https://learn.microsoft.com/azure/azure-functions/security-concepts",
        "https://learn.microsoft.com/azure/azure-functions/storage-considerations",
    ),
)
