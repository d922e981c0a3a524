"""External load balancers in front of services that have no addresses of their own."""

from collections.abc import Iterator

from ...logic import ReasonedTruth, all_hold
from ...view import GraphView
from ..reach import Evidence
from .armor import lets_in

GROUP, BACKEND, URL_MAP = "GCPNetworkEndpointGroup", "GCPBackendService", "GCPUrlMap"
RULE, ARMOR = "GCPForwardingRule", "GCPCloudArmorPolicy"
_PROXIES = ("GCPTargetHttpProxy", "GCPTargetHttpsProxy")
_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
BALANCING = frozenset({GROUP, BACKEND, URL_MAP, RULE, *_PROXIES})
"""The labels between the internet and a service, without which there is no way."""


def in_front(view: GraphView, service: str, field: str) -> Iterator[tuple[ReasonedTruth, Evidence]]:
    """The public forwarding rules that lead to a service, which groups of endpoints name in a
    ``field``: whether anyone is let by, and what that rests on."""
    for group in view.sources(service, GROUP, field):
        for backend in view.sources(group, BACKEND, "groups"):
            rules = [*_rules(view, backend)]
            if not rules:
                continue
            policies = [*view.targets(backend, "security_policy")]
            passes = all_hold(
                [_unguarded(view, backend), *(lets_in(view, each) for each in policies)]
            )
            evidence = {
                ("backend_services", backend),
                *(("forwarding_rules", each) for each in rules),
                *(("security_policies", each) for each in policies),
            }
            yield passes, frozenset(evidence)


def _unguarded(view: GraphView, backend: str) -> ReasonedTruth:
    """Whether Identity-Aware Proxy asks nobody who calls."""
    guarded = view.get(backend, "iap_enabled")
    if guarded is None:
        return ReasonedTruth.doubt(f"Identity-Aware Proxy of {view.name(backend)}")
    return ReasonedTruth(not guarded)


def _rules(view: GraphView, backend: str) -> Iterator[str]:
    for url_map in view.sources(backend, URL_MAP, "backends"):
        for label in _PROXIES:
            for proxy in view.sources(url_map, label, "url_map"):
                for rule in view.sources(proxy, RULE, "target"):
                    if view.get(rule, "load_balancing_scheme") in (*_EXTERNAL, None):
                        yield rule
