"""Whose tokens become identities of pools: what providers ask of them, and how they map claims.

https://cloud.google.com/iam/docs/workload-identity-federation
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice, product
from typing import Any

from ...authorization.gcp import cel
from ...authorization.gcp.environment import PROJECT
from ...authorization.gcp.scopes import PROJECTS
from ...logic import Truth, all_of, any_of
from ...view import GraphView
from ..aws.tokens import CALLER
from ..entra.tokens import issuers
from ..federation.model import REFUSED, Admission, Claim, Picked, TokenClaims, TrustRule, always
from ..model import Node
from .tokens import pod_issuer
from .vocabulary import techniques

FEDERATED = "gcp-outside-pool-identity"
"""Id of the technique by which a token becomes an identity of a pool."""
IDENTITY = "GCPFederatedPrincipal"
PROVIDERS = ("GCPWorkloadIdentityProvider", "GCPWorkforceProvider")
READS = frozenset({*PROVIDERS, "GCPWorkloadIdentityPool", "GCPWorkforcePool"})
"""Labels that decide on what pools take."""
_OF_CLUSTERS = ".svc.id.goog"
"""How the pools end of which clusters' own workloads are."""
_POOLS = re.compile(r"(?:https:)?//iam\.googleapis\.com/projects/([^/]+)/(.+)")
_LITERAL = re.compile(
    r"assertion\.(?P<claim>\w+)\s*(?:==\s*|(?P<begins>\.startsWith\(\s*))['\"](?P<text>[^'\"]*)['\"]"
)
_TEXT = re.compile(r"""['"]([^'"]*)['"]""")
_CLAIM = re.compile(r"assertion(?:\.(\w+)|\[['\"]([^'\"]+)['\"]\])")
_OF_ROLE = (
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') "
    "+ 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn"
)
"""How Google maps callers of AWS without a mapping: all sessions of a role are one."""
_OF_AWS: Mapping[str, str] = {
    "google.subject": "assertion.arn",
    "attribute.aws_role": _OF_ROLE,
}
_SESSION = re.compile(r"(arn:[\w-]+:sts::\d*:assumed-role/[^/]+)/.+")
_MOST = 4096
"""Combinations of values that are tried of what whoever has a token made may pick."""


def trust_rules(view: GraphView) -> Iterator[TrustRule]:
    """Which tokens become which identities that hold anything."""
    for id_ in view.labelled(IDENTITY):
        for pool in view.targets(id_, "pool"):
            if pool.endswith(_OF_CLUSTERS):
                admits = partial(_of_pod, view.get(id_, "attribute"), view.get(id_, "value"))
                rule = _rule(view, id_, pod_issuer(pool.rpartition("/")[2]), admits)
                yield replace(rule, names_outside=False)
                continue
            known = pool in view.graph
            for label in PROVIDERS if known else ():
                for provider in view.sources(pool, label, "pool"):
                    off = view.get(provider, "disabled") or view.get(pool, "disabled")
                    if not off and view.get(provider, "state") != "DELETED":
                        yield from _Provider(view, provider).rules(id_)
            if not known or not any(view.sources(pool, label, "pool") for label in PROVIDERS):
                doubt = f"which issuers {pool.rpartition('/')[2]} trusts could not be read"
                unread = Admission(None, conditions=(doubt,))
                yield _rule(view, id_, pool, always(unread))


def _of_pod(attribute: str | None, value: str | None, token: TokenClaims) -> Admission:
    """Whether a pod's token is of an identity: in whichever cluster of the project the pod is."""
    if attribute in ("*", "namespace"):
        return Admission(True if attribute == "*" else None)
    return Admission(token.says("sub", value or "") if attribute == "subject" else None)


def _rule(
    view: GraphView,
    id_: str,
    issuer: str,
    admits: Callable[[TokenClaims], Admission],
    named: Mapping[str, tuple[str, ...]] | None = None,
) -> TrustRule:
    declared = techniques().external[FEDERATED]
    target = Node(id_, IDENTITY, view.name(id_), view.get(id_, "account") or "")
    return TrustRule(
        target, issuer, declared.id, declared.edge, declared.difficulty, admits, named or {}
    )


