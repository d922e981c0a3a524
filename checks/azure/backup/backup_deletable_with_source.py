"""Backups that one principal may delete together with what they are of."""

from collections.abc import Callable, Iterator

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.logic import Truth, any_of
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Referred, Row, Severity
from ...neighbours import targets
from ..deleting import delete_action
from ..outsiders import open_words

_WITH_GUARDS = "AzureBackupVault"
"""The label of vaults that name who has to agree."""


def _walker(label: str, vaults: str) -> Callable[[Access], Iterator[Row]]:
    def walk(access: Access) -> Iterator[Row]:
        for item in access.view.labelled(label):
            vault = next(iter(targets(access.graph, item, "PART_OF", vaults)), None)
            for source in sorted(set(targets(access.graph, item, "BACKS_UP"))):
                yield _judged(access, item, source, vault)

    return walk


def _judged(access: Access, item: str, source: str, vault: str | None) -> Row:
    if access.view.is_missing(source):
        return Row(item, None, target=source)
    if vault is None or access.view.is_missing(vault):
        return Row(item, None, target=source, unread=["its vault could not be read"])
    kept = _is_kept(access, vault)
    if kept:
        return Row(item, True, target=source, evidence=[vault])
    found = access.who_may([delete_action(item)], item)
    found &= access.who_may([delete_action(source)], source)
    found = found.only_if(kept is False)
    unread = [*open_words(access, found)]
    if kept is None:
        unread = [f"what protects backups in {access.name(vault)} could not be read"]
    return Row(
        item,
        worst(found),
        target=source,
        unread=unread,
        evidence=(vault, *access.ids(found.certain or found.possible)),
        values={"who": access.named(found.certain)},
    )


def _is_kept(access: Access, vault: str) -> Truth:
    """Whether a vault lets nobody alone delete backups before their time."""
    immutability = access.view.get(vault, "immutability")
    agreed = access.view.get(vault, "multi_user_authorization")
    guards = access.view.get(vault, "resource_guards")
    if access.view.get(vault, "label") == _WITH_GUARDS:
        others = None if guards is None else bool(guards)
    else:
        others = None if agreed is None else agreed.lower() == "enabled"
    return any_of((None if immutability is None else immutability.lower() == "locked", others))


def _check(id_: str, service: str, label: str, vaults: str, words: str) -> Check:
    return Check(
        id=id_,
        title=f"Nobody alone may delete a {words} and what it is of",
        provider="azure",
        service=service,
        severity=Severity.HIGH,
        categories=(Category.BACKUP, Category.PERMISSIONS),
        resource=label,
        what=(
            "The vault's immutability is locked, or somebody else has to agree before backups are "
            "deleted (multi-user authorization); or else no principal may delete both the "
            f"{words} and what it is of. Immutability that is not locked can be switched off, and "
            "deleted backups that stay for some days do not count. What could not be read, and "
            "conditions that no scan can know, are MANUAL."
        ),
        why="Ransomware deletes the backups first: one stolen account is then enough for both.",
        remediation=(
            "az backup vault update --name VAULT --resource-group GROUP --immutability-state "
            "Locked; or protect the vault with a Resource Guard that others own"
        ),
        passes="Nobody alone may delete {target} and its backup {resource}.",
        fails="{who} may delete {target} and its backup {resource}.",
        rule=AccessRule(
            authorizer=AZURE,
            walk=_walker(label, vaults),
            own_labels=(label, vaults, Referred(label, "BACKS_UP")),
        ),
        references=(
            "https://learn.microsoft.com/azure/backup/backup-azure-immutable-vault-concept",
            "https://learn.microsoft.com/azure/backup/multi-user-authorization-concept",
        ),
    )


family = (
    _check(
        "backup_deletable_with_source",
        "recoveryservices",
        "AzureBackupItem",
        "AzureRecoveryServicesVault",
        "backup",
    ),
    _check(
        "backup_instance_deletable_with_source",
        "dataprotection",
        "AzureBackupInstance",
        _WITH_GUARDS,
        "backup instance",
    ),
)
