"""``clew scan``: collects, links and writes a scan."""

import os
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import scans
from .cloud_options import with_cloud_options
from .errors import NO_ROOM, ClewError, ExitCode, InterruptedScanError, UsageError
from .options import Provider, ScanOutputOption, tag_names
from .output import count, messages

if TYPE_CHECKING:
    from ..collectors.collector import Collector
    from ..graph.snapshot import Snapshot
    from .begun import Begun

_EXIT = f"Exit with {ExitCode.INCOMPLETE:d} if anything could not be read."


@with_cloud_options
def scan(
    providers: Annotated[
        list[Provider],
        typer.Argument(metavar="PROVIDER...", help="aws, azure, gcp, entra; one or more."),
    ],
    service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Report on this service only; referenced services are collected too. Repeatable.",
            show_default=False,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Leave out this service, or this AWS region. Repeatable.",
            show_default=False,
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Report on resources with this tag only; all the others are read and linked too. "
            "Repeatable: any of them is enough.",
            show_default=False,
        ),
    ] = None,
    *,
    given: dict[str, Any],
    output: ScanOutputOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the interrupted scan.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help=_EXIT)] = False,
    concurrency: Annotated[
        int, typer.Option(min=1, max=256, help="Maximum concurrent API calls.")
    ] = 16,
) -> None:
    """Scan cloud accounts. Only read-only API calls are made. Prints the scan's folder."""
    from ..pipeline import partial
    from ..pipeline import scan as run
    from ..scans.connecting import ScanOptions, connect
    from .begun import Begun
    from .progress import showing

    chosen = list(dict.fromkeys(providers))
    services, regions = _excluded(chosen, exclude or [])
    place, uri = scans.place_of(output)
    begun = Begun(
        providers=chosen,
        services=service or (),
        excluded=services,
        tags=tag_names(tag or ()),
        wanted=ScanOptions(**given, excluded_regions=regions),
    )
    left = _left(chosen, place) if resume else None
    if left:
        known = Begun.read(partial(left))
        begun = known.resumed(begun) if known else begun
    elif place:
        _check_free(place)
    selected = _select(begun)
    accounts = begun.narrowed(connect(chosen, begun.wanted))
    folder = left or _claimed(place)
    with showing() as progress:
        try:
            begun.of(accounts).write(partial(folder))
            written = run(
                accounts, selected, begun.services, folder, progress, concurrency, begun.tags
            )
        except KeyboardInterrupt:
            raise InterruptedScanError(
                f"Interrupted. {progress.kept()} Resume with: {_resuming(uri or folder)}"
            ) from None
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            raise ClewError(
                f"The scan cannot be written to {folder} ({os.strerror(error.errno)}). "
                f"{progress.kept()} Make room for it and resume with: {_resuming(uri or folder)}"
            ) from error
    _summarize(written, output)
    if uri:
        scans.hand_over(written, uri)
    typer.echo(uri or folder)
    if strict and any(record.status != "ok" for record in written.coverage):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _excluded(providers: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The services and the regions among names to leave out."""
    from ..collectors.registry import collectors
    from ..pipeline import UnknownServiceError
    from ..scans.connecting import reads_regions

    known = {each.service for provider in providers for each in collectors(provider)}
    services = sorted({*names} & known)
    regions = sorted({*names} - known)
    if regions and not reads_regions(providers):
        raise UnknownServiceError(regions[0], providers, sorted(known))
    return services, regions


def _select(begun: "Begun") -> "list[type[Collector]]":
    """The collectors of a scan."""
    from ..pipeline import selection

    selected = selection(begun.providers, begun.services)
    return [each for each in selected if each.service not in begun.excluded]


def _left(providers: Sequence[str], output: Path | None) -> Path:
    """The interrupted scan that is meant."""
    from ..pipeline import check_idle, partial

    if output is None:
        left = scans.interrupted(providers)
        if left is None:
            raise UsageError(
                f"No scan of {' and '.join(providers)} was interrupted, so there is none to resume."
            )
        return left
    if not partial(output).exists():
        raise UsageError(f"No scan to {output} was interrupted, so there is none to resume.")
    check_idle(output)
    return output


def _check_free(output: Path) -> None:
    """Refuses a folder that a new scan may not write to."""
    from ..pipeline import check_idle, partial

    if partial(output).exists():
        check_idle(output)
        raise UsageError(
            f"{partial(output)} is left of an interrupted scan: add --resume to continue it, or "
            "remove that folder."
        )
    if output.exists() and not (output / "manifest.json").exists():
        raise UsageError(f"{output} exists and is not a scan; choose another folder.")
    if output.exists():
        messages().print(f"{output} is a scan already; the new one replaces it.")


def _claimed(output: Path | None) -> Path:
    """A folder for a new scan, claimed for it."""
    if output is None:
        return scans.new()
    if not scans.claim(output):
        raise UsageError(f"Another scan to {output} has begun meanwhile; choose another folder.")
    return output


def _resuming(place: Path | str) -> str:
    """This command, resuming."""
    words: list[str] = []
    rest = iter(sys.argv[1:])
    for word in rest:
        if word in ("-o", "--output"):
            next(rest, None)
        elif word.startswith("--mfa-token"):
            words.append("--mfa-token=CODE")
            if word == "--mfa-token":
                next(rest, None)
        elif not word.startswith("--output=") and word != "--resume":
            words.append(word)
    return shlex.join(["clew", *words, "-o", str(place), "--resume"])


def _summarize(written: "Snapshot", named: str | None) -> None:
    """Says what the scan holds and what to do next."""
    out = messages()
    seconds = (written.manifest.finished - written.manifest.started).total_seconds()
    owned, missing = _counts(written)
    edges = sum(map(written.edge_count, written.pairs))
    out.print(
        f"{count(sum(owned.values()), 'resource')}, {count(edges, 'edge')}, in {seconds:,.0f} s."
    )
    for provider, accounts in written.scope.accounts.items():
        for account in accounts:
            out.print(f"  {provider} {account}: {count(owned[provider, account], 'resource')}")
    if missing:
        words = ", ".join(f"{number:,} {reason}" for reason, number in sorted(missing.items()))
        out.print(f"Unresolved references: {words}.")
    failed = Counter(str(record.status) for record in written.coverage if record.status != "ok")
    named_scan = scans.spelled(named)
    if failed:
        words = ", ".join(f"{number:,} {status}" for status, number in sorted(failed.items()))
        out.print(f"Failed calls: {words}. See: clew coverage{named_scan}")
    out.print(f"Next: clew check{named_scan}   or: clew query --list")


def _counts(written: "Snapshot") -> tuple[Counter[tuple[str, str]], Counter[str]]:
    owned: Counter[tuple[str, str]] = Counter()
    missing: Counter[str] = Counter()
    for label in written.labels:
        table = written.nodes(label, ["provider", "account", "missing"])
        for row in table.to_pylist():
            if row["missing"]:
                missing[row["missing"]] += 1
            elif row["account"]:
                owned[row["provider"], row["account"]] += 1
    return owned, missing
