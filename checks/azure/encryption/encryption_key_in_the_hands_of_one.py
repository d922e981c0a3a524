"""Keys that encrypt data and that one principal may destroy together with it."""

from collections.abc import Callable, Iterator, Sequence

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.authorization.azure.environment import VAULT
from ....graph.authorization.azure.scopes import top_of
from ....graph.logic import Truth, any_of
from ....graph.sets import NONE, MaySet
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import sources, targets
from ..deleting import delete_action
from ..outsiders import open_words

_KEY, _DISK, _DISK_SET = "AzureKeyVaultKey", "AzureDisk", "AzureDiskEncryptionSet"
_PURGE_KEY = "data:Microsoft.KeyVault/vaults/keys/purge/action"
_DELETE_VAULT = "Microsoft.KeyVault/vaults/delete"
_PURGE_VAULT = "Microsoft.KeyVault/locations/deletedVaults/purge/action"


def _walker(label: str) -> Callable[[Access], Iterator[Row]]:
    def walk(access: Access) -> Iterator[Row]:
        for resource in access.view.labelled(label):
            for key in sorted(set(targets(access.graph, resource, "ENCRYPTED_BY", _KEY))):
                yield _judged(access, resource, key)

    return walk


def _judged(access: Access, resource: str, key: str) -> Row:
    missing = access.view.get(key, "missing")
    if missing == "NOT_FOUND":
        return _failed(resource, key, "which does not exist")
    if missing:
        return Row(resource, None, undecided_by=key)
    useless = any_of((_is_disabled(access, key), _has_expired(access, key)))
    if useless:
        words = "is disabled" if _is_disabled(access, key) else "has expired"
        return _failed(resource, key, f"which {words}")
    row = _destroyed(access, resource, key)
    if useless is None and row.passed:
        words = f"whether key {access.name(key)} can be used could not be read"
        return Row(resource, None, unread=[words], evidence=[key])
    return row


def _failed(resource: str, key: str, words: str, evidence: Sequence[str] = ()) -> Row:
    return Row(resource, False, evidence=[key, *evidence], values={"words": words})


def _is_disabled(access: Access, key: str) -> Truth:
    enabled = access.view.get(key, "enabled")
    return None if enabled is None else not enabled


def _has_expired(access: Access, key: str) -> Truth:
    end, scanned = access.view.get(key, "expires"), access.view.scanned
    if end is None:
        return False
    return None if scanned is None else bool(end < scanned.timestamp())


def _destroyed(access: Access, resource: str, key: str) -> Row:
    """Whether a key that can be used is safe from anyone who may delete what it encrypts."""
    vault = next(iter(targets(access.graph, key, "PART_OF", VAULT)), key)
    if access.view.is_missing(vault):
        return Row(resource, None, undecided_by=vault)
    protected = access.view.get(vault, "purge_protection")
    if protected:
        return Row(resource, True, evidence=[key, vault])
    unread = [f"purge protection of {access.name(vault)} could not be read"]
    if top_of(vault) != top_of(resource):
        if protected is None:
            return Row(resource, None, unread=unread, evidence=[key, vault])
        words = f"in {access.name(vault)} of another subscription, which may be purged"
        return _failed(resource, key, words, [vault])
    found = _purgers(access, vault) & _deleters(access, resource)
    if found.certain and protected is False:
        who = f"which {access.named(found.certain)} may purge and also delete the data"
        return _failed(resource, key, who, [vault, *access.ids(found.certain)])
    if protected is None and found.possible:
        return Row(resource, None, unread=unread, evidence=[key, vault])
    return Row(
        resource,
        worst(found.uncertain()),
        unread=[*open_words(access, found)],
        evidence=[key, vault, *access.ids(found.possible)],
    )


def _purgers(access: Access, vault: str) -> MaySet:
    """Who may purge a key of a vault: by itself, or with the vault."""
    with_vault = access.who_may([_DELETE_VAULT], vault)
    with_vault &= access.who_may([_PURGE_VAULT], top_of(vault))
    return access.who_may([_PURGE_KEY], vault) | with_vault


def _deleters(access: Access, resource: str) -> MaySet:
    """Who may delete data that a key encrypts: the resource, or of a set for disks any disk."""
    disks = [*sources(access.graph, resource, "ENCRYPTED_BY", _DISK)]
    is_set = access.view.get(resource, "label") == _DISK_SET
    found = NONE
    for each in disks if is_set else [resource]:
        if not access.view.is_missing(each):
            found |= access.who_may([delete_action(each)], each)
    return found


def _check(prefix: str, service: str, label: str, words: str) -> Check:
    is_set = label == _DISK_SET
    return Check(
        id=f"{prefix}encryption_key_in_the_hands_of_one",
        title=f"Nobody alone may destroy {words} and the key that encrypts them",
        provider="azure",
        service=service,
        severity=Severity.HIGH,
        categories=(Category.ENCRYPTION, Category.PERMISSIONS),
        resource=label,
        what=(
            "The key of your own that encrypts the data exists, is enabled and has not expired. "
            "Its vault is protected against purging; or else it lies in the same subscription, and "
            "no principal that may delete the data may purge the key, or delete and purge its "
            "vault. What is encrypted by Microsoft's keys alone gets no verdict."
        ),
        why=(
            "Data without its key is gone, and so are its backups that the same key encrypts: one "
            "stolen account is then enough for ransom."
        ),
        remediation="az keyvault update --name VAULT --enable-purge-protection true",
        passes="Nobody alone may destroy {resource} and its key.",
        fails="{resource} is encrypted by a key {words}.",
        rule=AccessRule(
            authorizer=AZURE,
            walk=_walker(label),
            own_labels=(label, _KEY, *((_DISK,) if is_set else ())),
        ),
        pass_requires_listing=(_DISK,) if is_set else (),
        references=(
            "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
            "https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation",
        ),
    )


family = (
    _check("", "compute", _DISK_SET, "disks"),
    _check("storage_", "storage", "AzureStorageAccount", "storage accounts"),
    _check("sqlserver_", "sql", "AzureSQLServer", "SQL servers"),
    _check("sqldatabase_", "sql", "AzureSQLDatabase", "SQL databases"),
    _check("sqlmanagedinstance_", "sql", "AzureSQLManagedInstance", "managed instances"),
    _check("postgresql_", "postgresql", "AzurePostgreSQLFlexibleServer", "PostgreSQL servers"),
    _check("mysql_", "mysql", "AzureMySQLFlexibleServer", "MySQL servers"),
    _check("cosmosdb_", "cosmosdb", "AzureCosmosDBAccount", "Cosmos DB accounts"),
)
