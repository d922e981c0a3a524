"""Connects to the accounts that the options of ``clew scan`` name."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ..collectors.aws.options import AWSOptions
from ..collectors.azure.options import AzureOptions
from ..collectors.entra.options import EntraOptions
from ..collectors.gcp.options import GCPOptions
from ..collectors.options import Options, flags
from ..errors import ClewError, UsageError

if TYPE_CHECKING:
    from ..collectors.scan import Account

CLOUDS: tuple[type[Options], ...] = (AWSOptions, AzureOptions, GCPOptions, EntraOptions)


@dataclass(frozen=True, kw_only=True)
class ScanOptions(AWSOptions, GCPOptions, EntraOptions, AzureOptions):
    """What the user named; nothing named means everything that the credentials give access to."""


def connect(providers: Sequence[str], wanted: ScanOptions) -> "list[Account]":
    """The accounts of all the providers."""
    _refuse_stray(providers, wanted)
    kinds = {kind.provider: kind for kind in CLOUDS}
    options = [_part(wanted, kinds[provider]) for provider in providers]
    accounts = [account for each in options for account in each.connect()]
    if not accounts:
        raise ClewError(f"The credentials for {' and '.join(providers)} give access to no account.")
    return accounts


def permission_document(provider: str, permissions: Sequence[str]) -> Any:
    """Permissions in the form in which a cloud grants them."""
    (kind,) = (each for each in CLOUDS if each.provider == provider)
    return kind.permission_document(permissions)


def reads_regions(providers: Sequence[str]) -> bool:
    """Whether regions of one of these clouds can be chosen."""
    return any(
        field.name == "excluded_regions"
        for kind in CLOUDS
        if kind.provider in providers
        for field in fields(kind)
    )


def usual_attempts() -> str:
    """How often each cloud tries a call by itself, in words."""
    often = "as often as there is time"
    return ", ".join(f"{kind.provider} {kind.usual.attempts or often}" for kind in CLOUDS)


def _part(wanted: ScanOptions, kind: type[Options]) -> Options:
    """What is for one cloud; an option of this name that is given otherwise is another's."""
    known = {each.name: each.metadata for each in fields(wanted)}
    own = [each.name for each in fields(kind) if each.metadata == known[each.name]]
    return kind(**{name: getattr(wanted, name) for name in own})


def _refuse_stray(providers: Sequence[str], wanted: ScanOptions) -> None:
    """Refuses options for a cloud that is not scanned."""
    for name, flag in flags(ScanOptions):
        clouds = [kind.provider for kind in CLOUDS if name in dict(flags(kind))]
        if getattr(wanted, name) and not {*clouds} & {*providers}:
            raise UsageError(f"{flag.name} is for {clouds[0]}, which is not being scanned.")
