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
from pathlib import Path
from typing import Any

from ..kept import kept

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
_SERVICE = "service-2"
"""The name of the file that holds a service's operations. To read it takes ten times as long as to
read what is needed of it, which is therefore kept."""
_KEPT = "aws-models"
_GZIP = b"\x1f\x8b"
_PARTS_KEPT = 100
"""How many parts of models stay in memory without a client that needs them; a service has about
ten. A scan goes on service by service."""


def service_models(search_paths: Sequence[str]) -> Any:
    """What reads the models in these folders once for all clients, in place of the SDK's loader."""
    from botocore import xform_name
    from botocore.loaders import ExtrasProcessor, Loader

    class Extras(ExtrasProcessor):
        """What the SDK adds to the models."""

        def process(self, original_model: Any, extra_models: Any) -> None:
            super().process(original_model, extra_models)
            # What is added to shapes is added to those too that were left out.
            shapes = original_model.get("shapes", {})
            for name in [name for name, shape in shapes.items() if "type" not in shape]:
                del shapes[name]

    class Models(Loader):
        """Keeps what was used last."""

        FILE_LOADER_CLASS = _ModelFiles  # type: ignore[assignment]

        def __init__(self) -> None:
            super().__init__([*search_paths], include_default_search_paths=False)
            self._cache = _Recent(_PARTS_KEPT)
            self._extras_processor = Extras()
            self._operations: dict[str, dict[str, str]] = {}
            self._one_at_a_time = threading.RLock()

        def load_service_model(self, *names: Any, **more: Any) -> Any:
            with self._one_at_a_time:
                return super().load_service_model(*names, **more)

        def load_data_with_path(self, name: str) -> Any:
            with self._one_at_a_time:
                return super().load_data_with_path(name)

        def operation(self, service: str, method: str) -> str:
            """What the API calls an operation that has this method in clients."""
            if service not in self._operations:
                names = self.load_service_model(service, "service-2")["operations"]
                self._operations[service] = {xform_name(name): name for name in names}
            return self._operations[service][method]

    return Models()


class _ModelFiles:
    """Reads models as plain dictionaries: the SDK's ordered ones take twice the time."""

    _KINDS = (".json", ".json.gz")

    def __init__(self) -> None:
        # Each thread keeps the memory that its largest file took for a while: so one reads all.
        self._reader = ThreadPoolExecutor(1, "clew-models")

    def exists(self, path: str) -> bool:
        """Whether there is such a model; the path has no suffix."""
        return self._file(path) is not None

    def load_file(self, path: str) -> Any:
        """The model at a path without suffix, or None."""
        file = self._file(path)
        if file is None:
            return None
        if os.path.basename(path) == _SERVICE:
            return json.loads(kept(_KEPT, Path(file), self._trimmed))
        return _read(Path(file).read_bytes())

    def _file(self, path: str) -> str | None:
        files = (path + kind for kind in self._KINDS)
        return next(filter(os.path.isfile, files), None)

    def _trimmed(self, content: bytes) -> bytes:
        def trim() -> bytes:
            return json.dumps(_only_reading(_read(content))).encode()

        return self._reader.submit(trim).result()


def _read(content: bytes) -> Any:
    return json.loads(gzip.decompress(content) if content.startswith(_GZIP) else content)


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
