"""The saved queries for Google Cloud: what they find, and that what is unread is not left out."""

import re
from pathlib import Path
from typing import Any

from clew.collectors.gcp.cloudidentity import Group
from clew.collectors.gcp.compute import Firewall, Vpc
from clew.collectors.gcp.iam import ServiceAccount, ServiceAccountKey
from clew.collectors.gcp.iam_policies import PolicyBinding, User
from clew.graph.model import Resource
from clew.graph.stores.ladybug import LadybugStore
from clew.queries import ScanNames, library
from support.gcp_estates import PROJECT, TREE, estate, resource
from support.small_scans import scan_of

ACCOUNT = (
    f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/a@{PROJECT}.iam.gserviceaccount.com"
)


def rows_of(folder: Path, name: str, *resources: Resource, **given: str) -> list[Any]:
    query = library()[name]
    labels = re.findall(r"\b(?:GCP|GKE|Unknown)\w+", query.cypher)
    snapshot = scan_of(folder / "scan", estate(*resources), labels)
    with LadybugStore(folder / "cache") as store:
        store.load(snapshot)
        return store.query(query.cypher, query.values(given, ScanNames(store, snapshot)))


def test_roles_by_nested_groups_are_found(tmp_path: Path) -> None:
    outer, inner, user = "group:outer@x", "group:inner@x", "user:u@x"
    scope = f"{TREE}projects/{PROJECT}"
    rows = rows_of(
        tmp_path,
        "gcp_roles_of_principal",
        resource(User, user, account="", email="u@x"),
        resource(Group, inner, account="", members=[user]),
        resource(Group, outer, account="", members=[inner]),
        *(
            resource(
                PolicyBinding,
                f"{scope}/iamPolicyBindings/{who[:2]}{number}",
                name=f"roles/{number}",
                scope=scope,
                principals=[who],
                condition="",
            )
            for number, who in enumerate((outer, user, "user:other@x"))
        ),
        principal="u@x",
    )
    assert {(row["role"], row["holder"]) for row in rows} == {
        ("roles/0", outer),
        ("roles/1", user),
    }


def test_accounts_and_keys_of_which_the_use_is_unread_are_listed(tmp_path: Path) -> None:
    def key(name: str, kind: str | None) -> Any:
        known = {"key_id": name, "key_type": kind, "service_account": ACCOUNT}
        return resource(ServiceAccountKey, f"{ACCOUNT}/keys/{name}", **known)

    account = resource(ServiceAccount, ACCOUNT, name="a", used=None, disabled=False)
    keys = [key("own", "USER_MANAGED"), key("google", "SYSTEM_MANAGED"), key("unread", None)]
    rows = rows_of(tmp_path, "gcp_service_account_keys", account, *keys)
    assert {row["key"] for row in rows} == {"own", "unread"}
    (row,) = rows_of(tmp_path / "again", "gcp_unused_service_accounts", account)
    assert row == {"account": "a", "used": None}


def test_a_rule_without_any_source_is_for_every_source(tmp_path: Path) -> None:
    network = f"//compute.googleapis.com/projects/{PROJECT}/global/networks/n"

    def rule(name: str, **fields: Any) -> Any:
        known = {
            "direction": "INGRESS",
            "disabled": False,
            "allowed": ["tcp:22"],
            "source_ranges": [],
            "source_tags": [],
            "source_service_accounts": [],
            **fields,
        }
        id_ = f"//compute.googleapis.com/projects/{PROJECT}/global/firewalls/{name}"
        return resource(Firewall, id_, network=network, **known)

    rules = [
        rule("none"),
        rule("all", source_ranges=["0.0.0.0/0"]),
        rule("tag", source_tags=["web"]),
        rule("office", source_ranges=["198.51.100.0/24"]),
        rule("off", disabled=True),
    ]
    rows = rows_of(tmp_path, "gcp_open_firewall_rules", resource(Vpc, network), *rules)
    assert {row["rule"] for row in rows} == {"none", "all"}
