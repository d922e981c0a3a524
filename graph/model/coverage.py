"""What a scan could and could not read."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel


class Status(StrEnum):
    """How a call ended, from best to worst."""

    OK = "ok"
    UNSUPPORTED = "unsupported"
    THROTTLED = "throttled"
    DENIED = "denied"
    ERROR = "error"

    @classmethod
    def worst(cls, statuses: Iterable["Status"]) -> "Status":
        """The worst of some statuses; ok if there are none."""
        order = list(cls)
        return max(statuses, key=order.index, default=cls.OK)


class Coverage(NamedTuple):
    """How all calls of one operation in one account and region ended, at their worst."""

    provider: str
    service: str
    operation: str
    account: str
    region: str
    status: Status
    code: str = ""
    message: str = ""

    @property
    def call(self) -> str:
        """The operation with its service: ``s3:GetBucketAcl``."""
        return qualified(self.service, self.operation)


def qualified(service: str, operation: str) -> str:
    """An operation with its service; it names it itself where that is not its collector's own."""
    return operation if ":" in operation else f"{service}:{operation}"


class ListingStatus(NamedTuple):
    """Whether all resources of a label were listed in one account and region, and if not, why."""

    label: str
    account: str
    region: str
    status: Status
    operation: str = ""
    code: str = ""


class Scope(BaseModel):
    """What a scan set out to read."""

    accounts: dict[str, list[str]] = {}
    """Accounts (subscriptions, projects, tenants) of each provider."""
    regions: dict[str, list[str]] = {}
    """Regions of each account; those without regions have none."""
    directories: dict[str, str] = {}
    """By account, the account of another provider that its principals are in, as far as known."""
    labels: list[str] = []
    """Labels that the scan's collectors own."""
    reported: list[str] = []
    """Services that were asked for; empty means all."""
    tags: list[str] = []
    """Tags, as ``key=value``, of the resources that were asked for; empty means all."""

    @cached_property
    def all_accounts(self) -> frozenset[str]:
        """The accounts of every provider."""
        return frozenset(account for accounts in self.accounts.values() for account in accounts)
