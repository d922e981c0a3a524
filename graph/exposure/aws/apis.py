"""APIs of API Gateway: who may call them, and what they hand requests on to."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...authorization.aws.public_access import ANONYMOUS, ANY_ACCOUNT, AccessRequest, evaluate_field
from ...logic import ReasonedTruth, all_hold, any_holds
from ...view import GraphView
from ..reach import Evidence

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PLACE = re.compile(r"\{[^}]*\}")
_INVOKE = "execute-api:Invoke"
_YES = ReasonedTruth(True)


class Kind(NamedTuple):
    """The labels that make up an API of a generation of API Gateway."""

    api: str
    method: str
    stage: str


_REST = Kind("AWSAPIGatewayRestAPI", "AWSAPIGatewayMethod", "AWSAPIGatewayStage")
_HTTP = Kind("AWSAPIGatewayV2API", "AWSAPIGatewayV2Route", "AWSAPIGatewayV2Stage")
APIS = frozenset({_REST.api, _HTTP.api})
METHODS = frozenset({_REST.method, _HTTP.method})
STAGES = frozenset({_REST.stage, _HTTP.stage})


class Forwarded(NamedTuple):
    """What a method hands the requests on to that it lets in."""

    method: str
    functions: tuple[str, ...]
    private_targets: tuple[str, ...]
    """Load balancers and listeners in a network of the account's, by way of a VPC link."""
    answer: ReasonedTruth
    evidence: Evidence


class Apis:
    """The APIs of both generations, alike."""

    def __init__(self, view: GraphView) -> None:
        self._view = view

    def all(self) -> Iterator[tuple[str, ReasonedTruth, list[Forwarded]]]:
        """Every API: whether it answers external principals at all, and what stands behind it."""
        for kind in (_REST, _HTTP):
            for api in self._view.labelled(kind.api):
                yield self._api(kind, api)

    def _api(self, kind: Kind, api: str) -> tuple[str, ReasonedTruth, list[Forwarded]]:
        view = self._view
        stages = [view.name(stage) for stage in view.sources(api, kind.stage, "api")]
        is_there = self._is_there(kind, api, bool(stages))
        answers, forwarded = [], []
        for method in view.sources(api, kind.method, "api"):
            policy = any_holds(
                [self._admits(kind, api, stage, method) for stage in stages or ["*"]]
            )
            answers.append(policy)
            functions = view.targets(method, "functions")
            private = view.targets(method, "private_target")
            answer = all_hold([is_there, policy, self._asks(kind, api, method)])
            if (functions or private) and answer.value is not False:
                evidence = frozenset([("apis", api), ("methods", method)])
                forwarded.append(Forwarded(method, functions, private, answer, evidence))
        if not view.is_complete(kind.method, api):
            answers.append(ReasonedTruth.doubt(f"methods of {view.name(api)}"))
        return api, all_hold([is_there, any_holds(answers)]), forwarded

    def _is_there(self, kind: Kind, api: str, has_stage: bool) -> ReasonedTruth:
        """Whether the API is called on the internet."""
        view, name = self._view, self._view.name(api)
        answers = []
        if kind is _REST:
            types = view.get(api, "endpoint_types")
            answers.append(
                ReasonedTruth.doubt(f"endpoint_types of {name}")
                if types is None
                else ReasonedTruth("PRIVATE" not in types)
            )
        if not has_stage:
            listed = view.is_complete(kind.stage, api)
            answers.append(
                ReasonedTruth(False) if listed else ReasonedTruth.doubt(f"stages of {name}")
            )
        if view.get(api, "disable_execute_api_endpoint") is not False:
            answers.append(ReasonedTruth.doubt(f"custom domain names of {name}"))
        return all_hold(answers)

    def _asks(self, kind: Kind, api: str, method: str) -> ReasonedTruth:
        """Whether a method lets external principals in by what it asks of its callers."""
        view = self._view
        asking = self._asking_method(kind, api, method)
        asked = view.get(asking, "authorization_type")
        name = view.name(api)
        answers = []
        if asked is None:
            answers.append(
                ReasonedTruth.doubt(f"authorization_type of {view.name(asking)} of {name}")
            )
        elif asked == "AWS_IAM":
            # Credentials of another account count only where a policy of the API takes them.
            answers.append(ReasonedTruth(kind is _REST and view.get(api, "policy") != ""))
        elif asked != "NONE":
            answers.append(
                ReasonedTruth.doubt(f"whom the authorizer of {view.name(asking)} of {name} lets in")
            )
        needs_key = view.get(asking, "api_key_required")
        if needs_key is not False:
            answers.append(ReasonedTruth.doubt(f"who holds an API key of {name}"))
        return all_hold(answers)

    def _asking_method(self, kind: Kind, api: str, method: str) -> str:
        """The method that asks for credentials: of a WebSocket API the one that connects."""
        if self._view.get(api, "protocol_type") == "WEBSOCKET":
            for route in self._view.sources(api, kind.method, "api"):
                if self._view.get(route, "name") == "$connect":
                    return route
        return method

    def _admits(self, kind: Kind, api: str, stage: str, method: str) -> ReasonedTruth:
        """Whether the API's policy lets external principals call a method of a stage."""
        view = self._view
        if kind is not _REST or view.get(api, "policy") == "":
            return _YES
        signs = view.get(method, "authorization_type") == "AWS_IAM"
        verb, path = view.get(method, "http_method"), view.get(method, "path") or "/"
        own = f"{view.get(api, 'execution_arn')}/{stage}"
        return any_holds(
            evaluate_field(
                view,
                api,
                "policy",
                ANY_ACCOUNT if signs else ANONYMOUS,
                AccessRequest(
                    _INVOKE, f"{own}/{each}{_PLACE.sub('{any}', path)}", view.get(api, "account")
                ),
            )
            for each in (_VERBS if verb in ("ANY", None) else (verb,))
        )
