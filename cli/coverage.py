"""``clew coverage``: which API calls of a scan failed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import scans
from .options import Format, FormatOption, OutputOption, ScanArgument
from .output import count, messages, without_markup, write_rows

if TYPE_CHECKING:
    from ..graph.model import Coverage

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
    from ..scans.coverage_rows import coverage_row, left_open, permission, worst_first
    from ..scans.documents import CoverageRow
    from ..scans.stores import is_loaded

    opened = scans.open_scan(scan)
    found = left_open(opened)
    records = worst_first(opened, found)
    if format == "table":
        shown = [record for record in records if all or record.status != Status.OK]
        columns = [name for name in _COLUMNS if name != "findings" or found]
        write_rows(list(_by_call(shown, found.findings if found else {})), columns, format, output)
    else:
        rows = [coverage_row(record, found).as_json() for record in records]
        write_rows(rows, list(CoverageRow.model_fields), format, output)
    failed = sum(record.status != Status.OK for record in records)
    succeeded = len(records) - failed
    messages().print(
        f"{count(failed, 'call')} failed, {succeeded:,} succeeded. A call is one operation in one "
        "account and region."
    )
    missing = sorted({permission(record) or "" for record in records} - {""})
    if missing:
        messages().print(f"{count(len(missing), 'missing permission')}: {', '.join(missing)}.")
    if failed and found:
        messages().print(
            "FINDINGS: how many MANUAL findings a call leaves open, of the checks that were run on "
            f"this scan ({found.checks:,})."
        )
    elif failed and not is_loaded(opened):
        messages().print(
            f"How many findings each call leaves open: clew check{scans.spelled(scan)}, then "
            "this again."
        )


def _by_call(
    records: "Iterable[Coverage]", left_open: "Mapping[tuple[str, str], int]"
) -> Iterable[dict[str, Any]]:
    """A row for each operation, with the regions where it ended alike."""
    rows: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for one in records:
        rows[one.status, one.call, one.account, one.code, one.message].append(one.region)
    for (status, call, account, code, said), regions in rows.items():
        message = without_markup(said)
        where = ", ".join(regions) if len(regions) <= 3 else f"{len(regions)} regions"
        yield {
            "status": status,
            "findings": left_open.get((call, account), 0),
            "call": call,
            "where": f"{account} {where}",
            "why": message if code in message else ": ".join(filter(None, (code, message))),
        }
