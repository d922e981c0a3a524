"""Cloud Asset Inventory over a recorded estate: what the products list, and their allow policies.

The estate records what each product lists by its path, ``/HOST/v1/projects/P/…``; what Clew reads
from Asset Inventory alone by its type, ``"ASSETS cloudkms.googleapis.com/KeyRing"``; and allow
policies by full names: ``"IAM //pubsub.googleapis.com/projects/p/topics/t"``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from clew.collectors.gcp.base import AssetResource, described
from clew.collectors.registry import models

POLICY = "IAM "
"""How the keys of recorded allow policies begin."""
ASSETS = "ASSETS "
"""How the keys of what has no path begin."""
_ASSETS = re.compile(r"/cloudasset\.googleapis\.com/v1/(?P<parent>[^/]+/[^/]+)/assets")
_POLICY_OF = re.compile(r"/(?P<host>[^/]+)/v\d\w*/(?P<name>.+):getIamPolicy")
_PROJECT = re.compile(r"/projects/([^/]+)")
_ACCOUNT = re.compile(r"//iam\.googleapis\.com/projects/[^/]+/serviceAccounts/([^/]+)")

JSON = dict[str, Any]


class Inventory:
    """The assets of an estate."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self._policies = {
            key.removeprefix(POLICY): policy
            for key, policy in answers.items()
            if key.startswith(POLICY)
        }

    def assets(self, path: str, target: str) -> JSON | None:
        """Answer a listing of assets, whole; None for another path."""
        asked = _ASSETS.fullmatch(path)
        if asked is None:
            return None
        query = parse_qs(urlsplit(target).query)
        kinds = set(query.get("assetTypes", []))
        parent = asked["parent"]
        is_policy = query["contentType"] == ["IAM_POLICY"]
        every = self._with_policies() if is_policy else self._resources()
        found = [
            asset
            for asset in every
            if (not kinds or asset["assetType"] in kinds)
            and (parent in asset["ancestors"] or parent == _parent(asset))
        ]
        for asset in found:
            del asset["project"]
        return (
            {"readTime": "2026-01-01T00:00:00Z", "assets": found}
            if found
            else {"readTime": "2026-01-01T00:00:00Z"}
        )

    def policy(self, path: str) -> JSON | None:
        """Answer what asks for the allow policy of a resource, which may be empty; None for another
        path."""
        asked = _POLICY_OF.fullmatch(path)
        if asked is None:
            return None
        policy: JSON = self._policies.get(f"//{asked['host']}/{asked['name']}", {"etag": "ACAB"})
        return policy

    def _resources(self) -> Iterator[JSON]:
        for model, project, item in self._listed():
            full = described(model, item, project, "", {})["fullName"]
            data = {"data": item, "location": item.get("location", "global"), "version": "v1"}
            yield {**self._placed(full, model.asset_type, project), "resource": data}

    def _with_policies(self) -> Iterator[JSON]:
        kinds = {
            described(model, item, project, "", {})["fullName"]: (model.asset_type, project)
            for model, project, item in self._listed()
        }
        for full, policy in self._policies.items():
            kind, project = kinds[full]
            yield {**self._placed(full, kind, project), "iamPolicy": policy}

    def _placed(self, full: str, kind: str, project: str) -> JSON:
        ancestry = self._answers[f"POST /v1/projects/{project}:getAncestry"]["ancestor"]
        above = [f"{each['resourceId']['type']}s/{each['resourceId']['id']}" for each in ancestry]
        number = self._answers[f"/v3/projects/{project}"]["name"]
        return {
            "name": self._numbered(full),
            "assetType": kind,
            "ancestors": [number, *above[1:]],
            "project": f"projects/{project}",
        }

    def _numbered(self, full: str) -> str:
        """What Asset Inventory calls it: service accounts by their numbers."""
        account = _ACCOUNT.match(full)
        for model, _, item in self._listed() if account else ():
            if model.label == "GCPServiceAccount" and item["email"] == account[1]:
                return full.replace(account[1], item["uniqueId"])
        return full

    def _listed(self) -> Iterator[tuple[type[AssetResource], str, JSON]]:
        for model in models():
            if not issubclass(model, AssetResource) or not model.asset_type:
                continue
            for item in self._answers.get(f"{ASSETS}{model.asset_type}", []):
                yield model, item["name"].split("/")[1], item
            if model.path:
                form = re.escape(f"/{model.path}").replace(r"\{project\}", "[^/]+")
                form = form.replace(r"\{parent\}", "projects/.+")
                key = model.collection or model.path.rpartition("/")[2]
                for path, answer in self._answers.items():
                    if re.fullmatch(form, path.partition("?")[0]):
                        project = _PROJECT.search(path) or re.search(r"\?project=(.+)", path)
                        assert project, path
                        for item in answer.get(key, []):
                            yield model, project[1], item


def _parent(asset: JSON) -> str:
    named: str = asset["project"]
    return named
