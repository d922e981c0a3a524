"""Azure Automation: accounts, what they run, and where."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AzureCollector, AzureResource, Connectable, Identified, Part
from .session import AzureApi


class AutomationAccount(Connectable, Identified):
    """An automation account (Resource Graph: resources)."""

    label = "AzureAutomationAccount"
    arm_type = "Microsoft.Automation/automationAccounts"

    public_network_access: bool | None = field("The public network may use it.")
    local_auth_disabled: bool | None = field("Its keys open nothing.", wire="disableLocalAuth")
    key_source: str | None = field("Whose key encrypts it.", wire="encryption.keySource")


class Runbook(Part):
    """A script that the account runs (Runbook - List By Automation Account)."""

    label = "AzureAutomationRunbook"
    arm_type = "Microsoft.Automation/automationAccounts/runbooks"
    api_version = "2023-11-01"

    automation_account: str | None = ref(
        "AzureAutomationAccount", by="id", rel="PART_OF", wire="containedIn"
    )
    runbook_type: str | None = field("PowerShell, Python3 and others.")
    state: str | None = field("New, Edit or Published.")


class AutomationWebhook(Part):
    """An address that starts a runbook for anyone who has it (Webhook - List By Automation
    Account)."""

    label = "AzureAutomationWebhook"
    arm_type = "Microsoft.Automation/automationAccounts/webhooks"
    api_version = "2015-10-31"

    automation_account: str | None = ref(
        "AzureAutomationAccount", by="id", rel="PART_OF", wire="containedIn"
    )
    enabled: bool | None = field("It works.", wire="isEnabled")
    expires: Timestamp | None = field("Until when.", wire="expiryTime")
    runbook: str | None = field("Name of the runbook.", wire="runbook.name")
    run_on: str | None = field("Hybrid worker group that it runs on; empty is in Azure.")


class AutomationVariable(Part):
    """A variable of runbooks, without its value (Variable - List By Automation Account)."""

    label = "AzureAutomationVariable"
    arm_type = "Microsoft.Automation/automationAccounts/variables"
    api_version = "2023-11-01"

    automation_account: str | None = ref(
        "AzureAutomationAccount", by="id", rel="PART_OF", wire="containedIn"
    )
    encrypted: bool | None = field("Only runbooks can read it.", wire="isEncrypted")


class HybridWorkerGroup(Part):
    """Machines that run runbooks (Hybrid Runbook Worker Group - List By Automation Account)."""

    label = "AzureAutomationHybridWorkerGroup"
    arm_type = "Microsoft.Automation/automationAccounts/hybridRunbookWorkerGroups"
    api_version = "2023-11-01"

    automation_account: str | None = ref(
        "AzureAutomationAccount", by="id", rel="PART_OF", wire="containedIn"
    )
    group_type: str | None = field("User or System.")
    credential: str | None = field(
        "Name of the credentials that they run as; else empty.", wire="credential.name"
    )


class HybridWorker(Part):
    """A machine that runs runbooks of its group (Hybrid Runbook Workers - List By Hybrid Runbook
    Worker Group)."""

    label = "AzureAutomationHybridWorker"
    arm_type = (
        "Microsoft.Automation/automationAccounts/hybridRunbookWorkerGroups/hybridRunbookWorkers"
    )
    api_version = "2023-11-01"

    group: str | None = ref(
        "AzureAutomationHybridWorkerGroup", by="id", rel="PART_OF", wire="containedIn"
    )
    machine: str | None = ref(
        ("AzureVirtualMachine", "AzureArcMachine", "UnknownResource"),
        by="id",
        rel="INVOKES",
        wire="vmResourceId",
    )
    worker_type: str | None = field("HybridV1 or HybridV2.")


_OF_ACCOUNTS = (Runbook, AutomationWebhook, AutomationVariable, HybridWorkerGroup)


class Automation(AzureCollector):
    """Automation accounts, what they run, and where."""

    service = "automation"

    @lists(
        AutomationAccount,
        *_OF_ACCOUNTS,
        HybridWorker,
        through={
            **dict.fromkeys(_OF_ACCOUNTS, AutomationAccount),
            HybridWorker: HybridWorkerGroup,
        },
    )
    def accounts(self, api: AzureApi) -> Iterator[AzureResource]:
        """Automation accounts with what they run, and the machines in their groups of workers."""

        def detailed(raw: dict[str, Any]) -> list[AzureResource]:
            account = AutomationAccount.load(raw, api.here)
            parts = [each for part in _OF_ACCOUNTS for each in api.parts(part, account)]
            groups = (each for each in parts if isinstance(each, HybridWorkerGroup))
            workers = [each for group in groups for each in api.parts(HybridWorker, group)]
            return [account, *parts, *workers]

        for resources in api.each(detailed, api.resources(AutomationAccount)):
            yield from resources
