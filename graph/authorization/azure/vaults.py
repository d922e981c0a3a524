"""Key Vault's access policies: what they let do, in the words of roles' actions.

https://learn.microsoft.com/azure/key-vault/general/rbac-migration
"""

from collections.abc import Mapping

from .actions import Action

TYPE = "microsoft.keyvault/vaults"
_ALL = "all"
_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "secrets/getsecret/action": ("get",),
    "secrets/setsecret/action": ("set",),
    "secrets/readmetadata/action": ("list",),
    "secrets/delete": ("delete",),
    "secrets/backup/action": ("backup",),
    "secrets/restore/action": ("restore",),
    "secrets/recover/action": ("recover",),
    "secrets/purge/action": ("purge",),
    "secrets/update/action": ("set",),
    "keys/read": ("get", "list"),
    "keys/create/action": ("create",),
    "keys/import/action": ("import",),
    "keys/update/action": ("update",),
    "keys/delete": ("delete",),
    "keys/decrypt/action": ("decrypt",),
    "keys/encrypt/action": ("encrypt",),
    "keys/sign/action": ("sign",),
    "keys/verify/action": ("verify",),
    "keys/wrap/action": ("wrapkey",),
    "keys/unwrap/action": ("unwrapkey",),
    "keys/release/action": ("release",),
    "keys/rotate/action": ("rotate",),
    "keys/backup/action": ("backup",),
    "keys/restore/action": ("restore",),
    "keys/recover/action": ("recover",),
    "keys/purge/action": ("purge",),
    "certificates/read": ("get", "list"),
    "certificates/create/action": ("create",),
    "certificates/import/action": ("import",),
    "certificates/update/action": ("update",),
    "certificates/delete": ("delete",),
    "certificates/backup/action": ("backup",),
    "certificates/restore/action": ("restore",),
    "certificates/recover/action": ("recover",),
    "certificates/purge/action": ("purge",),
}
"""The permissions of which one lets an action on data be done."""


def is_of_vaults(action: Action) -> bool:
    """Whether an action is one on what a vault holds."""
    return action.is_data and action.name.startswith(f"{TYPE}/")


def permits(action: Action, permissions: Mapping[str, frozenset[str] | None]) -> bool | None:
    """Whether an access policy lets an action be done; None if its permissions were not read."""
    name = action.name.removeprefix(f"{TYPE}/")
    held = permissions.get(name.partition("/")[0], frozenset())
    wanted = _PERMISSIONS.get(name, ())
    if held is None:
        return None if wanted else False
    return bool(wanted) and not held.isdisjoint({_ALL, *wanted})
