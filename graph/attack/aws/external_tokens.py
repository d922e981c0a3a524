"""Who outside may assume roles with what an identity provider says of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from ...authorization.aws.context import Open, Values
from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.policy import Policy
from ...authorization.aws.public_access import (
    AccessRequest,
    CallerClass,
    evaluate,
    expected,
    filled,
    fitting,
)
from ...authorization.claim_patterns import common
from ..entra.tokens import are_principals_read, names_known
from ..exposed import THE_INTERNET
from ..federation.issuers import ANY_AUDIENCE, OF_ITS_OWN, Forms, outside_forms
from ..model import Node
from .external_callers import node
from .external_issuers import COGNITO, KNOWN_TO_AWS
from .external_techniques import GUEST, SAML, WEB_IDENTITY, ExternalAccess, found

WEB = "sts:AssumeRoleWithWebIdentity"
SAML_ACTION = "sts:AssumeRoleWithSAML"
OIDC_PROVIDER, SAML_PROVIDER = "AWSOIDCProvider", "AWSSAMLProvider"
_CLUSTER, _POOL, _ASSIGNMENT = "AWSEKSCluster", "AWSCognitoIdentityPool", "AWSSSOAccountAssignment"
_NOT_ISSUED = "x"
"""What no policy asks for."""
_NOT_READ = "whether others have tokens of the tenant, whose principals could not all be read"

Choices = Mapping[str, Sequence[Values | Open]]


class Provider(NamedTuple):
    """An identity provider in the account of a role."""

    source: Node
    issuer: str
    """Its address without the scheme, by which condition keys name its claims."""
    audiences: Sequence[str] | None
    """None if they were not read."""
    conditions: tuple[str, ...]
    """What is not known of it."""


class Tokens:
    """What trust policies grant to those whom identity providers vouch for."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._environment = environment
        self._view = environment.view

    def findings(
        self, role: Node, policy: Policy, request: AccessRequest
    ) -> Iterator[ExternalAccess]:
        """Who comes into a role with a token or an assertion; ``request`` is for the role."""
        if policy.about(WEB):
            for provider in self.providers(OIDC_PROVIDER, role, policy):
                yield from self._by_token(provider, role, policy, replace(request, action=WEB))
            for issuer in sorted(named(policy) & KNOWN_TO_AWS):
                yield from self._by_public_token(issuer, role, policy, replace(request, action=WEB))
        if policy.about(SAML_ACTION):
            for provider in self.providers(SAML_PROVIDER, role, policy):
                finding = self._by_assertion(
                    provider, role, policy, replace(request, action=SAML_ACTION)
                )
                if finding:
                    yield finding

    # OpenID Connect.

    def _by_token(
        self, provider: Provider, role: Node, policy: Policy, request: AccessRequest
    ) -> Iterator[ExternalAccess]:
        issuer = provider.issuer.lower()
        subjects = tuple(f"subject {text}" for text in expected(policy, f"{issuer}:sub"))
        evidence = (provider.source.id, *subjects)
        forms = outside_forms(issuer)
        if forms is not None:
            caller = CallerClass(provider=provider.source.id, is_anywhere=True)
            audiences = [
                one
                for one in self._audiences(provider, policy)
                if isinstance(one, Open) or _made(one, forms.get("aud", ANY_AUDIENCE))
            ]
            choices = {
                **_external_claims(policy, issuer, forms),
                f"{issuer}:aud": audiences or [(_NOT_ISSUED,)],
            }
            admitted = evaluate(caller, replace(request, choices=choices), policy)
            finding = found(
                WEB_IDENTITY, THE_INTERNET, role, {WEB: admitted}, provider.conditions, evidence
            )
            if finding:
                yield finding
            if admitted.value:
                return
        conditions, is_read = provider.conditions, are_principals_read(self._view, issuer)
        if is_read and names_known(self._view, issuer, expected(policy, f"{issuer}:sub")):
            return  # Who these are is known: they come in themselves.
        if is_read is None:
            conditions = (*conditions, _NOT_READ)
        choices = {
            **_own_claims(policy, issuer),
            f"{issuer}:aud": self._audiences(provider, policy) or [(_NOT_ISSUED,)],
        }
        caller = CallerClass(provider=provider.source.id)
        admitted = evaluate(caller, replace(request, choices=choices), policy)
        for source in self._clusters.get(issuer, (provider.source,)):
            finding = found(WEB_IDENTITY, source, role, {WEB: admitted}, conditions, evidence)
            if finding:
                yield finding

    def _audiences(self, provider: Provider, policy: Policy) -> list[Values | Open]:
        if provider.audiences is None:
            return [*filled(policy, f"{provider.issuer.lower()}:aud"), Open.UNKNOWN]
        return [(audience,) for audience in provider.audiences]

    @cached_property
    def _clusters(self) -> dict[str, list[Node]]:
        """The Kubernetes clusters by the issuer of their service accounts' tokens."""
        found: dict[str, list[Node]] = {}
        for cluster in self._view.labelled(_CLUSTER):
            issuer = (self._view.get(cluster, "oidc_issuer") or "").removeprefix("https://").lower()
            if issuer:
                found.setdefault(issuer, []).append(node(self._view, cluster))
        return found

    # Issuers that AWS knows by itself.

    def _by_public_token(
        self, issuer: str, role: Node, policy: Policy, request: AccessRequest
    ) -> Iterator[ExternalAccess]:
        caller = CallerClass(provider=issuer, is_anywhere=True)
        choices = _external_claims(policy, issuer, outside_forms(issuer) or {})
        admitted = evaluate(caller, replace(request, choices=choices), policy)
        finding = found(WEB_IDENTITY, THE_INTERNET, role, {WEB: admitted})
        if finding:
            yield finding
        if admitted.value:
            return
        if issuer == COGNITO:
            yield from self._by_pool(role, policy, request)
            return
        # Everybody whom the application that the policy names lets sign in has such a token.
        for claim in _APPLICATION:
            choices[f"{issuer}:{claim}"] = [Open.UNKNOWN]
        admitted = evaluate(caller, replace(request, choices=choices), policy)
        finding = found(WEB_IDENTITY, THE_INTERNET, role, {WEB: admitted})
        if finding:
            yield finding

    def _by_pool(
        self, role: Node, policy: Policy, request: AccessRequest
    ) -> Iterator[ExternalAccess]:
        """Identities of a certain pool, of guests and of those who sign in."""
        by_id = self._pools
        asked = set(expected(policy, f"{COGNITO}:aud"))
        for pool_id in sorted(asked - {*by_id}):
            words = f"whether the identity pool {pool_id} gives identities to external principals"
            yield from self._of_pool(pool_id, None, (words,), role, policy, request)
        for pool_id in sorted(by_id):
            pool = by_id[pool_id]
            name = self._view.name(pool)
            get = self._view.get
            guests = get(pool, "allow_unauthenticated_identities")
            handed = self._handed(pool, role)
            if guests is not False and handed is not None:
                doubts = () if guests else (f"whether {name} allows guests",)
                yield from self._of_pool(
                    pool_id, "unauthenticated", (*doubts, *handed), role, policy, request, pool
                )
            signed_up = self._signed_up(pool, role)
            if signed_up is not None:
                yield from self._of_pool(
                    pool_id, "authenticated", signed_up, role, policy, request, pool
                )

    def _handed(self, pool: str, role: Node) -> tuple[str, ...] | None:
        """What must hold for guests of a pool to get all of a role; None if they do not get it.

        In the classic flow they take any role that trusts the pool, in the enhanced one only the
        pool's own, with a session policy of Cognito's on it.
        https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
        """
        view, name = self._view, self._view.name(pool)
        is_classic = view.get(pool, "allow_classic_flow")
        if is_classic:
            return ()
        if role.id in view.targets(pool, "unauthenticated_role"):
            return (f"services that Cognito opens to guests, unless {name} has the classic flow",)
        if is_classic is None:
            return (f"whether {name} has the classic flow",)
        if view.get(pool, "unauthenticated_role") is None:
            return (f"whether {role.name} is the role of guests of {name}",)
        return None

    def _signed_up(self, pool: str, role: Node) -> tuple[str, ...] | None:
        """What must hold for external principals to sign up where a pool lets sign in, and to get
        a role of it; None if nobody can."""
        view, name = self._view, self._view.name(pool)
        logins, others = view.get(pool, "login_providers"), view.get(pool, "identity_providers")
        if logins == others == []:
            return None
        users = view.targets(pool, "user_pools")
        open_to_all = {view.get(each, "sign_up_allowed") for each in users}
        is_handed = view.get(pool, "allow_classic_flow") or (
            role.id in view.targets(pool, "authenticated_role")
        )
        if True in open_to_all and is_handed:
            return ()
        are_known = logins is not None and len(users) == len(logins)
        if others == [] and are_known and open_to_all == {False}:
            return None
        return (f"whether external principals may sign up where {name} lets sign in",)

    def _of_pool(
        self,
        pool_id: str,
        amr: str | None,
        conditions: tuple[str, ...],
        role: Node,
        policy: Policy,
        request: AccessRequest,
        pool: str = "",
    ) -> Iterator[ExternalAccess]:
        methods: list[Values | Open] = [(amr,)] if amr else [("unauthenticated",), Open.UNKNOWN]
        choices: Choices = {f"{COGNITO}:aud": [(pool_id,)], f"{COGNITO}:amr": methods}
        caller = CallerClass(provider=COGNITO, is_anywhere=True)
        admitted = evaluate(caller, replace(request, choices=choices), policy)
        evidence = (pool,) if pool else ()
        finding = found(GUEST, THE_INTERNET, role, {WEB: admitted}, conditions, evidence)
        if finding:
            yield finding

    @cached_property
    def _pools(self) -> dict[str, str]:
        """The identity pools by their ids."""
        view = self._view
        return {view.get(pool, "pool_id"): pool for pool in view.labelled(_POOL)}

    # SAML.

    def _by_assertion(
        self, provider: Provider, role: Node, policy: Policy, request: AccessRequest
    ) -> ExternalAccess | None:
        said = _own_claims(policy, "saml")
        caller = CallerClass(provider=provider.source.id)
        admitted = evaluate(caller, replace(request, choices=said), policy)
        assignments = self._view.sources(role.id, _ASSIGNMENT, "role")
        texts = (f"{key} {text}" for key in said for text in expected(policy, key))
        evidence = (*assignments, *texts)
        return found(
            SAML, provider.source, role, {SAML_ACTION: admitted}, provider.conditions, evidence
        )

    # Providers.

    def providers(self, label: str, role: Node, policy: Policy) -> Iterator[Provider]:
        """The providers of the role's account that a policy names, or all if it names everyone."""
        view = self._view
        kind = "oidc-provider/" if label == OIDC_PROVIDER else "saml-provider/"
        here = {each for each in named(policy) if f":{role.account}:{kind}" in each}
        if _lets_everyone_in(policy):
            here.update(self._in_account(label, role.account))
        for id_ in sorted(here):
            known = view.graph.nodes.get(id_) or {}
            missing = known.get("missing") if known else "UNREADABLE"
            if missing == "NOT_FOUND":
                continue
            conditions = (f"whether {id_} is there, which could not be read",) if missing else ()
            yield Provider(
                node(view, id_, label), id_.partition(kind)[2], known.get("client_ids"), conditions
            )

    def _in_account(self, label: str, account: str) -> list[str]:
        view = self._view
        return [id_ for id_ in view.labelled(label) if view.get(id_, "account") == account]


