"""Tenants without an account that Conditional Access cannot keep out, or whose is ill guarded."""

from collections.abc import Iterator

from ....graph.authorization.entra.actions import ADD_METHOD, RESET_PASSWORD
from ....graph.authorization.entra.authorizer import ENTRA
from ....graph.authorization.entra.built_in_roles import GLOBAL_ADMINISTRATOR
from ....graph.authorization.entra.environment import TENANT_LABEL, USER
from ....graph.logic import Truth, all_of, any_of, negation
from ....graph.sets import NONE, MaySet, exactly, members
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from .. import sign_in
from ..holding import holds

_HIGHEST = frozenset({GLOBAL_ADMINISTRATOR})
_RESETS = ((RESET_PASSWORD,), (ADD_METHOD,))


def _walk(access: Access) -> Iterator[Row]:
    policies = [*sign_in.in_force(access)]
    for tenant in access.view.labelled(TENANT_LABEL):
        if not policies:
            yield Row(tenant, True)
            continue
        spared = {user: _is_spared(access, user, policies) for user in _users(access, tenant)}
        yield _spares_somebody(tenant, spared, policies)
        for user, truth in spared.items():
            if truth is not False:
                yield from _resets(access, tenant, user, truth)


def _users(access: Access, tenant: str) -> Iterator[str]:
    account = access.view.get(tenant, "account")
    for user in access.view.labelled(USER):
        if access.view.get(user, "account") == account:
            yield user


def _is_spared(access: Access, user: str, policies: list[tuple[str, Truth]]) -> Truth:
    """Whether an account is a Global Administrator for whom no policy in force holds."""
    is_able = all_of((access.view.get(user, "account_enabled"), holds(access, user, _HIGHEST)))
    if is_able is False:
        return False
    kept = (all_of((state, sign_in.holds_for(access, policy, user))) for policy, state in policies)
    return all_of((is_able, negation(any_of(kept))))


def _spares_somebody(
    tenant: str, spared: dict[str, Truth], policies: list[tuple[str, Truth]]
) -> Row:
    some = any_of(spared.values())
    certain = any_of(state for _, state in policies)
    passed = some if certain else True if some else None
    return Row(
        tenant,
        passed,
        unread=["whether a policy holds for every Global Administrator could not be read"]
        if passed is None
        else [],
        evidence=[user for user, truth in spared.items() if truth is not False],
        values={"why": "Conditional Access leaves out no Global Administrator"},
    )


def _resets(access: Access, tenant: str, user: str, spared: Truth) -> Iterator[Row]:
    """The verdict because of who resets an account that is left out."""
    found, resetting = NONE, access.who_may_any(_RESETS, user)
    for number in members(resetting.possible):
        who = access.principals[number]
        is_highest = who == user or holds(access, who, _HIGHEST)
        truth = all_of((spared, resetting.holds(number), negation(is_highest)))
        if truth is not False:
            found |= exactly(1 << number).only_if(truth is True)
    if found.possible:
        yield _reset(access, tenant, user, found)


def _reset(access: Access, tenant: str, user: str, found: MaySet) -> Row:
    those = found.certain or found.possible
    words = (
        f"{access.named(those)}, no Global Administrator, may reset {access.name(user)}, which "
        "Conditional Access leaves out"
    )
    return Row(
        tenant,
        False if found.certain else None,
        unread=[] if found.certain else [f"whether {words} could not be read"],
        evidence=(user, *access.ids(those)),
        values={"why": words},
    )


check = Check(
    id="break_glass_not_excluded_or_not_protected",
    title="Conditional Access leaves out a Global Administrator whom nobody else resets",
    provider="entra",
    service="conditional-access",
    severity=Severity.MEDIUM,
    categories=(Category.IDENTITY,),
    resource=TENANT_LABEL,
    what=(
        "If policies of Conditional Access are in force, there is an enabled user who holds Global "
        "Administrator and for whom none of them holds; and nobody but Global Administrators may "
        "reset the password of such a user or add a method to sign in with. Policies that only "
        "report are not in force."
    ),
    why=(
        "A wrong policy, or a failure of what it asks for, locks out every administrator, and only "
        "Microsoft lets them in again, after days. The account that is left out for that case is "
        "held back by no policy, so that anyone who resets it is Global Administrator at once."
    ),
    remediation=(
        "Make two accounts for emergencies in the cloud, give them Global Administrator, exclude "
        "them from every policy, and put them into a restricted administrative unit; watch every "
        "sign-in of theirs"
    ),
    passes="No policy of {resource} keeps every Global Administrator out, and nobody else resets "
    "those that are left out.",
    fails="{resource}: {why}.",
    rule=AccessRule(authorizer=ENTRA, walk=_walk, own_labels=(*sign_in.LABELS, TENANT_LABEL)),
    pass_requires_listing=(sign_in.POLICY,),
    fail_requires_listing=(
        "EntraGroup",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        sign_in.POLICY,
        USER,
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/role-based-access-control/"
        "security-emergency-access",
    ),
)
