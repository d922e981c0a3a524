"""``clew coverage``: which API calls of a scan failed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import scans
from .options import Format, FormatOption, OutputOption, ScanArgument
from .output import count, messages, write_rows

if TYPE_CHECKING:
    from ..graph.model import Coverage
    from ..graph.snapshot import Snapshot

_FIELDS = ("provider", "service", "operation", "account", "region", "status", "code", "message")
_MORE_FIELDS = ("permission", "findings")
_COLUMNS = ("status", "findings", "call", "where", "why")


def coverage(
    scan: ScanArgument = None,
    all: Annotated[  # noqa: A002
        bool,
        typer.Option(
            "--all",
            help="List successful calls too. json and csv always hold every call.",
        ),
    ] = False,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """List failed API calls; dependent checks are MANUAL."""
    from ..graph.model import Status

    opened = scans.open_scan(scan)
    checked, left_open = _left_open(opened)
    worst_first = sorted(
        opened.coverage,
        key=lambda record: (
            -list(Status).index(record.status),
            -(left_open or {}).get((record.call, record.account), 0),
            record,
        ),
    )
    if format == "table":
        shown = [record for record in worst_first if all or record.status != Status.OK]
        columns = [name for name in _COLUMNS if name != "findings" or left_open is not None]
        write_rows(list(_by_call(shown, left_open or {})), columns, format, output)
    else:
        rows = [
            {
                **record._asdict(),
                "permission": _permission(record),
                "findings": None
                if left_open is None
                else left_open.get((record.call, record.account), 0),
            }
            for record in worst_first
        ]
        write_rows(rows, (*_FIELDS, *_MORE_FIELDS), format, output)
    failed = sum(record.status != Status.OK for record in worst_first)
    succeeded = len(worst_first) - failed
    messages().print(
        f"{count(failed, 'call')} failed, {succeeded:,} succeeded. A call is one operation in one "
        "account and region."
    )
    missing = sorted({_permission(record) or "" for record in worst_first} - {""})
    if missing:
        messages().print(f"{count(len(missing), 'missing permission')}: {', '.join(missing)}.")
    if failed:
        messages().print(
            "FINDINGS: how many MANUAL findings a call leaves open, of the checks that were run on "
            f"this scan ({checked:,})."
            if left_open is not None
            else f"How many findings each call leaves open: clew check{scans.spelled(scan)}, then "
            "this again."
        )


def _left_open(opened: "Snapshot") -> "tuple[int, Mapping[tuple[str, str], int] | None]":
    """How many checks were run, and how many of their MANUAL findings each call in each account
    leaves open; None if no check was run."""
    from ..checks.kept import known_findings
    from ..checks.report import FailedCalls

    known = known_findings(opened)
    findings = chain.from_iterable(known.values())
    return len(known), FailedCalls(opened).left_open(findings) if known else None


def _permission(record: "Coverage") -> str | None:
    """What to grant, where a call was denied."""
    from ..collectors.registry import permission_of

    return permission_of(record.provider, record.call) if record.status == "denied" else None


def _by_call(
    records: "Iterable[Coverage]", left_open: "Mapping[tuple[str, str], int]"
) -> Iterable[dict[str, Any]]:
    """A row for each operation, with the regions where it ended alike."""
    rows: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for one in records:
        rows[one.status, one.call, one.account, one.code, one.message].append(one.region)
    for (status, call, account, code, message), regions in rows.items():
        where = ", ".join(regions) if len(regions) <= 3 else f"{len(regions)} regions"
        yield {
            "status": status,
            "findings": left_open.get((call, account), 0),
            "call": call,
            "where": f"{account} {where}",
            "why": message if code in message else ": ".join(filter(None, (code, message))),
        }
