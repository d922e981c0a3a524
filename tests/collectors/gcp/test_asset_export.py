"""An export of Cloud Asset Inventory tells what a scan tells, as far as it goes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from clew.collectors.errors import CollectError
from clew.collectors.gcp.asset_export import accounts_of, is_export, read_export
from clew.collectors.gcp.session import ENDPOINT, GCPOptions, connect
from clew.graph.model import Status
from hypothesis import given
from hypothesis import strategies as st
from servers.json_replay import ESTATE, GCP, JsonReplay, load_estate
from support.clouds import Scanned, scan

ORGANIZATION = "organizations/345678901234"
MANAGER = "cloudresourcemanager.googleapis.com"
PROJECTS = {"clew-prod": "123456789012", "clew-dev": "210987654321"}
PATH = f"/cloudasset.googleapis.com/v1/{ORGANIZATION}/assets"


def exported() -> Iterator[Mapping[str, Any]]:
    """What the demo's organization exports, keys in snake case as in the files of an export."""
    estate = load_estate(ESTATE / "gcp")
    above = {"clew-prod": ["folders/456789012345", ORGANIZATION], "clew-dev": [ORGANIZATION]}
    with JsonReplay(GCP, estate, page_size=1000) as replay:
        for content in ("RESOURCE", "IAM_POLICY"):
            _, page = replay.respond("GET", f"{PATH}?contentType={content}")
            for asset in page["assets"]:
                yield {_snake(key): item for key, item in asset.items()}
    for sink in estate[f"/logging.googleapis.com/v2/{ORGANIZATION}/sinks"]["sinks"]:
        yield {
            "name": f"//logging.googleapis.com/{ORGANIZATION}/sinks/{sink['name']}",
            "asset_type": "logging.googleapis.com/LogSink",
            "ancestors": [ORGANIZATION],
            "resource": {"data": sink},
        }
    containers = [
        (f"projects/{number}", "Project", [f"projects/{number}", *above[id_]])
        for id_, number in PROJECTS.items()
    ]
    containers += [
        ("folders/456789012345", "Folder", ["folders/456789012345", ORGANIZATION]),
        (ORGANIZATION, "Organization", [ORGANIZATION]),
    ]
    ids = {number: id_ for id_, number in PROJECTS.items()}
    for scope, kind, ancestors in containers:
        kind_of, _, number = scope.partition("/")
        named = f"{kind_of}/{ids.get(number, number)}"
        now = estate[f"/v3/{named}"]
        then = {
            "name": now["displayName"],
            "displayName": now["displayName"],
            "lifecycleState": now["state"],
            "createTime": now["createTime"],
            "labels": now.get("labels", {}),
        }
        if kind == "Project":
            then |= {"projectId": now["projectId"], "projectNumber": number}
        if kind == "Organization":
            then |= {"owner": {"directoryCustomerId": now["directoryCustomerId"]}}
        parent = f"//{MANAGER}/{ancestors[1]}" if len(ancestors) > 1 else ""
        asset = {
            "name": f"//{MANAGER}/{scope}",
            "asset_type": f"{MANAGER}/{kind}",
            "ancestors": ancestors,
        }
        yield {**asset, "resource": {"data": then, "parent": parent}}
        yield {**asset, "iam_policy": estate[f"POST /v3/{named}:getIamPolicy"]}
    for project in PROJECTS:
        disks = estate[f"/compute/v1/projects/{project}/aggregated/disks"]["items"]
        for disk in (each for held in disks.values() for each in held.get("disks", [])):
            yield {
                "name": disk["selfLink"].replace(
                    "https://www.googleapis.com/compute/v1", "//compute.googleapis.com"
                ),
                "asset_type": "compute.googleapis.com/Disk",
                "ancestors": [f"projects/{PROJECTS[project]}", *above[project]],
                "resource": {"data": disk},
            }


def _snake(key: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in key)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    text = "\n".join(json.dumps(asset) for asset in exported())
    assert is_export(text)
    return scan(tmp_path_factory.mktemp("export"), accounts_of(read_export(text)))


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    with JsonReplay(GCP, ESTATE / "gcp") as replay, pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENDPOINT, replay.url)
        return scan(tmp_path_factory.mktemp("scan"), connect(GCPOptions()))


def test_an_export_tells_what_a_scan_tells(imported: Scanned, scanned: Scanned) -> None:
    read = {each.id: each.model_dump() for each in scanned.collected.resources}
    for each in imported.collected.resources:
        fields = {name: item for name, item in each.model_dump().items() if item is not None}
        assert fields == {name: read[each.id][name] for name in fields}
    labels = {each.label for each in imported.collected.resources}
    for label in labels - {"GCPRole"}:
        assert imported.names(label) == scanned.names(label)
    assert {
        "GCPBigQueryDataset",
        "GCPBucket",
        "GCPCryptoKey",
        "GCPDisk",
        "GCPFolder",
        "GCPOrganization",
        "GCPPolicyBinding",
        "GCPProject",
        "GCPServiceAccount",
        "GKECluster",
    } <= labels
    assert imported.edges("GRANTS_ON") == scanned.edges("GRANTS_ON")
    assert imported.edges("PART_OF", "GCPProject") == scanned.edges("PART_OF", "GCPProject")


def test_what_an_export_does_not_tell_is_unread(imported: Scanned) -> None:
    failed = {each.status for each in imported.collected.coverage} - {Status.OK}
    assert failed == {Status.UNSUPPORTED}
    assert imported.incomplete() >= {
        "GCPCloudRunService",
        "GCPDenyPolicy",
        "GCPGroup",
        "GCPInstance",
        "GCPOrgPolicy",
        "GCPRole",
        "GCPVpc",
    }
    assert imported.incomplete().isdisjoint({"GCPBucket", "GCPDisk", "GCPPolicyBinding"})


def test_an_export_without_policies_leaves_them_unread(tmp_path: Path) -> None:
    lines = [json.dumps(asset) for asset in exported() if "iam_policy" not in asset]
    found = scan(tmp_path, accounts_of(read_export("\n".join(lines))))
    assert "GCPPolicyBinding" in found.incomplete()
    assert found.names("GCPPolicyBinding") == set()


@pytest.mark.parametrize("line", ["nothing", "[]", '{"name": "x"}', '{"asset_type": 1}', '"x"'])
def test_what_is_no_asset_is_named_by_its_line(line: str) -> None:
    first = '{"name": "//x/y", "asset_type": "x/Y"}'
    with pytest.raises(CollectError, match="Line 2 is no asset"):
        read_export(f"{first}\n{line}")


def test_an_export_without_a_project_is_said() -> None:
    with pytest.raises(CollectError, match="no project"):
        accounts_of(read_export('{"name": "//x/y", "asset_type": "x/Y"}'))


@given(st.text())
def test_any_text_is_an_export_or_not(text: str) -> None:
    assert isinstance(is_export(text), bool)
