"""Azure Logic Apps that run by themselves."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Identified, listing

_CONNECTION = "connectionId"


class LogicApp(Identified):
    """A logic app, without its definition, which may hold secrets (Resource Graph: resources)."""

    label = "AzureLogicApp"
    arm_type = "Microsoft.Logic/workflows"
    shape: ClassVar[Shape] = {
        "parameters": {"$connections": {"value": {"*": {_CONNECTION: str}}}},
        "definition": {"triggers": {"*": {"type": str}}},
        "accessControl": {
            "triggers": {"allowedCallerIpAddresses": [{"addressRange": str}]},
        },
    }

    state: str | None = field("Enabled, Disabled or Suspended.")
    api_connections: list[str] | None = ref(
        "AzureApiConnection", by="id", rel="CONNECTS_TO", wire="-"
    )
    triggers: list[str] | None = field("What starts it: Request, Recurrence and others.", wire="-")
    allowed_callers: list[str] | None = field(
        "Addresses whose requests start it; empty is everyone who has its signed address.",
        wire="accessControl.triggers.allowedCallerIpAddresses[].addressRange",
    )
    integration_account: str | None = field(
        "Integration account; else empty.", wire="integrationAccount.id"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the logic app out of what its definition names."""
        given = ((raw.get("parameters") or {}).get("$connections") or {}).get("value") or {}
        starting = ((raw.get("definition") or {}).get("triggers") or {}).values()
        used = {(each or {}).get(_CONNECTION) or "" for each in given.values()}
        kinds = {(each or {}).get("type") or "" for each in starting}
        fields = {
            "api_connections": sorted(used - {""}),
            "triggers": sorted(kinds - {""}),
        }
        return super().load(raw, here, **fields, **known)


class LogicApps(AzureCollector):
    """Logic apps that run by themselves; those on App Service are of that."""

    service = "logic"

    workflows = listing(LogicApp)
