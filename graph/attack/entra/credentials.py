"""Which tokens of others an application or a managed identity takes for its own: what a federated
credential asks of them.

https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from ...logic import Truth, all_of
from ..engine.technique import ExternalTechnique
from ..federation.model import Admission, Picked, TokenClaims, TrustRule
from ..model import Node

_CONDITION = re.compile(r"claims\['(?P<claim>\w+)'\]\s+(?P<how>matches|eq)\s+'(?P<text>[^']*)'")
_AND = re.compile(r"\s+and\s+")
_WILDCARDS = re.compile(r"[*?]")


def conditions(subject: str | None, expression: str | None) -> Mapping[str, str] | None:
    """By claim, the pattern that a token must match, with ``*`` and ``?``; None if that was not
    read or is not understood."""
    if expression:
        found: dict[str, str] = {}
        for part in _AND.split(expression.strip()):
            read = _CONDITION.fullmatch(part)
            if read is None or read["claim"] in found:
                return None
            found[read["claim"]] = read["text"]
            if read["how"] == "eq" and _WILDCARDS.search(read["text"]):
                return None
        return found
    return {"sub": subject} if subject else None


def trust_rule(
    credential: str,
    target: Node,
    technique: ExternalTechnique,
    *,
    issuer: str,
    audiences: Sequence[str] | None,
    subject: str | None,
    expression: str | None,
) -> TrustRule:
    """That an identity takes the tokens that a federated credential describes. Issuer, subject and
    audience are compared as they stand; only an expression has wildcards."""
    asked = conditions(subject, expression)
    is_exact = bool(subject) and not expression
    named = {} if asked is None else {claim: (text,) for claim, text in asked.items()}
    if is_exact and subject and _WILDCARDS.search(subject):
        named = {}  # no token says this
    return TrustRule(
        target,
        issuer,
        technique.id,
        technique.edge,
        technique.difficulty,
        partial(_admits, credential, issuer, audiences, asked, is_exact),
        named,
        names_outside=not is_exact or bool(named),
        subject=subject or "" if is_exact else "",
    )


def _admits(
    credential: str,
    issuer: str,
    audiences: Sequence[str] | None,
    asked: Mapping[str, str] | None,
    is_exact: bool,
    token: TokenClaims,
) -> Admission:
    doubts = []
    truth: Truth = token.issuer == issuer
    for_it = None if audiences is None else token.says_any("aud", audiences)
    said: Truth = None
    if asked is not None:
        said = all_of(_says(token, claim, text, is_exact) for claim, text in asked.items())
    if for_it is None:
        doubts.append("whom the token is for could not be read")
    if said is None:
        doubts.append("whether the token says what is asked could not be read")
    found = all_of((truth, for_it, said))
    return Admission(found, (), tuple(doubts) if found is None else (), (), (credential,))


def _says(token: TokenClaims, claim: str, text: str, is_exact: bool) -> Truth:
    if is_exact:
        return token.says(claim, text)
    found = token.value(claim)
    if found is None:
        return None
    if isinstance(found, Picked):
        return found.takes(text) is not None
    pattern = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."))
    return any(pattern.fullmatch(each) for each in found)
