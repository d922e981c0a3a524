"""What principals of a tenant can show elsewhere: tokens of service principals and users, the
assertions that applications for single sign-on make, and the directory's users as other directories
take them over.

https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ...authorization.entra.environment import (
    GROUP,
    SERVICE_PRINCIPAL,
    USER,
    EntraEnvironment,
)
from ...logic import Truth
from ...model import Status
from ...view import GraphView
from ..federation.model import Claim, Picked, TokenClaims
from ..model import Node

EXCHANGE = "api://AzureADTokenExchange"
"""The audience of tokens that are exchanged for those of an application."""
SENT_BY_ID, SENT_BY_NAME = "scim:id", "scim:name"
"""What stands for the issuer where a user is sent to another directory."""
_IDENTITY = re.compile(
    r"//graph\.microsoft\.com/tenants/(?P<tenant>[^/]+)/(?:servicePrincipals|users)/(?P<object>.+)"
)
_ISSUER = re.compile(r"(?:sts\.windows\.net|login\.microsoftonline\.com)/([^/]+)(?:/v2\.0)?/?")
_ROLE_BY_SAML = re.compile(
    r"(?P<role>arn:[\w-]+:iam::\d{12}:role/[^,]+),(?P<provider>arn:[\w-]+:iam::\d{12}:saml-provider/.+)"
)
_APPLICATION, _ROLE = "EntraApplication", "EntraAppRoleAssignment"
READS = frozenset({_APPLICATION, _ROLE, GROUP, SERVICE_PRINCIPAL, USER})
HOLDERS = frozenset({SERVICE_PRINCIPAL, USER})
"""The labels of those who have tokens of a tenant."""


def issuers(tenant: str) -> tuple[str, str]:
    """The issuers of a tenant's tokens, by their version."""
    return f"https://sts.windows.net/{tenant}/", f"https://login.microsoftonline.com/{tenant}/v2.0"


def are_principals_read(view: GraphView, issuer: str) -> Truth:
    """Whether an issuer, named without its scheme, is a tenant all of whose principals were read,
    so that nobody else has tokens of it; None if it was scanned and they were not read whole."""
    known = _ISSUER.fullmatch(issuer)
    tenant = known[1] if known else ""
    asked = [each for each in view.listings if each.account == tenant and each.label in HOLDERS]
    if not asked:
        return False
    is_whole = {each.label for each in asked} == HOLDERS
    return True if is_whole and all(each.status == Status.OK for each in asked) else None


def names_known(view: GraphView, issuer: str, subjects: Iterable[str]) -> bool:
    """Whether all of some subjects of an issuer's tokens are service principals that were read."""
    known = _ISSUER.fullmatch(issuer)
    own = f"//graph.microsoft.com/tenants/{known[1]}/servicePrincipals/" if known else ""
    return all(view.is_there(own + each.lower()) for each in subjects)


