"""The arguments and options that commands share.

The choices are those of the modules that own them (a test compares), spelled out here so that
``--help`` need not load these modules.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .completing import scan_names
from .errors import UsageError


class Provider(StrEnum):
    """The clouds."""

    aws = "aws"
    azure = "azure"
    gcp = "gcp"
    entra = "entra"


class Severity(StrEnum):
    """The severities of findings, worst first."""

    critical = "critical"
    high = "high"
    medium = "medium"
    low = "low"
    informational = "informational"


class Status(StrEnum):
    """The answers of checks."""

    FAIL = "FAIL"
    MANUAL = "MANUAL"
    PASS = "PASS"
    ERROR = "ERROR"


class Category(StrEnum):
    """What checks are about."""

    exposure = "exposure"
    attack_paths = "attack-paths"
    permissions = "permissions"
    identity = "identity"
    logging = "logging"
    monitoring = "monitoring"
    encryption = "encryption"
    backup = "backup"
    availability = "availability"
    unused = "unused"


class Format(StrEnum):
    """The formats of rows."""

    table = "table"
    json = "json"
    csv = "csv"


ScanArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="SCAN",
        help="A scan: its folder, its name under `clew`'s own scans, its URI in an object store "
        "(s3://, gs://, abfs://), the Bolt URI of a Neo4j that it was pushed to, or `demo`. "
        "Default: the newest.",
        show_default=False,
        autocompletion=scan_names,
    ),
]
ScanOutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="SCAN",
        help="Folder of the scan, or its URI in an object store. Default: a new one among Clew's "
        "own scans.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="Output format.", case_sensitive=False)
]
CategoryFilter = Annotated[
    list[Category] | None,
    typer.Option(
        metavar="CATEGORY",
        case_sensitive=False,
        help=f"Only checks of this category: {', '.join(Category)}. Repeatable.",
    ),
]
ServiceFilter = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only for this service. Repeatable.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to this file, whole or not at all, instead of standard output.",
        show_default=False,
    ),
]


def tag_names(given: Sequence[str]) -> list[str]:
    """Tags that were given, sorted.

    :raises UsageError: if one of them is no ``KEY=VALUE``.
    """
    for each in given:
        if not all(each.partition("=")[:2]):
            raise UsageError(f"'{each}' is no tag: give it as KEY=VALUE.")
    return sorted({*given})