class _Provider:
    """What a provider of a pool takes."""

    def __init__(self, view: GraphView, id_: str) -> None:
        self._view, self._id = view, id_
        self._aws = view.get(id_, "aws_account") if self._is_of_workloads else ""
        self._condition: str | None = view.get(id_, "attribute_condition")
        self._mapping = self._mapped()

    @property
    def _is_of_workloads(self) -> bool:
        return bool(self._view.get(self._id, "label") == PROVIDERS[0])

    def _mapped(self) -> Mapping[str, str] | None:
        """What becomes of claims, by attribute; None if that was not read."""
        listed = self._view.get(self._id, "attribute_mapping")
        if listed is None:
            return None
        found = dict(each.split("=", 1) for each in listed if "=" in each)
        return found or (_OF_AWS if self._aws else {})

    def rules(self, identity: str) -> Iterator[TrustRule]:
        """Which of its tokens become an identity, or one of a set."""
        view = self._view
        attribute, value = view.get(identity, "attribute"), view.get(identity, "value")
        admits = partial(self._admits, attribute, value)
        for issuer in self._issuers():
            yield _rule(view, identity, issuer, admits, self._named(attribute, value))

    def _issuers(self) -> Iterator[str]:
        if self._aws:
            yield f"{CALLER}{self._aws}"
            return
        issuer = self._view.get(self._id, "issuer")
        if issuer:
            yield issuer
            return
        metadata = self._view.get(self._id, "saml_metadata") or ""
        found = re.search(r"""entityID=["']https://sts\.windows\.net/([^/"']+)/?["']""", metadata)
        yield issuers(found[1])[0] if found else self._id

    @property
    def _is_by_assertion(self) -> bool:
        return not self._aws and not self._view.get(self._id, "issuer")

    def _named(self, attribute: str | None, value: str | None) -> Mapping[str, tuple[str, ...]]:
        """The patterns with which claims are compared."""
        found: dict[str, tuple[str, ...]] = {}
        for each in _LITERAL.finditer(self._condition or ""):
            pattern = each["text"] + ("*" if each["begins"] else "")
            found[each["claim"]] = (*found.get(each["claim"], ()), pattern)
        claim = _CLAIM.fullmatch((self._mapping or {}).get(_key(attribute), "").strip())
        if claim and value:
            found[claim[1] or claim[2]] = (value,)
        return found

    def _admits(self, attribute: str | None, value: str | None, token: TokenClaims) -> Admission:
        for_it = self._is_for(token)
        if for_it is False or not self._is_from(token):
            return REFUSED
        if self._is_by_assertion and "appid" in token.claims:
            return REFUSED
        said = self._says(attribute, value, token)
        doubts = []
        if for_it is None:
            doubts.append("whether the token may be for the provider could not be read")
        if said is None and self._condition:
            doubts.append(f"the provider's condition holds: {self._condition}")
        if said is None and not self._condition:
            unread = "the provider's condition" if self._condition is None else "the token's claims"
            doubts.append(f"{unread} could not be read")
        if self._is_by_assertion:
            doubts.append("what the assertion says is not known")
            said = None if said is not False or self._mapping is None else said
        truth = all_of((for_it, said, None if doubts else True))
        return Admission(truth, (), tuple(doubts) if truth is None else (), (), (self._id,))

    def _is_from(self, token: TokenClaims) -> bool:
        """Whether it is of the provider's issuer, as that stands there."""
        issuer = self._view.get(self._id, "issuer")
        return not issuer or token.issuer.rstrip("/") == issuer.rstrip("/")

    def _is_for(self, token: TokenClaims) -> Truth:
        """Whether a token may be for this provider."""
        if self._aws or self._is_by_assertion:
            return True
        allowed = self._view.get(self._id, "audiences")
        client = None if self._is_of_workloads else self._view.get(self._id, "client_id")
        if client:
            return token.says("aud", client)
        if allowed is None:
            return None
        if allowed:
            return token.says_any("aud", allowed)
        return self._is_named_by(token.value("aud"))

    def _is_named_by(self, audience: Claim) -> Truth:
        """Whether a token is for the provider's own name, in which the project has its number."""
        if audience is None:
            return None
        own = _POOLS.fullmatch(self._id)
        if isinstance(audience, Picked):
            return audience.is_possible(f"https:{self._id}")
        if own is None:
            return None
        return any_of(self._is_own(own, text) for text in audience)

    def _is_own(self, own: re.Match[str], text: str) -> Truth:
        named = _POOLS.fullmatch(text)
        if named is None or named[2] != own[2]:
            return False
        project = f"{PROJECTS}{own[1]}"
        number = self._view.get(project, "project_number") if self._knows(project) else None
        if named[1] in (own[1], number):
            return True
        return None if number is None and named[1].isdigit() else False

    def _knows(self, project: str) -> bool:
        view = self._view
        return view.is_there(project) and view.get(project, "label") == PROJECT

    # What the token says.

    def _says(self, attribute: str | None, value: str | None, token: TokenClaims) -> Truth:
        """Whether some token that can be had meets the condition and is of the identity."""
        if attribute is None or self._mapping is None or self._condition is None:
            return None
        found: Truth = False
        for said in _choices(token, [self._condition, *self._mapping.values()], value):
            known = self._attributes(said)
            met = cel.holds(self._condition, known) if self._condition else True
            one = all_of((met, self._is_identity(attribute, value, known)))
            if one:
                return True
            found = any_of((found, one))
        return found

    def _attributes(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of a token conditions see: its claims, and what they are mapped to."""
        known = {f"assertion.{claim}": value for claim, value in said.items()}
        for name, expression in (self._mapping or {}).items():
            value = self._value(expression, known)
            if value is not None:
                known[name] = value
        return known

    def _value(self, expression: str, known: Mapping[str, Any]) -> Any:
        """What an expression comes to; None if that is not known."""
        if expression.strip() == _OF_ROLE:
            arn = known.get("assertion.arn")
            session = _SESSION.fullmatch(arn) if isinstance(arn, str) else None
            return session[1] if session else arn
        named = _CLAIM.fullmatch(expression.strip())
        return known.get(f"assertion.{named[1] or named[2]}") if named else None

    def _is_identity(self, attribute: str, value: str | None, known: Mapping[str, Any]) -> Truth:
        if attribute == "*":
            return True
        mapped = known.get(_key(attribute))
        if mapped is None:
            return None if _key(attribute) in (self._mapping or {}) else False
        return value in mapped if isinstance(mapped, list) else mapped == value


def _key(attribute: str | None) -> str:
    """By which name a provider maps what tells identities apart."""
    return {"subject": "google.subject", "group": "google.groups"}.get(
        attribute or "", attribute or ""
    )


def _choices(
    token: TokenClaims, texts: Sequence[str], value: str | None
) -> Iterator[Mapping[str, Any]]:
    """All that a token may say, as far as some texts and the identity's value tell it apart. Claims
    that are not known are left out."""
    literals = [*chain.from_iterable(_TEXT.findall(text) for text in texts)]
    wanted = list(dict.fromkeys([*literals, *([value] if value else [])]))
    options: dict[str, list[Any]] = {}
    for claim, said in token.claims.items():
        if isinstance(said, Picked):
            options[claim] = _picks(said, wanted)
        elif said is not None:
            options[claim] = [list(said)] if len(said) != 1 or claim == "groups" else [*said]
    for picked in islice(product(*options.values()), _MOST):
        yield dict(zip(options, picked, strict=True))


def _picks(said: Picked, wanted: Sequence[str]) -> list[str]:
    """One value of each kind that texts tell apart."""
    patterns = [each for text in wanted for each in (text, f"{text}*", f"*{text}", f"*{text}*")]
    exact = [text for text in wanted if said.is_possible(text)]
    found = (said.takes(each) for each in (*patterns, "*"))
    return list(dict.fromkeys([*exact, *(each for each in found if each is not None)]))
