"""``clew can`` and ``clew who-can`` about Azure, on a scan of the recorded estate."""

from pathlib import Path
from typing import Any

import pytest
from clew import pipeline
from clew.scans.connecting import ScanOptions, connect
from support.demo_estate import Silent, replayed

from .conftest import Clew

PROD = "/subscriptions/11111111-2222-3333-4444-555555555555"
DEV = "/subscriptions/66666666-7777-8888-9999-000000000000"
NETWORK = f"{PROD}/resourceGroups/net-prod-rg"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
START = "Microsoft.Compute/virtualMachines/start/action"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("azure") / "scan"
    clouds = ("azure", "entra")
    with replayed():
        accounts = connect(clouds, ScanOptions())
        pipeline.scan(accounts, pipeline.selection(clouds), (), folder, Silent())
    return folder


def answers(clew: Clew, *arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clew(*arguments, "-f", "json").json["answers"]
    return found


def test_the_owner_of_a_management_group_may_do_all_below(clew: Clew, scanned: Path) -> None:
    done = clew("can", scanned, "Ada Brook", ASSIGN, NETWORK)
    assert done.code == 0
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert lines["decision"] == "ALLOWED"
    assert lines["why"] == "allowed by role Owner"


def test_json_has_the_keys_of_every_cloud(clew: Clew, scanned: Path) -> None:
    done = clew("can", scanned, "Ada Brook", ASSIGN, NETWORK, "-f", "json")
    assert done.json["covers"] == ["azure"]
    (row,) = done.json["answers"]
    assert list(row) == [
        "principal",
        "action",
        "resource",
        "decision",
        "decided_by",
        "explanation",
        "statements",
        "open_keys",
        "unread",
    ]
    assert row["statements"][0]["sid"] == "Owner"


def test_what_the_request_says_settles_a_condition(clew: Clew, scanned: Path) -> None:
    asked = ("can", scanned, "Chloe Tran", ASSIGN, NETWORK)
    assert [row["decision"] for row in answers(clew, *asked)] == ["CONDITIONAL"]
    given = ("--context", f"RoleDefinitionId={SECRETS_USER}")
    for kind, expected in (("ServicePrincipal", "ALLOWED"), ("User", "IMPLICITLY_DENIED")):
        more = (*given, "--context", f"PrincipalType={kind}")
        assert [row["decision"] for row in answers(clew, *asked, *more)] == [expected]


def test_a_denial_and_an_eligible_role_are_reported(clew: Clew, scanned: Path) -> None:
    delete = "Microsoft.Network/loadBalancers/delete"
    shop = f"{PROD}/resourceGroups/shop-prod-rg"
    (row,) = answers(clew, "can", scanned, "Ada Brook", delete, shop)
    assert (row["decision"], row["decided_by"]) == ("EXPLICITLY_DENIED", "deny assignment")
    (row,) = answers(clew, "can", scanned, "Ben Osei", ASSIGN, PROD)
    assert (row["decision"], row["explanation"]) == (
        "ELIGIBLE",
        "allowed once role Owner is activated",
    )


def test_who_can_names_members_of_groups_and_who_is_eligible(clew: Clew, scanned: Path) -> None:
    rows = answers(clew, "who-can", scanned, ASSIGN, PROD)
    decisions = {row["principal"].rpartition("-")[2].lstrip("0"): row["decision"] for row in rows}
    assert decisions == {"1": "ALLOWED", "2": "ELIGIBLE"}
    rows = answers(clew, "who-can", scanned, START, f"{DEV}/resourceGroups/dev-rg")
    assert {row["decision"] for row in rows} == {"ALLOWED"}
    assert len(rows) == 4


def test_without_a_resource_it_says_where(clew: Clew, scanned: Path) -> None:
    done = clew("can", scanned, "deploy-bot", START, "-f", "json")
    everything, some = done.json["answers"]
    assert everything["decision"] == "IMPLICITLY_DENIED"
    assert some["decision"] == "ALLOWED"
    assert "resources in the scan" in done.err


def test_what_roles_name_as_data_is_asked_as_data(clew: Clew, scanned: Path) -> None:
    secret = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    for action in (secret, f"data:{secret}"):
        (row,) = answers(clew, "can", scanned, "Ada Brook", action, PROD)
        assert row["action"] == f"data:{secret}"
        assert row["decision"] == "IMPLICITLY_DENIED"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Ada Brok", START), "No user or service principal is called 'Ada Brok'. Did you mean"),
        (("Ada Brook", "Microsoft.Compute/*/read"), "stands for many actions"),
        (("Ada Brook", START, "nowhere"), "is neither an ARM id nor the name of a resource"),
        (("Cloud Admins", START), "is an EntraGroup, not a user or service principal."),
    ],
)
def test_a_question_that_makes_no_sense_is_wrong_usage(
    clew: Clew, scanned: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = clew("can", scanned, *arguments)
    assert done.code == 2
    assert words in done.err