_APPLICATION = ("aud", "oaud", "app_id")
"""Claims that name the application that a token was made for."""


def named(policy: Policy) -> set[str]:
    """The providers that a policy's Allow statements name."""
    return {
        provider
        for statement in policy.statements
        if statement.effect == "Allow" and statement.principals
        for provider in statement.principals.providers
    }


def _lets_everyone_in(policy: Policy) -> bool:
    return any(
        statement.effect == "Allow"
        and statement.principals
        and (
            statement.is_not_principal
            or statement.principals.everyone
            or "*" in statement.principals.providers
        )
        for statement in policy.statements
    )


def claims(policy: Policy, issuer: str) -> Iterator[str]:
    """The condition keys, in lower case, by which a policy asks for claims of an issuer."""
    prefix = f"{issuer}:"
    keys = frozenset[str]().union(*(statement.keys for statement in policy.statements))
    yield from sorted(key for key in keys if key.startswith(prefix))


def _external_claims(policy: Policy, issuer: str, forms: Forms) -> dict[str, list[Values | Open]]:
    """What tokens of external principals may say, as far as a policy tells it apart."""
    return {
        key: [*fitting(policy, key, forms.get(key.removeprefix(f"{issuer}:"), OF_ITS_OWN))]
        for key in claims(policy, issuer)
    }


def _own_claims(policy: Policy, issuer: str) -> dict[str, list[Values | Open]]:
    """What tokens may say of those whom the policy means."""
    return {key: [*filled(policy, key), Open.UNKNOWN] for key in claims(policy, issuer)}


def _made(audiences: Values, forms: Sequence[str]) -> bool:
    """Whether an external principal's token may have an audience."""
    texts = (text for text in audiences if isinstance(text, str))
    return any(common(text, form) is not None for text in texts for form in forms)
