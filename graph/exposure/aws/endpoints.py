"""Addresses that AWS itself answers at on behalf of a resource: no network of the account's own
stands in between, only the resource's settings and policies."""

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import NamedTuple

from ...addresses import Family, covered, is_internet
from ...authorization.aws.context import Context
from ...authorization.aws.public_access import ANONYMOUS, AccessRequest, evaluate_field
from ...derivation import Derivation, Derived
from ...logic import ReasonedTruth, all_hold, any_holds
from ...view import GraphView
from ..protocols import TCP, protocol_name
from ..reach import DIRECT, ReachInterval, ReachKey, ReachSet, reaches
from .apis import APIS, METHODS, STAGES, Apis

HTTPS = (443, 443)
_CLUSTER, _FUNCTION, _SERVICE = "AWSEKSCluster", "AWSLambda", "AWSAppRunnerService"


class Endpoint(NamedTuple):
    """An address of a resource on the internet, and whether it takes anyone's requests."""

    resource: str
    family: Family
    answer: ReasonedTruth
    kind: str = "endpoints"


def _derivation(
    name: str,
    endpoints: Callable[[GraphView], Iterator[Endpoint]],
    labels: frozenset[str],
    reads: frozenset[str] = frozenset(),
) -> Derivation:
    def derive(view: GraphView) -> Derived:
        reach = ReachSet()
        for resource, family, answer, kind in endpoints(view):
            if answer.value is not False:
                key = ReachKey(resource, DIRECT, protocol_name(TCP), family)
                evidence = frozenset([(kind, resource)])
                reach.add(key, ReachInterval(HTTPS, answer.unread, evidence))
        return reach.derived()

    return Derivation(
        name=name,
        provider="aws",
        derive=derive,
        writes=reaches(*labels),
        reads=reads,
        notices=reads,
    )


def _apis(view: GraphView) -> Iterator[Endpoint]:
    """APIs of API Gateway."""
    for api, answer, _ in Apis(view).all():
        yield Endpoint(api, Family.IPV4, answer, "apis")


def _clusters(view: GraphView) -> Iterator[Endpoint]:
    """API servers of Kubernetes, which filter by address."""
    for cluster in view.labelled(_CLUSTER):
        is_public = view.get(cluster, "endpoint_public_access")
        cidrs = view.get(cluster, "public_access_cidrs")
        name = view.name(cluster)
        for family in Family:
            if is_public is False:
                answer = ReasonedTruth(False)
            elif cidrs is None:
                answer = ReasonedTruth.doubt(f"public_access_cidrs of {name}")
            elif not is_internet(covered(cidrs, family), family):
                answer = ReasonedTruth(False)
            elif is_public is None:
                answer = ReasonedTruth.doubt(f"endpoint_public_access of {name}")
            else:
                answer = ReasonedTruth(True)
            yield Endpoint(cluster, family, answer)


def _functions(view: GraphView) -> Iterator[Endpoint]:
    """Functions with a URL that asks for no credentials. Their policies must let everyone in
    nevertheless; URLs made since October 2025 need both of the actions.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    for function in view.labelled(_FUNCTION):
        kinds = view.get(function, "function_url_auth_types")
        if kinds is not None and "NONE" not in kinds:
            continue
        name, account = view.name(function), view.get(function, "account") or ""
        is_open = (
            ReasonedTruth(True)
            if kinds
            else ReasonedTruth.doubt(f"function_url_auth_types of {name}")
        )
        by_url, invoked = (
            evaluate_field(
                view,
                function,
                "policy",
                ANONYMOUS,
                AccessRequest(action, function, account, context),
            )
            for action, context in _URL_ACTIONS.items()
        )
        older = ReasonedTruth.doubt(f"whether the URL of {name} was made before October 2025")
        answer = all_hold([is_open, by_url, any_holds([invoked, older])])
        for family in Family:
            yield Endpoint(function, family, answer)


_URL_ACTIONS = MappingProxyType(
    {
        "lambda:InvokeFunctionUrl": Context({"lambda:FunctionUrlAuthType": ("NONE",)}),
        "lambda:InvokeFunction": Context({"lambda:InvokedViaFunctionUrl": ("true",)}),
    }
)


def _services(view: GraphView) -> Iterator[Endpoint]:
    """Web services of App Runner."""
    for service in view.labelled(_SERVICE):
        if view.get(service, "status") in _GONE:
            continue
        is_public = view.get(service, "publicly_accessible")
        doubt = ReasonedTruth.doubt(f"publicly_accessible of {view.name(service)}")
        yield Endpoint(
            service, Family.IPV4, doubt if is_public is None else ReasonedTruth(is_public)
        )


_GONE = ("DELETED", "CREATE_FAILED")

ENDPOINTS = (
    _derivation("aws kubernetes api servers", _clusters, frozenset({_CLUSTER})),
    _derivation("aws function urls", _functions, frozenset({_FUNCTION})),
    _derivation("aws app runner services", _services, frozenset({_SERVICE})),
    _derivation("aws apis", _apis, APIS, METHODS | STAGES),
)
