"""Connects to the accounts that the options of ``clew scan`` name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from ..errors import ClewError, UsageError

if TYPE_CHECKING:
    from ..collectors.scan import Account


@dataclass(frozen=True, kw_only=True)
class ScanOptions:
    """What the user named; nothing named means everything that the credentials give access to."""

    OPTIONS: ClassVar[Mapping[str, tuple[str, str]]] = MappingProxyType(
        {
            "profiles": ("--profile", "aws"),
            "roles": ("--role-arn", "aws"),
            "external_id": ("--external-id", "aws"),
            "org_role": ("--org-role", "aws"),
            "session_name": ("--session-name", "aws"),
            "session_seconds": ("--session-duration", "aws"),
            "mfa_serial": ("--mfa-serial", "aws"),
            "mfa_token": ("--mfa-token", "aws"),
            "regions": ("--region", "aws"),
            "excluded_regions": ("--exclude", "aws"),
            "attempts": ("--attempts", "aws"),
            "timeout": ("--timeout", "aws"),
            "subscriptions": ("--subscription", "azure"),
            "projects": ("--project", "gcp"),
            "tenant": ("--tenant", "entra"),
        }
    )
    """How each is named on the command line, and the cloud that it is for."""

    profiles: Sequence[str] = ()
    roles: Sequence[str] = ()
    external_id: str = ""
    org_role: str = ""
    session_name: str = ""
    session_seconds: int = 0
    mfa_serial: str = ""
    mfa_token: str = ""
    regions: Sequence[str] = ()
    excluded_regions: Sequence[str] = ()
    attempts: int = 0
    timeout: float = 0
    subscriptions: Sequence[str] = ()
    projects: Sequence[str] = ()
    tenant: str = ""


def connect(providers: Sequence[str], wanted: ScanOptions) -> "list[Account]":
    """The accounts of all the providers."""
    _refuse_stray(providers, wanted)
    connectors = {"aws": _aws, "azure": _azure, "gcp": _gcp, "entra": _entra}
    accounts = [account for provider in providers for account in connectors[provider](wanted)]
    if not accounts:
        raise ClewError(f"The credentials for {' and '.join(providers)} give access to no account.")
    return accounts


def _refuse_stray(providers: Sequence[str], wanted: ScanOptions) -> None:
    """Refuses options for a cloud that is not scanned."""
    for name, (option, cloud) in ScanOptions.OPTIONS.items():
        if getattr(wanted, name) and cloud not in providers:
            raise UsageError(f"{option} is for {cloud}, which is not being scanned.")


def _aws(wanted: ScanOptions) -> "Sequence[Account]":
    from ..collectors.aws.accounts import AWSOptions, connect
    from ..collectors.aws.clients import Patience

    usual = Patience()
    return connect(
        AWSOptions(
            profiles=wanted.profiles,
            roles=wanted.roles,
            external_id=wanted.external_id,
            org_role=wanted.org_role,
            session_name=wanted.session_name,
            session_seconds=wanted.session_seconds,
            mfa_serial=wanted.mfa_serial,
            mfa_token=wanted.mfa_token,
            regions=wanted.regions,
            excluded_regions=wanted.excluded_regions,
            patience=Patience(
                attempts=wanted.attempts or usual.attempts,
                connect_seconds=min(wanted.timeout or usual.connect_seconds, usual.connect_seconds),
                read_seconds=wanted.timeout or usual.read_seconds,
            ),
        )
    )


def _azure(wanted: ScanOptions) -> "Sequence[Account]":
    from ..collectors.azure.session import AzureOptions, connect

    return connect(AzureOptions(subscriptions=wanted.subscriptions))


def _gcp(wanted: ScanOptions) -> "Sequence[Account]":
    from ..collectors.gcp.session import GCPOptions, connect

    return connect(GCPOptions(projects=wanted.projects))


def _entra(wanted: ScanOptions) -> "Sequence[Account]":
    from ..collectors.entra.session import EntraOptions, connect

    return connect(EntraOptions(tenant=wanted.tenant))