class Tokens:
    """The tokens of a scan's tenants."""

    def __init__(self, environment: EntraEnvironment) -> None:
        self._environment = environment
        self._view = environment.view

    def issued(self) -> Iterator[tuple[Node, TokenClaims]]:
        """All of them."""
        for id_ in self._view.by_label.get(SERVICE_PRINCIPAL, ()):
            if self._view.get(id_, "account_enabled") is not False:
                yield from self._of_application(id_)
        for id_ in self._view.labelled(USER):
            if self._view.get(id_, "account_enabled") is not False:
                yield from self._of_user(id_)
        for id_ in self._view.labelled(_ROLE):
            yield from self._asserted(id_)

    def _of_application(self, id_: str) -> Iterator[tuple[Node, TokenClaims]]:
        """Tokens of a service principal by itself, for each API of its tenant."""
        parts = _IDENTITY.fullmatch(id_)
        if parts is None:
            return
        tenant, object_id = parts["tenant"], parts["object"]
        client = self._view.get(id_, "app_id")
        said: dict[str, Claim] = {
            "sub": (object_id,),
            "oid": (object_id,),
            "tid": (tenant,),
        }
        for version, issuer in enumerate(issuers(tenant), 1):
            names = "appid" if version == 1 else "azp"
            claims: dict[str, Claim] = {**said, names: (client,) if client else None}
            for audience, doubts in self._audiences(id_, tenant, version):
                token = TokenClaims(issuer, {**claims, "aud": audience}, doubts, is_whole=False)
                yield self._node(id_), token

    def _audiences(
        self, id_: str, tenant: str, version: int
    ) -> Iterator[tuple[Claim, tuple[str, ...]]]:
        """Whom a service principal's tokens of a version may be for: certainly, and where it was
        not read of which version an API's are, or which there are."""
        known, perhaps = self._apis[tenant][version], self._apis[tenant][0]
        if version == 2:
            known = known | {EXCHANGE}
        if known:
            yield Picked(texts=frozenset(known)), ()
        if perhaps:
            doubt = f"whether the application has tokens of version {version} could not be read"
            yield Picked(texts=frozenset(perhaps)), (doubt,)
        if not self._view.is_complete(_APPLICATION, near=id_):
            yield None, ("which applications the tenant has could not be read",)

    @cached_property
    def _apis(self) -> Mapping[str, Mapping[int, set[str]]]:
        """By tenant and the version of their tokens, what names its APIs; 0 for those of which
        that was not read."""
        view = self._view
        found: dict[str, dict[int, set[str]]] = defaultdict(lambda: {0: set(), 1: set(), 2: set()})
        for id_ in view.labelled(_APPLICATION):
            version = view.get(id_, "access_token_version") or 0
            names = {view.get(id_, "app_id")} - {None}
            if version != 2:
                names.update(view.get(id_, "identifier_uris") or ())
            found[view.get(id_, "account")].setdefault(version, set()).update(names)
        return found

    def _of_user(self, id_: str) -> Iterator[tuple[Node, TokenClaims]]:
        """Tokens of a user who signs in to any application, and what is sent to other directories.
        Their subject is another one for each application, which no listing tells: no rule that
        names one is held to mean the user."""
        parts = _IDENTITY.fullmatch(id_)
        if parts is None:
            return
        object_id, name = parts["object"], self._view.get(id_, "user_principal_name")
        known: Claim = (name,) if name else None
        said: dict[str, Claim] = {
            "oid": (object_id,),
            "sub": (),
            "tid": (parts["tenant"],),
            "preferred_username": known,
            "upn": known,
            "unique_name": known,
            "email": None,
            "aud": None,
        }
        for issuer in issuers(parts["tenant"]):
            for groups, doubts in self._groups(id_):
                claims = {**said, "groups": groups}
                yield self._node(id_), TokenClaims(issuer, claims, doubts, is_whole=False)
        yield self._node(id_), TokenClaims(SENT_BY_ID, {"sub": (object_id,)})
        if name:
            yield self._node(id_), TokenClaims(SENT_BY_NAME, {"sub": (name.lower(),)})

    def _groups(self, id_: str) -> Iterator[tuple[Claim, tuple[str, ...]]]:
        """The groups that a user is in, nested ones too, by object id; and those that it may be in
        besides, since who is in them could not be read."""
        known = self._environment.groups_of(id_)
        yield _object_ids(known), ()
        unread = self._environment.unread_groups
        above = (self._environment.groups_of(each) for each in unread)
        perhaps = known.union(unread, *above)
        if perhaps != known:
            named = ", ".join(sorted(map(self._view.name, unread)))
            yield _object_ids(perhaps), (f"who is in {named} could not be read",)

    def _is_group(self, id_: str) -> bool:
        return bool(self._view.get(id_, "label") == GROUP)

    def _asserted(self, assignment: str) -> Iterator[tuple[Node, TokenClaims]]:
        """Assertions for the role of AWS that an app role names, with its provider."""
        view = self._view
        named = _ROLE_BY_SAML.fullmatch(view.get(assignment, "app_role") or "")
        if named is None:
            return
        for holder in view.targets(assignment, "principal"):
            users = {holder}
            if self._is_group(holder):
                users = {*view.sources(holder, USER, "members")}
            for user in sorted(users):
                if not view.is_there(user) or view.get(user, "label") != USER:
                    continue
                claims: dict[str, Claim] = {
                    "role": (named["role"],),
                    "aud": ("https://signin.aws.amazon.com/saml",),
                    "sub": None,
                }
                doubt = f"{named['provider'].rpartition('/')[2]} takes this tenant's assertions"
                token = TokenClaims(named["provider"], claims, (doubt,), is_whole=False)
                yield self._node(user), token

    def _node(self, id_: str) -> Node:
        view = self._view
        parts = _IDENTITY.fullmatch(id_)
        account = view.get(id_, "account") or (parts["tenant"] if parts else "")
        return Node(id_, str(view.get(id_, "label")), view.name(id_), account)


def _object_ids(groups: Iterable[str]) -> Claim:
    return tuple(sorted(each.rpartition("/")[2] for each in groups))
