"""``clew can`` and ``clew who-can`` about Entra ID, on a scan of the recorded tenant."""

from pathlib import Path
from typing import Any

import pytest
from clew import pipeline
from clew.scans.connecting import ScanOptions, connect
from support.demo_estate import Silent, replayed

from .conftest import Clew

RESET = "microsoft.directory/users/password/update"
ADD_MEMBER = "microsoft.directory/groups/members/update"
GIVE_ROLE = "microsoft.directory/roleAssignments/create"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("entra") / "scan"
    with replayed():
        accounts = connect(["entra"], ScanOptions())
        pipeline.scan(accounts, pipeline.selection(["entra"]), (), folder, Silent())
    return folder


def answers(clew: Clew, *arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clew(*arguments, "-f", "json").json["answers"]
    return found


def decision(clew: Clew, *arguments: Any) -> str:
    (row,) = answers(clew, "can", *arguments)
    return str(row["decision"])


def test_a_helpdesk_administrator_resets_whom_the_table_allows(clew: Clew, scanned: Path) -> None:
    assert decision(clew, scanned, "Grace Ito", RESET, "Chloe Tran") == "IMPLICITLY_DENIED"
    assert decision(clew, scanned, "Grace Ito", RESET, "Henry Okafor") == "ALLOWED"
    assert decision(clew, scanned, "Grace Ito", RESET, "Ada Brook") == "IMPLICITLY_DENIED"
    assert decision(clew, scanned, "Iris Novak", RESET, "Eve Lindqvist") == "IMPLICITLY_DENIED"
    assert decision(clew, scanned, "Iris Novak", RESET, "Farid Haddad") == "CONDITIONAL"
    assert decision(clew, scanned, "Iris Novak", RESET, "Henry Okafor") == "IMPLICITLY_DENIED"


def test_json_has_the_keys_of_every_cloud(clew: Clew, scanned: Path) -> None:
    done = clew("can", scanned, "Ada Brook", GIVE_ROLE, "/", "-f", "json")
    assert done.json["covers"] == ["entra"]
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
    assert row["explanation"] == "allowed by Privileged Role Administrator"
    assert len(row["statements"]) == 2  # the assignment, and the group that holds it


def test_eligible_roles_and_groups_are_reported(clew: Clew, scanned: Path) -> None:
    (row,) = answers(clew, "can", scanned, "Henry Okafor", GIVE_ROLE, "/")
    assert (row["decision"], row["explanation"]) == (
        "ELIGIBLE",
        "allowed once Global Administrator is activated",
    )
    assert decision(clew, scanned, "Iris Novak", GIVE_ROLE, "/") == "ELIGIBLE"


def test_who_can_names_members_of_groups_applications_and_who_is_eligible(
    clew: Clew, scanned: Path
) -> None:
    rows = answers(clew, "who-can", scanned, GIVE_ROLE, "/")
    decisions = {row["principal"].rpartition("/")[2][-1]: row["decision"] for row in rows}
    assert decisions == {
        "1": "ALLOWED",
        "3": "ALLOWED",
        "8": "ELIGIBLE",
        "9": "ELIGIBLE",
        "a": "ALLOWED",
    }


def test_owners_and_app_roles(clew: Clew, scanned: Path) -> None:
    assert decision(clew, scanned, "Ben Osei", ADD_MEMBER, "Cloud Admins") == "ALLOWED"
    graph = "d0000000-0000-4000-8000-000000000001"
    held = (scanned, "shop-deployer", "AppRoleAssignment.ReadWrite.All", graph)
    assert decision(clew, *held) == "ALLOWED"
    assert decision(clew, scanned, "deploy-bot", "User.Read.All", graph) == "IMPLICITLY_DENIED"
    shop = "d0000000-0000-4000-8000-000000000002"
    # Ben is directly in the group that holds it, Eve in one that is nested in that.
    assert decision(clew, scanned, "Ben Osei", "Orders.Read.All", shop) == "ALLOWED"
    assert decision(clew, scanned, "Eve Lindqvist", "Orders.Read.All", shop) == "IMPLICITLY_DENIED"


def test_without_a_resource_it_says_where(clew: Clew, scanned: Path) -> None:
    done = clew("can", scanned, "Ben Osei", ADD_MEMBER, "-f", "json")
    (row,) = done.json["answers"]
    assert row["decision"] == "ALLOWED"
    assert "in the scan" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Ada Brok", RESET), "No user or service principal is called 'Ada Brok'. Did you mean"),
        (("Ada Brook", RESET, "nowhere"), "is neither an id nor the name of an object"),
        (("Cloud Admins", RESET), "is an EntraGroup, not a user or service principal."),
        (("Ada Brook", RESET, "shop-api"), "is the name of several, say which"),
    ],
)
def test_a_question_that_makes_no_sense_is_wrong_usage(
    clew: Clew, scanned: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = clew("can", scanned, *arguments)
    assert done.code == 2
    assert words in done.err
