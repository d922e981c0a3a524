"""Users who come to something privileged, and whose credentials lesser administrators reset."""

from collections.abc import Iterator

from ....graph.authorization.entra.actions import ADD_METHOD, RESET_PASSWORD
from ....graph.authorization.entra.authorizer import ENTRA
from ....graph.authorization.entra.environment import ELIGIBILITY, GROUP_ELIGIBILITY, USER
from ....graph.logic import Truth
from ....graph.sets import NONE, MaySet, exactly, members
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ..holding import (
    Privilege,
    privileged_roles,
    privileges,
    privileges_of_unread,
    rules_the_tenant,
)

_RESETS = ((RESET_PASSWORD,), (ADD_METHOD,))


def _walk(access: Access) -> Iterator[Row]:
    unread = [*privileges_of_unread(access)]
    for user in access.view.labelled(USER):
        found = [*privileges(access, user), *unread]
        resetting = access.who_may_any(_RESETS, user) if found else NONE
        for each in found:
            yield from _rows(access, user, each, resetting)
        yield Row(user, True)


def _rows(access: Access, user: str, gained: Privilege, resetting: MaySet) -> Iterator[Row]:
    """The verdict because of one thing that a user comes to: nothing where nobody resets the user
    but those who have it already."""
    found, unread = NONE, gained.unread
    for number in members(resetting.possible):
        who = access.principals[number]
        strong = True if who == user or _has(access, who, gained) else rules_the_tenant(access, who)
        if strong is True:
            continue
        is_certain = strong is False and resetting.holds(number) is True
        found |= exactly(1 << number).only_if(is_certain and not gained.unread)
        if not is_certain:
            unread = unread or _open(access, who, user, strong)
    if found.possible:
        those = found.certain or found.possible
        yield Row(
            user,
            worst(found),
            unread=[] if found.certain else [unread],
            evidence=(*gained.evidence, *access.ids(those)),
            values={"path": f"{access.named(those)} may reset it, and it {gained.words}"},
        )


def _open(access: Access, who: str, user: str, strong: Truth) -> str:
    """What leaves open whether somebody who may not do so already comes to rule by a reset."""
    if strong is None:
        return f"what {access.name(who)} holds could not be read"
    for (action,) in _RESETS:
        if access.may(who, action, user) is None:
            return access.why_open(who, action, user)
    return ""


def _has(access: Access, who: str, gained: Privilege) -> bool:
    return bool(gained.roles) and gained.roles <= privileged_roles(access, who)


check = Check(
    id="reset_chain_to_privileged",
    title="Resetting a user's credentials leads to nothing privileged",
    provider="entra",
    service="users",
    severity=Severity.HIGH,
    categories=(Category.ATTACK_PATHS, Category.IDENTITY),
    resource=USER,
    what=(
        "Nobody may reset the password of a user, or add a method to sign in with, who does not "
        "have what that user owns or may activate: a privileged directory role, a group that has "
        "one, or an application whose app roles or directory role lead to Global Administrator. "
        "Who may reset whom follows Microsoft's table, administrative units and restricted ones. "
        "Whether activation has to be approved, and whether the user is asked for a second factor, "
        "does not count; disabled users are judged too. Who is, or becomes at once, Global "
        "Administrator may reset anybody."
    ),
    why=(
        "Microsoft protects users who hold a privileged role, not those who own something "
        "privileged or are eligible for it: a helpdesk resets such a user, signs in, adds a secret "
        "to the application or activates the role."
    ),
    remediation=(
        "Put the user into a role-assignable group or a restricted administrative unit, or take "
        "the ownership or the eligibility away: az ad app owner remove --id APPLICATION "
        "--owner-object-id ID"
    ),
    passes="Nobody comes to anything privileged by resetting the credentials of {resource}.",
    fails="{resource}: {path}.",
    rule=AccessRule(
        authorizer=ENTRA,
        walk=_walk,
        own_labels=(USER, ELIGIBILITY, GROUP_ELIGIBILITY),
    ),
    pass_requires_listing=(ELIGIBILITY, GROUP_ELIGIBILITY),
    references=(
        "https://learn.microsoft.com/entra/identity/role-based-access-control/"
        "privileged-roles-permissions",
    ),
)
