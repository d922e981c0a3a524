"""Token claims on one side, trust rules on the other."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ...authorization.model import PolicyStatement
from ...logic import Truth
from ..model import Node


class TokenClaims(NamedTuple):
    """A token that somebody can present."""

    issuer: str
    """URL of the issuer; see :func:`normalized`."""
    claims: Mapping[str, tuple[str, ...] | None]
    """Claims with their values; None if a claim is there with a value that is not known. A claim
    that is not given is absent."""


class Admission(NamedTuple):
    """Whether a token is taken, and on what that rests."""

    truth: Truth
    permissions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    statements: tuple[PolicyStatement, ...] = ()
    evidence: tuple[str, ...] = ()


class TrustRule(NamedTuple):
    """That an identity takes tokens of an issuer."""

    target: Node
    """The identity."""
    issuer: str
    technique: str
    """Id of the technique by which a token is presented."""
    type: str
    """Of the step."""
    difficulty: int
    admits: Callable[[TokenClaims], Admission]


def normalized(issuer: str) -> str:
    """An issuer as issuers are compared: without scheme and last slash, the host in lower case.

    Some clouds store issuers without the scheme; paths keep their case.
    """
    rest = issuer.partition("://")[2] or issuer
    host, slash, path = rest.partition("/")
    return (host.lower() + slash + path).rstrip("/")
