"""Addresses that AWS itself answers at on behalf of a resource: no network of the account's own
stands in between, only the resource's settings and policies."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import NamedTuple

from ...addresses import Family, covered, is_internet
from ...authorization.aws.context import Context
from ...authorization.aws.public_access import ANONYMOUS, AccessRequest, evaluate_field
from ...logic import ReasonedTruth, all_hold, any_holds
from ...view import GraphView
from ..reach import ReachInterval, ReachKey
from .filters import TCP, protocol_name

DIRECT = "direct"
HTTPS = (443, 443)


class Endpoint(NamedTuple):
    """An address of a resource on the internet, and whether it takes anyone's requests."""

    resource: str
    family: Family
    answer: ReasonedTruth

    def arrival(self) -> tuple[ReachKey, ReachInterval]:
        """The same, as exposure gathers it."""
        way = ReachKey(self.resource, DIRECT, protocol_name(TCP), self.family)
        return way, ReachInterval(
            HTTPS, self.answer.unread, frozenset([("endpoints", self.resource)])
        )


def endpoints(view: GraphView) -> Iterator[Endpoint]:
    """The endpoints that strangers reach, or cannot be excluded from."""
    for found in (*_clusters(view), *_functions(view), *_services(view)):
        if found.answer.value is not False:
            yield found


def _clusters(view: GraphView) -> Iterator[Endpoint]:
    """API servers of Kubernetes, which filter by address."""
    for cluster in view.labelled("AWSEKSCluster"):
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
    for function in view.labelled("AWSLambda"):
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
    for service in view.labelled("AWSAppRunnerService"):
        if view.get(service, "status") in _GONE:
            continue
        is_public = view.get(service, "publicly_accessible")
        doubt = ReasonedTruth.doubt(f"publicly_accessible of {view.name(service)}")
        yield Endpoint(
            service, Family.IPV4, doubt if is_public is None else ReasonedTruth(is_public)
        )


_GONE = ("DELETED", "CREATE_FAILED")
