"""What a scan was begun with, kept with its unfinished work: that is what it is resumed with."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..collectors.options import flags
from ..scans.connecting import ScanOptions
from .errors import ClewError, UsageError

if TYPE_CHECKING:
    from ..collectors.scan import Account

_FILE = "begun"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What was asked for, and the accounts and regions that were found."""

    providers: Sequence[str]
    services: Sequence[str] = ()
    excluded: Sequence[str] = ()
    tags: Sequence[str] = ()
    wanted: ScanOptions = field(default_factory=ScanOptions)
    regions: Mapping[str, Mapping[str, Sequence[str]]] | None = None
    """The regions of each account, by provider; None before any was found."""

    @classmethod
    def read(cls, place: Path) -> Self | None:
        """What the unfinished scan in this folder was begun with; None if that is not known."""
        try:
            values = json.loads((place / _FILE).read_text())
            return cls(**{**values, "wanted": ScanOptions(**values["wanted"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, place: Path) -> None:
        """Notes it in the folder of an unfinished scan. A one-time password is not noted."""
        from ..graph.owner_only import owner_only

        values = asdict(self)
        for name, flag in flags(ScanOptions):
            if not flag.is_kept:
                del values["wanted"][name]
        with owner_only():
            (place / _FILE).write_text(json.dumps(values))

    def of(self, accounts: "Iterable[Account]") -> Self:
        """The same, with the accounts that were found."""
        regions: dict[str, dict[str, Sequence[str]]] = {}
        for account in accounts:
            regions.setdefault(account.provider, {})[account.id] = [*account.regions]
        return type(self)(**{**vars(self), "regions": regions})

    def resumed(self, given: Self) -> Self:
        """What to resume with where a command gives this: the same, or nothing of it.

        :raises UsageError: if the command gives something else.
        """
        for option, here, there in _options(self, given):
            if there and [*_several(there)] != [*_several(here)]:
                raise UsageError(
                    f"The interrupted scan was begun with another {option}: leave {option} out to "
                    "resume it, or begin a new scan."
                )
        anew = [name for name, flag in flags(ScanOptions) if not flag.is_kept]
        wanted = replace(self.wanted, **{name: getattr(given.wanted, name) for name in anew})
        return type(self)(**{**vars(self), "wanted": wanted})

    def narrowed(self, accounts: "Sequence[Account]") -> "list[Account]":
        """Of the accounts that are found now those that were found when the scan began, with the
        same regions.

        :raises ClewError: if one of them is not found any more.
        """
        if self.regions is None:
            return [*accounts]
        found = {(account.provider, account.id): account for account in accounts}
        chosen = []
        for provider, regions in self.regions.items():
            for account_id, names in regions.items():
                account = found.get((provider, account_id))
                if account is None:
                    raise ClewError(
                        f"The interrupted scan has begun to read {provider} {account_id}, which "
                        "these credentials do not find. Begin a new scan."
                    )
                account.regions = [*names] or account.regions
                chosen.append(account)
        return chosen


def _options(begun: Begun, given: Begun) -> "Iterable[tuple[str, Any, Any]]":
    """Each option by name, as the scan was begun with it and as it is given now."""
    yield "--service", begun.services, given.services
    yield "--exclude", begun.excluded, given.excluded
    yield "--tag", begun.tags, given.tags
    yield "--exclude", begun.wanted.excluded_regions, given.wanted.excluded_regions
    for name, flag in flags(ScanOptions):
        if flag.is_kept:
            yield flag.name, getattr(begun.wanted, name), getattr(given.wanted, name)


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]
