"""Who can have a token made that a federated credential takes."""

import re
from collections.abc import Collection, Mapping

from ...graph.attack.aws.external_issuers import OF_ITS_OWN, SHARED_ISSUERS
from ...graph.authorization.claim_patterns import common
from ...graph.logic import Truth

_CONDITION = re.compile(r"claims\['(?P<claim>\w+)'\]\s+(?P<how>matches|eq)\s+'(?P<text>[^']*)'")
_AND = re.compile(r"\s+and\s+")
_WILDCARDS = re.compile(r"[*?]")
_TENANT = re.compile(
    r"https://(login\.microsoftonline\.com/(?P<v2>[^/]+)/v2\.0"
    r"|sts\.windows\.net/(?P<v1>[^/]+)/"
    r"|[\w-]+\.oic\.prod-aks\.azure\.com/(?P<aks>[^/]+)/[^/]+/)"
)
"""Issuers that serve one tenant of Entra ID, of which their address tells which."""


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


def anyone_gets(
    issuer: str | None, subject: str | None, expression: str | None, tenants: Collection[str]
) -> Truth:
    """Whether somebody outside can have a token made that matches; None if it was not read, or it
    is not known for whom the issuer makes tokens. ``tenants`` are the scanned ones."""
    if issuer is None:
        return None
    own = _TENANT.fullmatch(issuer)
    if own and (own["v2"] or own["v1"] or own["aks"]).lower() in tenants:
        return False
    forms = SHARED_ISSUERS.get(issuer.removeprefix("https://"))
    if forms is None:
        return None
    if not expression and subject and _WILDCARDS.search(subject):
        return False  # a subject is compared as it stands, and none looks like this
    asked = conditions(subject, expression)
    if asked is None:
        return None
    return all(
        any(common(pattern, form) is not None for form in forms.get(claim, OF_ITS_OWN))
        for claim, pattern in asked.items()
    )
