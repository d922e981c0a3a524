"""Gaps: what an answer about derived edges, or about labels, may lack, since it was not read."""

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from .derivation import Derivation, behind
from .model import ExternalSubject, Gap, Internet, ListingStatus, UnknownResource
from .scan_coverage import ScanCoverage, unscanned_words
from .schema import EdgeType

_NEVER_LISTED = {ExternalSubject.label, Internet.label, UnknownResource.label}


def gaps(
    coverage: ScanCoverage,
    known: Collection[Derivation],
    edges: Iterable[EdgeType] = (),
    labels: Iterable[str] = (),
) -> list[Gap]:
    """What answers about these edges and labels lack in a scan.

    An empty label or relationship type in ``edges`` stands for any. Clouds of which the scan holds
    no account have no gaps: an answer says itself which clouds it covers.
    """
    concerned = [
        each for each in behind(known, edges) if coverage.scope.accounts.get(each.provider)
    ]
    readers: dict[tuple[str, str], list[Derivation]] = {}
    for each in concerned:
        for label in each.reads:
            readers.setdefault((each.provider, label), []).append(each)
    found = [
        gap
        for (provider, label), reading in sorted(readers.items(), key=lambda item: item[0])
        for gap in _of_label(coverage, provider, label, reading)
    ]
    found += [gap for each in concerned for gap in _never_derived(coverage, each)]
    asked = {*labels} - {label for _, label in readers} - _NEVER_LISTED
    found += [gap for label in sorted(asked) for gap in _asked(coverage, label)]
    return found + [
        Gap(sentence, provider=each.provider, types=_types([each]), derivations=(each.name,))
        for each in concerned
        for sentence in each.not_modelled
    ]


def _never_derived(coverage: ScanCoverage, derivation: Derivation) -> Iterator[Gap]:
    """The gap of a scan that was made before there was a derivation."""
    if derivation.writes.isdisjoint(coverage.schema.pairs):
        ends = sorted({edge.target for edge in derivation.writes})
        types = _types([derivation])
        yield Gap(
            f"The scan was made before Clew derived {' and '.join(types)} edges to "
            f"{', '.join(ends)}; scan again.",
            provider=derivation.provider,
            types=types,
            derivations=(derivation.name,),
        )


def _asked(coverage: ScanCoverage, label: str) -> Iterator[Gap]:
    """The gaps of a label that no derivation in question reads."""
    providers = [each for each in coverage.scope.accounts if coverage.has_listed(label, each)]
    for provider in providers:
        yield from _of_label(coverage, provider, label, ())
    if not providers:
        yield Gap(f"{label} is not among what this scan listed.", label=label)


def _of_label(
    coverage: ScanCoverage, provider: str, label: str, reading: Collection[Derivation]
) -> Iterator[Gap]:
    types = _types(reading)
    known = partial(
        Gap,
        label=label,
        provider=provider,
        types=types,
        derivations=tuple(each.name for each in reading),
    )
    if not coverage.sets_out_to_read(label):
        yield known(f"{label} was left out by this scan's filters{_consequence(types)}.")
        return
    for account in coverage.unscanned_directories(label, provider):
        yield known(f"{unscanned_words(label, account)}{_consequence(types)}.", account=account)
    for account in coverage.accounts_of(label, provider):
        for region, listing in coverage.unlisted(label, account).items():
            yield known(
                f"{label} {_where(account, region, listing)}{_consequence(types)}.",
                account=account,
                region=region,
                operation=listing.operation if listing else "",
                code=(listing.code or listing.status) if listing else "",
            )


def _where(account: str, region: str, listing: ListingStatus | None) -> str:
    place = f"{account}, {region}" if region != "global" else account
    if listing is None:
        return f"of {place} was never reached"
    return f"of {place} could not be listed ({listing.operation}: {listing.code or listing.status})"


def _consequence(types: Collection[str]) -> str:
    return f"; {' and '.join(types)} edges that depend on it may be missing" if types else ""


def _types(reading: Iterable[Derivation]) -> tuple[str, ...]:
    return tuple(sorted({edge.rel for each in reading for edge in each.writes}))
