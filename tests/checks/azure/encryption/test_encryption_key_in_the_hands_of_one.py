"""Keys that one principal may destroy together with the data."""

from typing import Any

import pytest
from clew.graph.model import MissingReason
from support.azure_access import verdicts, world_of_one_subscription
from support.azure_worlds import NOW, AzureWorld

CHECK = "encryption_key_in_the_hands_of_one"
SUB, RG = "/subscriptions/s", "/subscriptions/s/resourcegroups/rg"
OTHER = "/subscriptions/o/resourcegroups/rg"
DATA = {
    "": ("AzureDiskEncryptionSet", "microsoft.compute/diskencryptionsets"),
    "storage_": ("AzureStorageAccount", "microsoft.storage/storageaccounts"),
    "sqlserver_": ("AzureSQLServer", "microsoft.sql/servers"),
    "cosmosdb_": ("AzureCosmosDBAccount", "microsoft.documentdb/databaseaccounts"),
}
DISK = f"{RG}/providers/microsoft.compute/disks/disk"
DELETES = [
    {
        "actions": [
            "Microsoft.Compute/disks/delete",
            "Microsoft.Storage/storageAccounts/delete",
            "Microsoft.Sql/servers/delete",
            "Microsoft.DocumentDB/databaseAccounts/delete",
        ]
    }
]
PURGES = [{"dataActions": ["Microsoft.KeyVault/vaults/keys/purge/action"]}]
PURGES_VAULTS = [
    {
        "actions": [
            "Microsoft.KeyVault/vaults/delete",
            "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        ]
    }
]


def world(
    *entries: Any,
    data: str = "storage_",
    protected: bool | None = False,
    group: str = RG,
    **key: Any,
) -> AzureWorld:
    found = world_of_one_subscription()
    found.subscription("o")
    label, path = DATA[data]
    it = found.resource(label, f"{RG}/providers/{path}/it")
    if not data:
        found.resource("AzureDisk", DISK)
        found.graph.add_edge(DISK, it, rel="ENCRYPTED_BY", via="disk_encryption_set")
    vault = found.vault(f"{group}/providers/microsoft.keyvault/vaults/kv", by_roles=True)
    found.graph.nodes[vault]["purge_protection"] = protected
    known = {"enabled": True, "expires": None, **key}
    one = found.resource("AzureKeyVaultKey", f"{vault}/keys/key", **known)
    found.graph.add_edge(one, vault, rel="PART_OF", via="key_vault")
    found.graph.add_edge(it, one, rel="ENCRYPTED_BY", via="key")
    for each in entries:
        for scope in (SUB, "/subscriptions/o"):
            found.assign(found.principal("user"), each, scope)
    return found


def verdict(found: AzureWorld, data: str = "storage_", *unlisted: str) -> str | None:
    return verdicts(f"{data}{CHECK}", found, *unlisted).get("it")


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize(
    ("entries", "protected", "expected"),
    [
        ([DELETES, PURGES], False, "FAIL"),
        ([DELETES, PURGES_VAULTS], False, "FAIL"),
        ([DELETES], False, "PASS"),
        ([PURGES], False, "PASS"),
        ([DELETES, PURGES], True, "PASS"),
        ([DELETES, PURGES], None, "MANUAL"),
        ([DELETES], None, "PASS"),
        ([DELETES, None], False, "MANUAL"),
    ],
)
def test_who_may_destroy_both(
    entries: list[Any], protected: bool | None, expected: str, data: str
) -> None:
    assert verdict(world(*entries, data=data, protected=protected), data) == expected


@pytest.mark.parametrize(
    ("protected", "expected"), [(True, "PASS"), (False, "FAIL"), (None, "MANUAL")]
)
def test_a_vault_in_another_subscription(protected: bool | None, expected: str) -> None:
    assert verdict(world(protected=protected, group=OTHER)) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ({"enabled": False}, "FAIL"),
        ({"enabled": None}, "MANUAL"),
        ({"expires": int(NOW.timestamp()) - 1}, "FAIL"),
        ({"expires": int(NOW.timestamp()) + 1}, "PASS"),
    ],
)
def test_a_key_that_cannot_be_used(key: dict[str, Any], expected: str) -> None:
    assert verdict(world(protected=True, **key)) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (MissingReason.NOT_FOUND, "FAIL"),
        (MissingReason.CROSS_ACCOUNT, "MANUAL"),
        (MissingReason.UNREADABLE, "MANUAL"),
    ],
)
def test_a_key_that_is_missing(reason: MissingReason, expected: str) -> None:
    found = world()
    for id_, label in found.graph.nodes(data="label"):
        if label == "AzureKeyVaultKey":
            found.graph.nodes[id_]["missing"] = reason
    assert verdict(found) == expected


def test_access_policies_decide_where_the_vault_goes_by_them() -> None:
    found = world(DELETES)
    who = found.principal("user")
    found.vault(f"{RG}/providers/microsoft.keyvault/vaults/kv", False, {who: {"keys": ["purge"]}})
    found.graph.nodes[f"{RG}/providers/microsoft.keyvault/vaults/kv"]["purge_protection"] = False
    assert verdict(found) == "FAIL"


def test_what_microsofts_keys_encrypt_gets_no_verdict() -> None:
    found = world()
    found.graph.remove_nodes_from(
        [id_ for id_, label in found.graph.nodes(data="label") if label == "AzureKeyVaultKey"]
    )
    assert verdict(found) is None
