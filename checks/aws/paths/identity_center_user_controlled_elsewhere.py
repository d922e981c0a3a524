"""Users of IAM Identity Center whose password others reset in the directory they come from."""

from collections.abc import Iterator

from ....graph.authorization.aws.authorizer import AWS
from ....graph.sets import NONE
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...crossings import EDGES, crossings
from ...neighbours import sources, targets

_USER, _GROUP, _ASSIGNMENT = "AWSSSOUser", "AWSSSOGroup", "AWSSSOAccountAssignment"


def _walk(access: Access) -> Iterator[Row]:
    known = crossings(access.graph)
    for user in access.view.labelled(_USER):
        if not _is_assigned(access, user):
            unread_groups = _perhaps_assigned(access, user)
            passed = None if unread_groups else True
            yield Row(
                user,
                passed,
                unread=[f"who is in {each} could not be read" for each in unread_groups],
            )
            continue
        found, accounts, is_sent = NONE, 0, False
        for each in known.into(user):
            is_sent = True
            accounts |= 1 << each.source
            found |= known.controlling(each.source).only_if(each.is_certain)
        who = found.certain or found.possible
        passed, doubt = worst(found), f"whether {known.named(who)} may take the user over"
        if not is_sent and access.view.get(user, "external_issuers") != []:
            passed, doubt = None, "the directory that it was taken from was not scanned"
        yield Row(
            user,
            passed,
            unread=[doubt],
            evidence=[*known.ids(accounts), *known.ids(who)],
            values={"who": known.named(found.certain)},
            listing_scope=[Place()],
        )


def _is_assigned(access: Access, user: str) -> bool:
    """Whether it has a role in any account, by itself or by a group."""
    holders = (user, *targets(access.graph, user, "MEMBER_OF", _GROUP))
    return any(
        True for each in holders for _ in sources(access.graph, each, "GRANTED_TO", _ASSIGNMENT)
    )


def _perhaps_assigned(access: Access, user: str) -> list[str]:
    """The groups of its directory that have a role, and of which it could not be read whether it is
    in them."""
    view = access.view
    store = view.get(user, "identity_store_id")
    return sorted(
        view.name(group)
        for group in view.labelled(_GROUP)
        if view.get(group, "members") is None
        and view.get(group, "identity_store_id") in (store, None)
        and any(True for _ in sources(access.graph, group, "GRANTED_TO", _ASSIGNMENT))
    )


check = Check(
    id="identity_center_user_controlled_elsewhere",
    title="Only administrators of the directory control users of IAM Identity Center",
    provider="aws",
    service="paths",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY, Category.PERMISSIONS),
    resource=_USER,
    what=(
        "Where a user with an assignment in any account is taken from a tenant of Entra ID, nobody "
        "but administrators of the tenant can reset its password, change its methods of signing in "
        "or take it over in another way. Users without assignments, and those that Identity Center "
        "made itself, pass. A user whose directory was not scanned, and what hangs on a condition, "
        "is MANUAL."
    ),
    why=(
        "A helpdesk that resets the password of an AWS administrator signs in to AWS as that: the "
        "directory knows nothing of how much the user may do there."
    ),
    remediation=(
        "Make the tenant's users with access to AWS members of a restricted administrative unit or "
        "of a role-assignable group, so that only privileged administrators reset them."
    ),
    passes="Nobody but administrators of its directory controls {resource}.",
    fails="{who}, who is no administrator, controls {resource} in the directory it comes from.",
    rule=AccessRule(
        authorizer=AWS, walk=_walk, own_labels=(_USER, _GROUP, _ASSIGNMENT), edges=EDGES
    ),
    references=(
        "https://docs.aws.amazon.com/singlesignon/latest/userguide/manage-your-identity-source-idp.html",
        "https://learn.microsoft.com/entra/identity/role-based-access-control/admin-units-restricted-management",
    ),
)
