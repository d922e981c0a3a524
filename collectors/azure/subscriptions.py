"""Azure subscriptions and the tenants they belong to."""

from collections.abc import Iterator

from ...graph.model import field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource
from .session import AzureApi

_API_VERSION = "2022-12-01"


class Subscription(AzureResource):
    """A subscription (Subscriptions - Get)."""

    label = "AzureSubscription"
    identity = "/subscriptions/{account}"

    name: str | None = field("Display name.", wire="displayName")
    subscription_id: str | None = field("Id without the path.")
    state: str | None = field("Enabled, Warned, PastDue, Disabled or Deleted.")
    quota_id: str | None = field("The kind of offer.", wire="subscriptionPolicies.quotaId")
    tenant: str | None = ref("AzureTenant", by="id", rel="IN_ACCOUNT")


class Tenant(AzureResource):
    """A tenant as Azure Resource Manager shows it (Tenants - List)."""

    label = "AzureTenant"
    identity = "/tenants/{tenant_id}"

    name: str | None = field("Display name.", wire="displayName")
    tenant_id: str | None = field("Id without the path.")
    default_domain: str | None = field("Domain that new users get.")
    domains: list[str] | None = field("Verified domains.")
    tenant_category: str | None = field("Home, ProjectedBy or ManagedBy.")
    directory: str | None = ref("EntraTenant", by="id", rel="RESOLVES_TO")


class Subscriptions(AzureCollector):
    """The subscription that is scanned, and its tenant."""

    service = "subscriptions"
    permissions = ("Microsoft.Resources/subscriptions/read",)

    @lists(Subscription)
    def subscription(self, api: AzureApi) -> Iterator[Subscription]:
        """The scanned subscription itself."""
        path = f"/subscriptions/{api.here.account}"
        tenant = f"/tenants/{api.account.tenant}" if api.account.tenant else ""
        for raw in api.get("subscriptions.get", path, _API_VERSION):
            yield Subscription.load(raw, api.here, tenant=tenant)

    @lists(Tenant)
    def tenant(self, api: AzureApi) -> Iterator[Tenant]:
        """The subscription's tenant."""
        tenant = api.account.tenant
        for raw in api.get("tenants.list", "/tenants", _API_VERSION):
            if raw["tenantId"].lower() == tenant:
                yield Tenant.load(
                    raw,
                    api.here,
                    id=f"/tenants/{tenant}",
                    account=tenant,
                    directory=f"//graph.microsoft.com/tenants/{tenant}",
                )
