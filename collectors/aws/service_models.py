"""The SDK's models of services, as far as a scan needs them: what reads, without documentation.

Of a client made from them nothing can be asked that changes anything.
"""

import gzip
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

_READING = (
    "AssumeRole",
    "BatchDescribe",
    "BatchGet",
    "Describe",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Search",
)
"""How the names of operations begin that change nothing in an account."""
_PARTS_KEPT = 100
"""How many parts of models stay in memory without a client that needs them; a service has about
ten. A scan goes on service by service."""


def service_models(search_paths: Sequence[str]) -> Any:
    """What reads the models in these folders once for all clients, in place of the SDK's loader."""
    from botocore.loaders import Loader

    class Models(Loader):
        """Keeps what was used last."""

        FILE_LOADER_CLASS = _ModelFiles  # type: ignore[assignment]

        def __init__(self) -> None:
            super().__init__([*search_paths], include_default_search_paths=False)
            self._cache = _Recent(_PARTS_KEPT)
            self._one_at_a_time = threading.RLock()

        def load_service_model(self, *names: Any, **more: Any) -> Any:
            with self._one_at_a_time:
                model = super().load_service_model(*names, **more)
                # What the SDK adds to shapes of its own adds to those too that were left out.
                shapes = model.get("shapes", {})
                for name in [name for name, shape in shapes.items() if "type" not in shape]:
                    del shapes[name]
                return model

        def load_data_with_path(self, name: str) -> Any:
            with self._one_at_a_time:
                return super().load_data_with_path(name)

    return Models()


class _ModelFiles:
    """Reads models as plain dictionaries: the SDK's ordered ones take twice the time."""

    _KINDS = (".json", ".json.gz")

    def __init__(self) -> None:
        # Each thread keeps the memory that its largest file took for a while: so one reads all.
        self._reader = ThreadPoolExecutor(1, "clew-models")

    def exists(self, path: str) -> bool:
        """Whether there is such a model; the path has no suffix."""
        return any(os.path.isfile(path + kind) for kind in self._KINDS)

    def load_file(self, path: str) -> Any:
        """The model at a path without suffix, or None."""
        return self._reader.submit(self._load, path).result()

    def _load(self, path: str) -> Any:
        for kind in self._KINDS:
            with suppress(FileNotFoundError):
                content = Path(path + kind).read_bytes()
                model = json.loads(gzip.decompress(content) if kind.endswith(".gz") else content)
                return _only_reading(model) if "operations" in model else model
        return None


def _only_reading(model: dict[str, Any]) -> dict[str, Any]:
    """A service's model with the operations that read, and the shapes that they take and give."""
    operations = {
        name: about for name, about in model["operations"].items() if name.startswith(_READING)
    }
    shapes: dict[str, Any] = {}
    wanted = []
    for about in operations.values():
        about.pop("documentation", None)
        ends = (about.get("input"), about.get("output"), *about.get("errors", ()))
        wanted += [end["shape"] for end in ends if end]
    while wanted:
        name = wanted.pop()
        if name in shapes:
            continue
        shape = shapes[name] = model["shapes"][name]
        shape.pop("documentation", None)
        inner = (shape.get(place) for place in ("member", "key", "value"))
        for member in (*shape.get("members", {}).values(), *filter(None, inner)):
            member.pop("documentation", None)
            wanted.append(member["shape"])
    return {**model, "operations": operations, "shapes": shapes}


class _Recent(OrderedDict[Any, Any]):
    """A number of items: those that were used last."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __getitem__(self, key: Any) -> Any:
        self.move_to_end(key)
        return super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        if len(self) > self._most:
            self.popitem(last=False)
