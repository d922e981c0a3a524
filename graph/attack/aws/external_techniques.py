"""The ways in which strangers come into an estate, and what is found of each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...authorization.aws.public_access import Evaluation
from ..model import Node, Statement, StepType


class ExternalTechnique(NamedTuple):
    """A way in."""

    id: str
    """What the steps' technique says."""
    type: str
    """Of the steps."""
    title: str
    difficulty: int
    """As of techniques: 1 a call of an API; 3 another party has to help; 4 unlikely."""
    steps: str
    remediation: str


EXPOSED = ExternalTechnique(
    "outside-exposed-service",
    StepType.CAN_REACH,
    "Exploit what answers on the internet",
    4,
    "Whoever finds a flaw in what listens there runs code on the resource, with its credentials. "
    "That there is such a flaw is assumed.",
    "Close the way that the evidence names, or take the rights of the resource's role away.",
)
INVOKED = ExternalTechnique(
    "outside-invoked-function",
    StepType.CAN_ACCESS,
    "Invoke a function whose policy lets strangers in",
    4,
    "The caller sends the function what it likes; a flaw in its code, which is assumed, gives the "
    "credentials of its role.",
    "Name the callers in the function's resource policy.",
)
TRUSTED = ExternalTechnique(
    "outside-trusted-principal",
    StepType.CAN_ASSUME,
    "Assume a role that trusts principals which were not scanned",
    1,
    "Call sts:AssumeRole from the trusted account.",
    "Name the principals that need the role in its trust policy, and ask for an external id.",
)
WEB_IDENTITY = ExternalTechnique(
    "outside-web-identity",
    StepType.CAN_ASSUME,
    "Assume a role with a token of an OpenID Connect provider",
    2,
    "Have the provider issue a token with a subject and audience that the trust policy takes, and "
    "call sts:AssumeRoleWithWebIdentity with it.",
    "Let the trust policy ask for one audience and for subjects of your own, without wildcards "
    "in what names their owner.",
)
SAML = ExternalTechnique(
    "outside-saml",
    StepType.CAN_ASSUME,
    "Assume a role with an assertion of a SAML provider",
    2,
    "Sign in at the provider, or take it over, and call sts:AssumeRoleWithSAML with its assertion.",
    "Give the role to few in the provider, and guard the provider's signing key.",
)
GUEST = ExternalTechnique(
    "outside-guest",
    StepType.CAN_ASSUME,
    "Get the credentials that an identity pool hands to guests",
    1,
    "Ask Cognito for an identity of the pool, whose id is in every client, and for its "
    "credentials.",
    "Switch guests off in the identity pool, or give their role nothing of value.",
)
READ = ExternalTechnique(
    "outside-readable-data",
    StepType.CAN_ACCESS,
    "Read data whose policy lets strangers in",
    1,
    "Call the actions with any credentials, or none.",
    "Name in the resource's policy who needs the data, and block public access.",
)
EXTERNAL_TECHNIQUES: Mapping[str, ExternalTechnique] = MappingProxyType(
    {way.id: way for way in (EXPOSED, INVOKED, TRUSTED, WEB_IDENTITY, SAML, GUEST, READ)}
)
"""By id."""


class ExternalAccess(NamedTuple):
    """That somebody outside comes to something inside, for certain or perhaps."""

    way: ExternalTechnique
    source: Node
    target: Node
    is_certain: bool
    permissions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    """What must hold beside, or could not be read; nothing if it is certain."""
    statements: tuple[Statement, ...] = ()
    evidence: tuple[str, ...] = ()
    """Ids of the further resources it rests on, and the subjects of tokens."""


def found(
    way: ExternalTechnique,
    source: Node,
    target: Node,
    admissions: Mapping[str, Evaluation],
    conditions: tuple[str, ...] = (),
    evidence: tuple[str, ...] = (),
) -> ExternalAccess | None:
    """The finding that all of the actions are admitted, as far as ``conditions`` hold; None if one
    is refused."""
    if any(each.value is False for each in admissions.values()):
        return None
    asked = [
        f"{action}: {condition}"
        for action, each in admissions.items()
        for condition in each.conditions
    ]
    statements = [
        Statement(one.policy_id, one.index, one.sid, one.effect)
        for each in admissions.values()
        for one in each.statements
    ]
    return ExternalAccess(
        way,
        source,
        target,
        not asked and not conditions and all(each.value for each in admissions.values()),
        tuple(admissions),
        (*asked, *conditions),
        tuple(dict.fromkeys(statements)),
        evidence,
    )
