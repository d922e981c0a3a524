"""How external principals come into an account, and what is found of each."""

from collections.abc import Mapping
from typing import NamedTuple

from ...authorization.aws.authorizer import references
from ...authorization.aws.public_access import Evaluation
from ...authorization.model import PolicyStatement
from ..model import Node

EXPOSED = "outside-exposed-service"
INVOKED = "outside-invoked-function"
TRUSTED = "outside-trusted-principal"
WEB_IDENTITY = "outside-web-identity"
SAML = "outside-saml"
GUEST = "outside-guest"
READ = "outside-readable-data"
"""Ids of the techniques by which external principals come in."""


class ExternalAccess(NamedTuple):
    """That somebody outside comes to something inside, for certain or perhaps."""

    technique: str
    """Id of the technique."""
    source: Node
    target: Node
    is_certain: bool
    permissions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    """What else must hold, or could not be read; nothing if it is certain."""
    statements: tuple[PolicyStatement, ...] = ()
    evidence: tuple[str, ...] = ()
    """Ids of the further resources it rests on, and the subjects of tokens."""


def found(
    technique: str,
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
    statements = [one for each in admissions.values() for one in references(each.statements)]
    return ExternalAccess(
        technique,
        source,
        target,
        not asked and not conditions and all(each.value for each in admissions.values()),
        tuple(admissions),
        (*asked, *conditions),
        tuple(dict.fromkeys(statements)),
        evidence,
    )
