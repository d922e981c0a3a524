"""Azure Monitor: where logs go, and what raises an alarm."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..collector import lists
from ..shape import Shape
from .base import AzureCollector, AzureResource, Identified, TrackedResource, listing
from .session import AzureApi

_SETTINGS = "Microsoft.Insights/diagnosticSettings"
_CONDITION = {"field": str, "equals": str}
_AUDITED = (
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.KeyVault/vaults",
    "Microsoft.Network/applicationGateways",
    "Microsoft.Network/azureFirewalls",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Sql/servers",
    "Microsoft.Storage/storageAccounts",
)
"""Types of resources whose diagnostic settings are read: each takes a call."""


class LogAnalyticsWorkspace(Identified):
    """A workspace that keeps logs (Resource Graph: resources)."""

    label = "AzureLogAnalyticsWorkspace"
    arm_type = "Microsoft.OperationalInsights/workspaces"

    customer_id: str | None = field("Id by which agents know it.")
    retention_days: int | None = field("How long it keeps logs.", wire="retentionInDays")
    public_ingestion: str | None = field(
        "Enabled if the public network may write.", wire="publicNetworkAccessForIngestion"
    )
    public_query: str | None = field(
        "Enabled if the public network may read.", wire="publicNetworkAccessForQuery"
    )
    local_auth_disabled: bool | None = field(
        "Its keys open nothing.", wire="features.disableLocalAuth"
    )


class ApplicationInsights(TrackedResource):
    """What watches an application (Resource Graph: resources)."""

    label = "AzureApplicationInsights"
    arm_type = "Microsoft.Insights/components"

    workspace: str | None = ref(
        "AzureLogAnalyticsWorkspace", by="id", rel="LOGS_TO", wire="WorkspaceResourceId"
    )
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="DisableLocalAuth")


class DiagnosticSetting(AzureResource):
    """Where a subscription or a resource sends its logs (Diagnostic Settings - List)."""

    label = "AzureDiagnosticSetting"
    identity = "/subscriptions/{account}/{path}"
    api_version = "2021-05-01-preview"
    shape: ClassVar[Shape] = {
        "logs": [{"category": str, "categoryGroup": str, "enabled": bool}],
        "eventHubAuthorizationRuleId": str,
    }

    resource: str | None = ref(
        (
            "AzureSubscription",
            "AzureKeyVault",
            "AzureNetworkSecurityGroup",
            "AzureSQLServer",
            "AzureKubernetesCluster",
            "AzureApplicationGateway",
            "AzureFirewall",
            "AzureStorageAccount",
            "UnknownResource",
        ),
        by="id",
        rel="AUDITS",
        wire="containedIn",
    )
    categories: list[str] | None = field("Logs that are sent.", wire="-")
    storage_account: str | None = ref(
        "AzureStorageAccount", by="id", rel="LOGS_TO", wire="storageAccountId"
    )
    workspace: str | None = ref(
        "AzureLogAnalyticsWorkspace", by="id", rel="LOGS_TO", wire="workspaceId"
    )
    event_hub_namespace: str | None = ref(
        "AzureEventHubsNamespace", by="id", rel="LOGS_TO", wire="-"
    )
    event_hub: str | None = field("Name of the event hub; else empty.", wire="eventHubName")

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the setting out of the logs that it switches on."""
        logs = [each for each in raw.get("logs") or [] if each.get("enabled")]
        names = {each.get("category") or each.get("categoryGroup") or "" for each in logs}
        rule = raw.get("eventHubAuthorizationRuleId") or ""
        fields = {
            "categories": sorted(names - {""}),
            "event_hub_namespace": rule.partition("/authorizationrules/")[0],
        }
        return super().load(raw, here, **fields, **known)


class MetricAlert(TrackedResource):
    """An alarm on a metric (Resource Graph: resources)."""

    label = "AzureMonitorMetricAlert"
    arm_type = "Microsoft.Insights/metricAlerts"

    enabled: bool | None = field("It is on.")
    severity: int | None = field("0 is the worst.")
    scopes: list[str] | None = ref("UnknownResource", by="id", rel="WATCHES")
    action_groups: list[str] | None = ref(
        "AzureActionGroup", by="id", rel="NOTIFIES", wire="actions[].actionGroupId"
    )


class ActivityLogAlert(TrackedResource):
    """An alarm on what is done in Azure (Resource Graph: resources)."""

    label = "AzureActivityLogAlert"
    arm_type = "Microsoft.Insights/activityLogAlerts"
    shape: ClassVar[Shape] = {
        "condition": {"allOf": [{**_CONDITION, "anyOf": [_CONDITION]}]},
    }

    enabled: bool | None = field("It is on.")
    scopes: list[str] | None = ref(
        ("AzureSubscription", "AzureResourceGroup", "UnknownResource"), by="id", rel="WATCHES"
    )
    operations: list[str] | None = field("Operations that it is about; empty is any.", wire="-")
    action_groups: list[str] | None = ref(
        "AzureActionGroup", by="id", rel="NOTIFIES", wire="actions.actionGroups[].actionGroupId"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the alarm out of its conditions."""
        conditions = (raw.get("condition") or {}).get("allOf") or []
        either = [one for each in conditions for one in each.get("anyOf") or []]
        named = {
            each.get("equals") or ""
            for each in (*conditions, *either)
            if (each.get("field") or "").lower() == "operationname"
        }
        return super().load(raw, here, **{"operations": sorted(named - {""}), **known})


class ActionGroup(TrackedResource):
    """Whom an alarm tells, and what it starts (Resource Graph: resources)."""

    label = "AzureActionGroup"
    arm_type = "Microsoft.Insights/actionGroups"

    enabled: bool | None = field("It is on.")
    email_receivers: list[str] | None = field(
        "Who is written to.", wire="emailReceivers[].emailAddress"
    )
    functions: list[str] | None = ref(
        "AzureFunctionApp",
        by="id",
        rel="INVOKES",
        wire="azureFunctionReceivers[].functionAppResourceId",
    )
    logic_apps: list[str] | None = ref(
        "AzureLogicApp", by="id", rel="INVOKES", wire="logicAppReceivers[].resourceId"
    )
    automation_accounts: list[str] | None = ref(
        "AzureAutomationAccount",
        by="id",
        rel="INVOKES",
        wire="automationRunbookReceivers[].automationAccountId",
    )


class Monitor(AzureCollector):
    """Where logs go, and what raises an alarm."""

    service = "monitor"
    permissions = (f"{_SETTINGS}/read",)

    workspaces = listing(LogAnalyticsWorkspace)
    application_insights = listing(ApplicationInsights)
    metric_alerts = listing(MetricAlert)
    activity_log_alerts = listing(ActivityLogAlert)
    action_groups = listing(ActionGroup)

    @lists(DiagnosticSetting)
    def diagnostic_settings(self, api: AzureApi) -> Iterator[DiagnosticSetting]:
        """Where the subscription, and its resources whose logs matter most, send them."""
        audited = [f"/subscriptions/{api.here.account}"]
        for type_ in _AUDITED:
            audited += api.listed(type_)

        def of(resource: str) -> list[DiagnosticSetting]:
            path = f"{resource}/providers/{_SETTINGS}"
            found = api.described(_SETTINGS, path, DiagnosticSetting, lists=DiagnosticSetting)
            return [
                DiagnosticSetting.load({**raw, "containedIn": resource}, api.here)
                for raw in found or []
            ]

        for settings in api.each(of, audited):
            yield from settings
