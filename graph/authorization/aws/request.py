"""One request: who asks to do what to which resource, in which context."""

from dataclasses import dataclass

from .arns import account_of, is_account
from .context import UNKNOWN_CONTEXT, Context, Known, NotBefore, Open
from .principals import Kind, Principal

_TYPES = {
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
    Kind.ANONYMOUS: "Anonymous",
}


@dataclass(frozen=True, eq=False, slots=True)
class Request:
    """A principal asks to do an action on a resource."""

    principal: Principal
    action: str
    """``service:Action``, in any case."""
    resource: str
    """An ARN, or ``*`` for an action without resources."""
    resource_account: str = ""
    """The account that owns the resource; empty if nobody's or not known."""
    context: Context = UNKNOWN_CONTEXT

    @classmethod
    def of(
        cls,
        principal: Principal,
        action: str,
        resource: str,
        resource_account: str = "",
        context: Context = UNKNOWN_CONTEXT,
    ) -> "Request":
        """A request whose context also has what follows from its principal and resource.

        A resource without an account in its ARN belongs to the principal's account, unless
        ``resource_account`` says otherwise.
        """
        owner = resource_account or account_of(resource) or principal.account
        return cls(principal, action, resource, owner, context.over(facts(principal, owner)))


def facts(
    principal: Principal, resource_account: str = "", since: NotBefore | None = None
) -> Context:
    """The condition keys that follow from who asks, from whose resource it is, and from when that
    is at the earliest: then a session can still begin.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    known = _of_kind(principal)
    if since:
        known |= dict.fromkeys(TIMES, since)
        if principal.kind in _WITH_TOKEN:
            known["aws:TokenIssueTime"] = since
    complete: list[str] = []
    if principal.has_identity:
        known["aws:PrincipalArn"] = (principal.role_arn or principal.arn,)
        known["aws:PrincipalAccount"] = (principal.account,)
        if principal.org_id is not None:
            known["aws:PrincipalOrgID"] = (principal.org_id,) if principal.org_id else ()
        if principal.org_path is not None:
            known["aws:PrincipalOrgPaths"] = (principal.org_path,) if principal.org_path else ()
        if principal.tags is not None:
            known |= {f"{_TAG}{key}": (value,) for key, value in principal.tags.items()}
            complete.append(_TAG)
    else:
        known |= dict.fromkeys(_OF_IDENTITIES, ())
        complete.append(_TAG)
    if is_account(resource_account):
        known["aws:ResourceAccount"] = (resource_account,)
    return Context(known, complete=complete)


def _of_kind(principal: Principal) -> dict[str, Known]:
    kind = principal.kind
    is_service = kind is Kind.SERVICE
    known: dict[str, Known] = {
        "aws:PrincipalIsAWSService": ("true" if is_service else "false",),
        "aws:PrincipalServiceName": (principal.name,) if is_service else (),
        "aws:username": (principal.name,) if kind is Kind.USER else (),
    }
    if kind in _TYPES:
        known["aws:PrincipalType"] = (_TYPES[kind],)
    if kind is Kind.USER and principal.unique_id:
        known["aws:userid"] = (principal.unique_id,)
    elif kind is Kind.ROOT:
        known["aws:userid"] = (principal.account,)
    elif kind is Kind.SESSION and principal.unique_id:
        known["aws:userid"] = (f"{principal.unique_id}:{principal.session_name}",)
    elif principal.has_identity:
        known["aws:userid"] = Open.PRESENT
    if kind in _WITH_TOKEN:
        known["aws:TokenIssueTime"] = Open.PRESENT
    elif kind in (Kind.USER, Kind.ROOT):
        known["aws:TokenIssueTime"] = ()
    return known


_WITH_TOKEN = frozenset((Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER))
"""Who has the credentials of a session."""
TIMES = ("aws:CurrentTime", "aws:EpochTime")
_TAG = "aws:PrincipalTag/"
_OF_IDENTITIES = (
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
)
"""Keys that only requests of an account's principals have."""
