"""``clew scan``: collects, links and writes a scan."""

import os
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import scans
from .errors import NO_ROOM, ClewError, ExitCode, InterruptedScanError, UsageError
from .options import Provider, ScanOutputOption
from .output import count, messages

if TYPE_CHECKING:
    from ..collectors.collector import Collector
    from ..graph.snapshot import Snapshot
    from .begun import Begun

_EXIT = f"Exit with {ExitCode.INCOMPLETE:d} if anything could not be read."


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
    region: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="AWS: read this region only. Repeatable.", show_default=False
        ),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="AWS: use this profile. Repeatable.", show_default=False),
    ] = None,
    role_arn: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ARN",
            help="AWS: assume this role and scan its account; with ARN,ARN the first role assumes "
            "the second. Repeatable.",
            show_default=False,
        ),
    ] = None,
    external_id: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="AWS: external id for assuming roles.", show_default=False
        ),
    ] = "",
    org_role: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="AWS: name of a role to assume in every account of the organization.",
            show_default=False,
        ),
    ] = "",
    session_name: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="AWS: name of the sessions of assumed roles. Default: clew.",
            show_default=False,
        ),
    ] = "",
    session_duration: Annotated[
        int,
        typer.Option(
            metavar="SECONDS",
            min=0,
            max=43_200,
            help="AWS: how long such a session lasts before it is renewed. Default: the role's.",
            show_default=False,
        ),
    ] = 0,
    mfa_token: Annotated[
        str,
        typer.Option(
            metavar="CODE", help="AWS: sign in with this code of an MFA device.", show_default=False
        ),
    ] = "",
    mfa_serial: Annotated[
        str,
        typer.Option(
            metavar="ARN",
            help="AWS: the MFA device of --mfa-token. Default: the profile's mfa_serial.",
            show_default=False,
        ),
    ] = "",
    attempts: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            max=20,
            help="AWS: how often a call is tried before it counts as failed. Default: 4.",
            show_default=False,
        ),
    ] = 0,
    timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            max=3600,
            help="AWS: how long an answer is waited for. Default: 60.",
            show_default=False,
        ),
    ] = 0,
    subscription: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Azure: scan this subscription only. Repeatable.", show_default=False
        ),
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="GCP: scan this project only. Repeatable.", show_default=False
        ),
    ] = None,
    tenant: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="Entra: the credentials must belong to this tenant.",
            show_default=False,
        ),
    ] = "",
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
        wanted=ScanOptions(
            profiles=profile or (),
            roles=role_arn or (),
            external_id=external_id,
            org_role=org_role,
            session_name=session_name,
            session_seconds=session_duration,
            mfa_serial=mfa_serial,
            mfa_token=mfa_token,
            regions=region or (),
            excluded_regions=regions,
            attempts=attempts,
            timeout=timeout,
            subscriptions=subscription or (),
            projects=project or (),
            tenant=tenant,
        ),
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
            written = run(accounts, selected, begun.services, folder, progress, concurrency)
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

    known = {each.service for provider in providers for each in collectors(provider)}
    services = sorted({*names} & known)
    regions = sorted({*names} - known)
    if regions and "aws" not in providers:
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
