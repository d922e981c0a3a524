"""Which tokens and assertions roles take, and whose users IAM Identity Center takes over."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from ...authorization.aws.authorizer import references
from ...authorization.aws.context import Open, Values
from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.policy import Policy
from ...authorization.aws.public_access import (
    AccessRequest,
    CallerClass,
    Evaluation,
    evaluate,
    expected,
    fitting,
)
from ...logic import Truth
from ..federation.issuers import outside_forms
from ..federation.model import REFUSED, Admission, Picked, TokenClaims, TrustRule, always
from ..model import Node
from .external_callers import node
from .external_issuers import GOOGLE
from .external_techniques import SAML, WEB_IDENTITY
from .external_tokens import (
    OIDC_PROVIDER,
    SAML_ACTION,
    SAML_PROVIDER,
    WEB,
    Provider,
    Tokens,
    claims,
    named,
)
from .identity_center import BY_ID, BY_NAME, assigned, assignment_issuer
from .vocabulary import techniques

ASSIGNED, SYNCHRONIZED = "outside-identity-center-user", "outside-synchronized-user"
"""Ids of the techniques by which users of IAM Identity Center come in."""


class TokenTrust:
    """What the trust policies of an environment ask of tokens."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._view = environment.view
        self._tokens = Tokens(environment)

    def rules(self, role: Node, policy: Policy, request: AccessRequest) -> Iterator[TrustRule]:
        """The tokens and assertions that a role takes."""
        if policy.about(WEB):
            asked = replace(request, action=WEB)
            for provider in self._tokens.providers(OIDC_PROVIDER, role, policy):
                yield self._rule(provider, role, policy, asked)
            if GOOGLE in named(policy):
                google = Provider(Node(GOOGLE, "", GOOGLE, ""), GOOGLE, None, ())
                yield self._rule(google, role, policy, asked)
        if policy.about(SAML_ACTION):
            asked = replace(request, action=SAML_ACTION)
            for provider in self._tokens.providers(SAML_PROVIDER, role, policy):
                admits = partial(self._asserted, provider, role, policy, asked)
                yield _rule(SAML, role, provider.source.id, admits)

    def of_identity_center(self) -> Iterator[TrustRule]:
        """The roles that users are assigned to, and the users that another directory sends."""
        view = self._view
        for each in assigned(view):
            admission = Admission(True, (SAML_ACTION,), evidence=(each.assignment,))
            yield _rule(
                ASSIGNED,
                node(view, each.role),
                assignment_issuer(each),
                always(admission),
            )
        for id_ in view.labelled("AWSSSOUser"):
            user = node(view, id_)
            ids = view.get(id_, "external_ids")
            sent = Admission(True)
            for external in ids or ():
                yield _rule(SYNCHRONIZED, user, BY_ID, always(sent), external)
            name = view.get(id_, "name")
            if name and (ids is None or view.get(id_, "external_issuers")) and not ids:
                doubt = f"whether {name} was taken from that directory could not be read"
                perhaps = Admission(None, conditions=(doubt,))
                yield _rule(SYNCHRONIZED, user, BY_NAME, always(perhaps), name.lower())

    def _rule(
        self, provider: Provider, role: Node, policy: Policy, request: AccessRequest
    ) -> TrustRule:
        issuer = provider.issuer.lower()
        prefix = f"{issuer}:"
        asked = {
            key.removeprefix(prefix): tuple(expected(policy, key)) for key in claims(policy, issuer)
        }
        return replace(
            _rule(
                WEB_IDENTITY,
                role,
                provider.issuer,
                partial(self._admits, provider, policy, request),
            ),
            names_outside=outside_forms(issuer) is not None,
            named=asked,
        )

    def _admits(
        self, provider: Provider, policy: Policy, request: AccessRequest, token: TokenClaims
    ) -> Admission:
        """Whether a role takes a token."""
        issuer = provider.issuer.lower()
        taken = provider.audiences
        token = _as_keys(token) if issuer == GOOGLE else token
        audiences = token.value("aud")
        if taken is not None and token.says_any("aud", taken) is False:
            return REFUSED
        choices = {
            key: _values(token, key.removeprefix(f"{issuer}:"), policy, key)
            for key in claims(policy, issuer)
        }
        if taken is not None and isinstance(audiences, Picked):
            choices[f"{issuer}:aud"] = [(each,) for each in taken if audiences.is_possible(each)]
        caller = CallerClass(provider=provider.source.id)
        found = evaluate(caller, replace(request, choices=choices), policy)
        doubts = provider.conditions
        if taken is None and issuer != GOOGLE:
            doubts = (*doubts, f"the audiences of {provider.source.name}")
        evidence = (provider.source.id,) if provider.source.label else ()
        return _admission(WEB, found, doubts, evidence)

    def _asserted(
        self,
        provider: Provider,
        role: Node,
        policy: Policy,
        request: AccessRequest,
        token: TokenClaims,
    ) -> Admission:
        """Whether a role takes an assertion that names it."""
        names: Truth = token.says("role", role.id)
        if names is False:
            return REFUSED
        choices = {
            key: _values(token, key.removeprefix("saml:"), policy, key)
            for key in claims(policy, "saml")
        }
        caller = CallerClass(provider=provider.source.id)
        found = evaluate(caller, replace(request, choices=choices), policy)
        return _admission(SAML_ACTION, found, provider.conditions, (provider.source.id,))


def _rule(
    technique: str,
    target: Node,
    issuer: str,
    admits: Callable[[TokenClaims], Admission],
    subject: str = "",
) -> TrustRule:
    declared = techniques().external[technique]
    return TrustRule(
        target,
        issuer,
        technique,
        declared.edge,
        declared.difficulty,
        admits,
        names_outside=False,
        subject=subject,
    )


def _admission(
    action: str, found: Evaluation, doubts: tuple[str, ...], evidence: tuple[str, ...]
) -> Admission:
    conditions = (*(f"{action}: {each}" for each in found.conditions), *doubts)
    return Admission(
        None if found.value and conditions else found.value,
        (action,),
        conditions,
        references(found.statements),
        evidence,
    )


def _values(token: TokenClaims, claim: str, policy: Policy, key: str) -> list[Values | Open]:
    """The values of a claim, between which its holder may choose; open if nobody knows them."""
    found = token.value(claim)
    if found is None:
        return [Open.UNKNOWN]
    if not isinstance(found, Picked):
        return [found]
    texts = (found.takes(each) for each in (*expected(policy, key), "*"))
    return [*fitting(policy, key, found.forms), *((each,) for each in texts if each)] or [()]


def _as_keys(token: TokenClaims) -> TokenClaims:
    """A token of Google's as condition keys have its claims: whom it is for is ``oaud`` where the
    token names its client besides.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """
    client = token.claims.get("azp")
    if client is None:
        return token
    return token._replace(claims={**token.claims, "oaud": token.value("aud"), "aud": client})
