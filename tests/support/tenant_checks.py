"""Verdicts of checks on small tenants."""

from typing import Any

from support.judging import Estate, judge
from support.tenant import TENANT, SmallTenant


def verdicts(check: str, tenant: SmallTenant, **scan: Any) -> dict[str, str]:
    """The status of each resource by name."""
    estate = Estate(
        list(tenant.resources.values()), accounts=(TENANT,), regions=(), provider="entra", **scan
    )
    found = judge(check, estate)
    return {each.resource.rpartition("/")[2]: each.status.value for each in found}
