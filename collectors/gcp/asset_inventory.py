"""Cloud Asset Inventory: one listing over all projects of an organization, whichever asks first.

It is asked once for each set of types. What it answers for a project is handed out once, and the
listing is made anew if somebody asks again.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..failure import AnswerError
from ..paging import Pages
from ..shape import hold

METHOD = "assets.list"
"""The API's name of the listing."""
PAGE = 1_000
"""How many assets a page may have."""
_ANSWER = {"assets": [{}], "nextPageToken": str, "readTime": str}
_ASSET = {
    "name": str,
    "assetType": str,
    "ancestors": [str],
    "resource": {"data": {}, "parent": str, "location": str},
    "iamPolicy": {},
}

Asset = Mapping[str, Any]
Get = Callable[..., Mapping[str, Any]]
"""Reads an address with parameters."""


class AssetSet(NamedTuple):
    """What one listing asks for."""

    parent: str
    """The organization, folder or project with all below: ``organizations/NUMBER``."""
    content: str
    """RESOURCE or IAM_POLICY."""
    types: frozenset[str]
    """Types of assets; empty for all."""


class _Answer:
    """The assets of a listing that are not handed out yet, or why there are none."""

    def __init__(self) -> None:
        self.assets: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        self.handed_out: set[tuple[str, str]] = set()
        self.failure: Exception | None = None


class AssetInventory:
    """Asset Inventory of some projects."""

    def __init__(self, get: Get, numbers: Mapping[str, str]) -> None:
        """``numbers`` are the projects that are asked about, by their ids."""
        self._get = get
        self._ids = {number: id_ for id_, number in numbers.items()}
        self._answers: dict[AssetSet, _Answer] = {}
        self._lock = threading.Lock()

    def assets(
        self, parents: Sequence[str], content: str, types: frozenset[str], type_: str, project: str
    ) -> list[Asset]:
        """The assets of a type, which is one of those wanted, in a project; of all types if none is
        named. They are asked for of the first of some parents that answers."""
        with self._lock:
            failure: Exception | None = None
            for parent in parents:
                answer = self._answer(AssetSet(parent, content, types), (project, type_))
                if answer.failure is None:
                    return answer.assets.pop((project, type_), [])
                failure = answer.failure
        assert failure
        raise failure

    def _answer(self, wanted: AssetSet, asker: tuple[str, str]) -> _Answer:
        answer = self._answers.get(wanted)
        if answer is None or asker in answer.handed_out:
            answer = self._answers[wanted] = _Answer()
            try:
                for asset in self._all(wanted):
                    key = (self._project(asset), asset["assetType"] if wanted.types else "")
                    if key[0]:
                        answer.assets[key].append(asset)
            except Exception as error:
                answer.assets.clear()
                answer.failure = error
        answer.handed_out.add(asker)
        return answer

    def _all(self, wanted: AssetSet) -> Iterator[Asset]:
        address = f"cloudasset.googleapis.com/v1/{wanted.parent}/assets"
        asked = {"contentType": wanted.content, "pageSize": str(PAGE)}
        types = [*sorted(wanted.types)]
        pages, token = Pages(f"assets of {wanted.parent}"), ""
        while True:
            pages.follow(token)
            more = {"pageToken": token} if token else {}
            answer = self._get(address, {"assetTypes": types, **asked, **more})
            hold(_ANSWER, answer, ["readTime"])
            for asset in answer.get("assets") or ():
                hold(_ASSET, asset, ["name", "assetType", "ancestors"])
                yield asset
            token = answer.get("nextPageToken") or ""
            if not token:
                return

    def _project(self, asset: Asset) -> str:
        """The id of the project that an asset is in; empty for what lies above, or in a project
        that nobody asks about."""
        for each in asset["ancestors"]:
            kind, _, number = each.partition("/")
            if kind == "projects":
                return self._ids.get(number, number if number in self._ids.values() else "")
        return ""


def data_of(asset: Asset) -> Mapping[str, Any]:
    """What the product's own API tells of the resource.

    :raises AnswerError: where the asset tells nothing.
    """
    data = (asset.get("resource") or {}).get("data")
    if not isinstance(data, Mapping):
        raise AnswerError.malformed(f"The asset {asset['name']} has no data")
    return data
