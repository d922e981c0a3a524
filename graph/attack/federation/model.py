"""Token claims on one side, trust rules on the other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import NamedTuple

from ...authorization.claim_patterns import common
from ...authorization.model import PolicyStatement
from ...logic import Truth, any_of
from ..model import Node


@dataclass(frozen=True)
class Picked:
    """A claim whose value is up to who has the token made: any of some texts, or any text of some
    forms (see :mod:`clew.graph.authorization.claim_patterns`)."""

    forms: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()

    def takes(self, pattern: str) -> str | None:
        """A value that a pattern, with ``*`` and ``?``, describes; None if none does."""
        if pattern in self.texts:
            return pattern
        found = (common(pattern, form) for form in (*self.forms, *sorted(self.texts)))
        return next((each for each in found if each is not None), None)

    def is_possible(self, text: str) -> bool:
        """Whether a text may be the value."""
        if text in self.texts:
            return True
        return any(common(text, form) == text for form in self.forms)


ANYTHING = Picked(("{any}",))

Claim = tuple[str, ...] | Picked | None
"""The values of a claim; None if it is there with a value that is not known."""


class TokenClaims(NamedTuple):
    """A token that somebody can present."""

    issuer: str
    """URL of the issuer; see :func:`normalized`. What is no token and yet tells who somebody is, a
    signed request or an entry in a directory, has an issuer of another form. One that was not
    read is a pattern with ``*``."""
    claims: Mapping[str, Claim]
    """A claim that is not given is absent, unless :attr:`is_whole` is false."""
    conditions: tuple[str, ...] = ()
    """What else must hold for it to be issued, or could not be read."""
    is_whole: bool = True
    """Whether no further claims may be there."""

    def value(self, claim: str) -> Claim:
        """The values of a claim; none if it is absent."""
        return self.claims.get(claim, () if self.is_whole else None)

    def says(self, claim: str, value: str) -> Truth:
        """Whether a claim has, or may be given, a value."""
        found = self.value(claim)
        if found is None:
            return None
        return found.is_possible(value) if isinstance(found, Picked) else value in found

    def says_any(self, claim: str, values: Iterable[str]) -> Truth:
        """Whether a claim has, or may be given, one of some values."""
        return any_of(self.says(claim, each) for each in values)


class Admission(NamedTuple):
    """Whether a token is taken, and on what that rests."""

    truth: Truth
    permissions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    statements: tuple[PolicyStatement, ...] = ()
    evidence: tuple[str, ...] = ()


REFUSED = Admission(False)


def always(admission: Admission) -> Callable[[TokenClaims], Admission]:
    """That every token is taken alike."""
    return lambda _: admission


@dataclass(frozen=True)
class TrustRule:
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
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The patterns, with ``*`` and ``?``, that it compares claims with: who they name is outside,
    if no principal of the scan has such tokens."""
    names_outside: bool = True
    """Whether who is outside follows from it; False where its provider says that by itself."""
    subject: str = ""
    """The one subject whose tokens it takes; empty if it may take those of several."""


def fits(issuer: str, pattern: str) -> bool:
    """Whether an issuer may be the one that a pattern stands for."""
    return fnmatchcase(normalized(issuer), normalized(pattern))


def normalized(issuer: str) -> str:
    """An issuer as issuers are compared: without scheme and last slash, the host in lower case.

    Some clouds store issuers without the scheme; paths keep their case.
    """
    rest = issuer.partition("://")[2] or issuer
    host, slash, path = rest.partition("/")
    return (host.lower() + slash + path).rstrip("/")
