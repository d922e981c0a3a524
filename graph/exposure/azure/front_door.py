"""Endpoints of Front Door, and the apps behind them."""

import json

from ...addresses import Family
from ...derivation import Derivation, Derived
from ...view import GraphView
from ..protocols import TCP, protocol_name
from ..reach import DIRECT, NOBODY, THROUGH_GATEWAY, ReachInterval, ReachKey, ReachSet, reaches
from .platform_rules import CLOSED, OPEN, Access, site

ENDPOINT, ROUTE = "AzureFrontDoorEndpoint", "AzureFrontDoorRoute"
ORIGINS, ORIGIN = "AzureFrontDoorOriginGroup", "AzureFrontDoorOrigin"
APPS = ("AzureAppService", "AzureAppServiceSlot", "AzureFunctionApp", "AzureLogicAppStandard")
_PORTS = {"http": 80, "https": 443}
_TAG = "azurefrontdoor.backend"


def _derive(view: GraphView) -> Derived:
    reach = ReachSet()
    for route in view.labelled(ROUTE):
        endpoints = [
            each
            for each in view.targets(route, "endpoint")
            if not view.is_missing(each) and not _is_off(view, each)
        ]
        if _is_off(view, route) or not endpoints:
            continue
        ports = sorted({_PORTS.get(each.lower(), 443) for each in _protocols(view, route)})
        for endpoint in endpoints:
            for port in ports:
                reach.add(_key(endpoint, DIRECT), ReachInterval((port, port), NOBODY, _of(route)))
        for group in view.targets(route, "origin_group"):
            for origin in view.sources(group, ORIGIN, "origin_group"):
                if not _is_off(view, origin):
                    _behind(view, reach, route, origin)
    return reach.derived()


def _behind(view: GraphView, reach: ReachSet, route: str, origin: str) -> None:
    """The apps that an origin leads to, as far as they answer Front Door."""
    private = view.get(origin, "private_link")
    for app in {*view.targets(origin, "host"), *view.targets(origin, "private_link")}:
        if view.is_missing(app) or view.get(app, "label") not in APPS:
            continue
        found = OPEN if private else _answers(view, app)
        if found.possible:
            evidence = _of(route) | {("origins", origin)}
            reach.add(_key(app, THROUGH_GATEWAY), ReachInterval((443, 443), found.unread, evidence))


def _answers(view: GraphView, app: str) -> Access:
    """Whether an app answers Front Door: it answers everyone, or the service tag."""
    rules = json.loads(view.get(app, "restrictions") or "[]")
    named = [rule for rule in rules if rule["address"].lower() == _TAG]
    if any(rule["action"].lower() == "allow" for rule in named):
        is_off = (view.get(app, "public_network_access") or "").lower() == "disabled"
        return CLOSED if is_off else OPEN
    return site(view, app)


def _is_off(view: GraphView, id_: str) -> bool:
    return (view.get(id_, "enabled_state") or "").lower() == "disabled"


def _protocols(view: GraphView, route: str) -> list[str]:
    return view.get(route, "protocols") or [*_PORTS]


def _key(target: str, path: str) -> ReachKey:
    return ReachKey(target, path, protocol_name(TCP), Family.IPV4)


def _of(route: str) -> frozenset[tuple[str, str]]:
    return frozenset([("routes", route)])


DERIVATION = Derivation(
    name="azure front door",
    provider="azure",
    derive=_derive,
    writes=reaches(ENDPOINT, *APPS),
    reads=frozenset({ENDPOINT, ROUTE, ORIGINS, ORIGIN, *APPS}),
    not_modelled=(
        "What stands behind Front Door and is no app of App Service is not followed, nor are rule "
        "sets and custom domains of Front Door.",
    ),
)
