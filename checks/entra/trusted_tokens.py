"""Who can have a token made that a federated credential takes."""

import re
from collections.abc import Collection

from ...graph.attack.entra.credentials import conditions
from ...graph.attack.federation.issuers import OF_ITS_OWN, outside_forms
from ...graph.authorization.claim_patterns import common
from ...graph.logic import Truth

_WILDCARDS = re.compile(r"[*?]")
_TENANT = re.compile(
    r"https://(login\.microsoftonline\.com/(?P<v2>[^/]+)/v2\.0"
    r"|sts\.windows\.net/(?P<v1>[^/]+)/"
    r"|[\w-]+\.oic\.prod-aks\.azure\.com/(?P<aks>[^/]+)/[^/]+/)"
)
"""Issuers that serve one tenant of Entra ID, of which their address tells which."""


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
    forms = outside_forms(issuer.removeprefix("https://"))
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
