"""Who outside may assume which roles, by what the roles' trust policies say."""

from collections.abc import Iterator

from ...authorization.aws.decision import ResourceKind
from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.labels import ROLE
from ...authorization.aws.policy import Policy, compile_policy
from ...authorization.aws.public_access import ANY_ACCOUNT, AccessRequest, CallerClass, evaluate
from ..exposed import THE_INTERNET
from ..federation.model import TrustRule
from ..model import Node
from .external_callers import ExternalCallers, node, resource_facts
from .external_techniques import TRUSTED, ExternalAccess, found
from .external_tokens import Tokens
from .token_trust import TokenTrust

_ASSUME = "sts:AssumeRole"


def trust_rules(environment: AWSEnvironment) -> Iterator[TrustRule]:
    """The roles that take tokens and assertions, and the users that are taken from directories."""
    trust = TokenTrust(environment)
    view = environment.view
    for role in view.labelled(ROLE):
        policy = compile_policy(view.get(role, "assume_role_policy_document"), role)
        target = node(view, role)
        yield from trust.rules(target, policy, _request(environment, target))
    yield from trust.of_identity_center()


def _request(environment: AWSEnvironment, role: Node) -> AccessRequest:
    context = resource_facts(environment, role)
    rcps = environment.account(role.account).rcps
    return AccessRequest(
        _ASSUME, role.id, role.account, context, kind=ResourceKind.TRUST, rcps=rcps
    )


class Trust:
    """What the trust policies of an environment grant to those who were not scanned."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._environment = environment
        self._neighbours = ExternalCallers(environment)
        self._tokens = Tokens(environment)

    def findings(self) -> Iterator[ExternalAccess]:
        """Everybody outside who can assume a role."""
        view = self._environment.view
        for role in view.labelled(ROLE):
            policy = compile_policy(view.get(role, "assume_role_policy_document"), role)
            target = node(view, role)
            request = _request(self._environment, target)
            for source, caller in self._callers(policy):
                finding = found(
                    TRUSTED, source, target, {_ASSUME: evaluate(caller, request, policy)}
                )
                if finding:
                    yield finding
            yield from self._tokens.findings(target, policy, request)

    def _callers(self, policy: Policy) -> Iterator[tuple[Node, CallerClass]]:
        if policy.about(_ASSUME):
            yield THE_INTERNET, ANY_ACCOUNT
            yield from self._neighbours.named(policy)
