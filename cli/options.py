"""The arguments and options that commands share.

The choices are those of the modules that own them (a test compares), spelled out here so that
``--help`` need not load these modules.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .completing import scan_names


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
