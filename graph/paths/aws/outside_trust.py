"""Who outside may assume which roles, by what the roles' trust policies say."""

from collections.abc import Iterator

from ...exposure.aws_strangers import ANY_ACCOUNT, Asks, Party, admission
from ...permissions.aws.decision import ResourceKind
from ...permissions.aws.estate import ROLE, Estate
from ...permissions.aws.policy import Policy, compile_policy
from ..model import Node
from .outside_parties import THE_INTERNET, Neighbours, node, resource_facts
from .outside_tokens import Tokens
from .outside_ways import TRUSTED, Finding, found

_ASSUME = "sts:AssumeRole"


class Trust:
    """What the trust policies of an estate grant to those who were not scanned."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._neighbours = Neighbours(estate)
        self._tokens = Tokens(estate)

    def findings(self) -> Iterator[Finding]:
        """Every way from outside into a role."""
        view = self._estate.view
        for role in view.labelled(ROLE):
            policy = compile_policy(view.get(role, "assume_role_policy_document"), role)
            target = node(view, role)
            context = resource_facts(self._estate, target)
            rcps = self._estate.account(target.account).rcps
            asks = Asks(_ASSUME, role, target.account, context, kind=ResourceKind.TRUST, rcps=rcps)
            for source, party in self._callers(policy):
                finding = found(TRUSTED, source, target, {_ASSUME: admission(party, asks, policy)})
                if finding:
                    yield finding
            yield from self._tokens.findings(target, policy, asks)

    def _callers(self, policy: Policy) -> Iterator[tuple[Node, Party]]:
        if policy.about(_ASSUME):
            yield THE_INTERNET, ANY_ACCOUNT
            yield from self._neighbours.named(policy)
