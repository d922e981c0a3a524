"""Clew follows the thread between cloud resources, across services, accounts and clouds.

What is named here is for others to use (``docs/python.md``); it is imported when it is first asked
for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checks.report import ReportedFinding as ReportedFinding
    from .collectors.errors import CollectError as CollectError
    from .content import ContentError as ContentError
    from .content import use_content as use_content
    from .errors import ClewError as ClewError
    from .errors import UsageError as UsageError
    from .graph.snapshot import SnapshotError as SnapshotError
    from .graph.stores.store import QueryError as QueryError
    from .graph.stores.store import StoreError as StoreError
    from .scans.connecting import ScanOptions as ScanOptions
    from .scans.diff_documents import DiffAnswer as DiffAnswer
    from .scans.documents import CoverageRow as CoverageRow
    from .scans.documents import PathAnswer as PathAnswer
    from .scans.documents import PermissionAnswer as PermissionAnswer
    from .scans.scan import FindingsAnswer as FindingsAnswer
    from .scans.scan import QueryAnswer as QueryAnswer
    from .scans.scan import Scan as Scan
    from .scans.scan import open_scan as open_scan
    from .scans.scanning import scan as scan
    from .scans.schemas import schemas as schemas
    from .scans.several import diff as diff
    from .scans.several import merge as merge

__version__ = "0.1.0"

__all__ = [
    "ClewError",
    "CollectError",
    "ContentError",
    "CoverageRow",
    "DiffAnswer",
    "FindingsAnswer",
    "PathAnswer",
    "PermissionAnswer",
    "QueryAnswer",
    "QueryError",
    "ReportedFinding",
    "Scan",
    "ScanOptions",
    "SnapshotError",
    "StoreError",
    "UsageError",
    "__version__",
    "diff",
    "merge",
    "open_scan",
    "scan",
    "schemas",
    "use_content",
]

_HOMES = {
    "ClewError": "errors",
    "CollectError": "collectors.errors",
    "ContentError": "content",
    "CoverageRow": "scans.documents",
    "DiffAnswer": "scans.diff_documents",
    "FindingsAnswer": "scans.scan",
    "PathAnswer": "scans.documents",
    "PermissionAnswer": "scans.documents",
    "QueryAnswer": "scans.scan",
    "QueryError": "graph.stores.store",
    "ReportedFinding": "checks.report",
    "Scan": "scans.scan",
    "ScanOptions": "scans.connecting",
    "SnapshotError": "graph.snapshot",
    "StoreError": "graph.stores.store",
    "UsageError": "errors",
    "diff": "scans.several",
    "merge": "scans.several",
    "open_scan": "scans.scan",
    "scan": "scans.scanning",
    "schemas": "scans.schemas",
    "use_content": "content",
}
"""The modules that the names are in."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'clew' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
