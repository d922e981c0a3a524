"""Connects to the accounts that the options of ``clew scan`` name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import CommandError, UsageError

if TYPE_CHECKING:
    from ..collectors.scan import Account


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the user named; nothing named means everything that the credentials give access to."""

    profiles: Sequence[str]
    roles: Sequence[str]
    external_id: str
    org_role: str
    regions: Sequence[str]
    subscriptions: Sequence[str]
    projects: Sequence[str]
    tenant: str


def connect(providers: Sequence[str], wanted: Wanted) -> "list[Account]":
    """The accounts of all the providers."""
    _refuse_stray(providers, wanted)
    connectors = {"aws": _aws, "azure": _azure, "gcp": _gcp, "entra": _entra}
    accounts = [account for provider in providers for account in connectors[provider](wanted)]
    if not accounts:
        raise CommandError(
            f"The credentials for {' and '.join(providers)} give access to no account."
        )
    return accounts


def _refuse_stray(providers: Sequence[str], wanted: Wanted) -> None:
    """Refuses options for a cloud that is not scanned."""
    of_aws = ("aws",)
    for option, given, needs in (
        ("--profile", wanted.profiles, of_aws),
        ("--role-arn", wanted.roles, of_aws),
        ("--external-id", wanted.external_id, of_aws),
        ("--org-role", wanted.org_role, of_aws),
        ("--region", wanted.regions, of_aws),
        ("--subscription", wanted.subscriptions, ("azure",)),
        ("--project", wanted.projects, ("gcp",)),
        ("--tenant", wanted.tenant, ("entra",)),
    ):
        if given and not set(needs) & set(providers):
            raise UsageError(f"{option} is for {' and '.join(needs)}, which is not being scanned.")


def _aws(wanted: Wanted) -> "Sequence[Account]":
    from ..collectors.aws.session import AWSOptions, connect

    return connect(
        AWSOptions(
            profiles=wanted.profiles,
            roles=wanted.roles,
            external_id=wanted.external_id,
            org_role=wanted.org_role,
            regions=wanted.regions,
        )
    )


def _azure(wanted: Wanted) -> "Sequence[Account]":
    from ..collectors.azure.session import AzureOptions, connect

    return connect(AzureOptions(subscriptions=wanted.subscriptions))


def _gcp(wanted: Wanted) -> "Sequence[Account]":
    from ..collectors.gcp.session import GCPOptions, connect

    return connect(GCPOptions(projects=wanted.projects))


def _entra(wanted: Wanted) -> "Sequence[Account]":
    from ..collectors.entra.session import EntraOptions, connect

    return connect(EntraOptions(tenant=wanted.tenant))
