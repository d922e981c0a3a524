"""What a shell completes: names of scans, checks, queries and labels."""

from collections.abc import Iterable


def scan_names(incomplete: str) -> list[str]:
    """Scans in Clew's own folder, and the bundled one."""
    from . import scans

    return _beginning([*(folder.name for folder in scans.kept()), scans.DEMO], incomplete)


def check_ids(incomplete: str) -> list[str]:
    """Checks."""
    from ..checks import checks

    return _beginning(checks(), incomplete)


def check_services(incomplete: str) -> list[str]:
    """Services that checks are about."""
    from ..checks import checks

    return _beginning(sorted({check.service for check in checks().values()}), incomplete)


def query_names(incomplete: str) -> list[str]:
    """Saved queries; and scans, one of which may come before."""
    from ..queries.library import library

    return [*_beginning(sorted(library()), incomplete), *scan_names(incomplete)]


def saved_names(incomplete: str) -> list[str]:
    """Saved queries."""
    from ..queries.library import library

    return _beginning(sorted(library()), incomplete)


def label_names(incomplete: str) -> list[str]:
    """Labels of nodes."""
    from ..scans.current_schema import current_schema

    return _beginning(current_schema().labels, incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
