"""Privileged users of whom Conditional Access asks no second factor."""

from collections.abc import Iterator, Sequence

from ....graph.authorization.entra.authorizer import ENTRA
from ....graph.authorization.entra.environment import ELIGIBILITY, GROUP_ELIGIBILITY, USER
from ....graph.logic import Truth, all_of, any_of
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from .. import sign_in
from ..holding import holds_anywhere, may_come_to_hold
from ..privileged import ROLES

_DEFAULTS = "EntraSecurityDefaults"
_MANAGED = {
    "Azure": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "the admin portals": "MicrosoftAdminPortals",
}
"""What administrators work in: client ids of applications, or the names of groups of them."""


def _walk(access: Access) -> Iterator[Row]:
    defaults = _defaults(access)
    policies = [
        (policy, all_of((state, sign_in.asks_for_a_second_factor(access, policy))))
        for policy, state in sign_in.in_force(access)
    ]
    strong = [(policy, asks) for policy, asks in policies if asks is not False]
    for user in access.view.labelled(USER):
        if access.view.get(user, "account_enabled") is False:
            continue
        privileged = any_of(
            (holds_anywhere(access, user, ROLES), may_come_to_hold(access, user, ROLES))
        )
        if privileged is not False:
            yield _row(access, user, privileged, defaults, strong)


def _row(
    access: Access,
    user: str,
    privileged: Truth,
    defaults: Truth,
    policies: Sequence[tuple[str, Truth]],
) -> Row:
    """The verdict about a user who is privileged, or may be."""
    found: dict[str, Truth] = {}
    near: set[str] = set()
    for words, application in _MANAGED.items():
        asked: list[Truth] = [defaults]
        for policy, asks in policies:
            held = all_of(
                (
                    asks,
                    sign_in.holds_for(access, policy, user),
                    sign_in.covers(access, policy, application),
                    sign_in.holds_always(access, policy),
                )
            )
            asked.append(held)
            near |= {policy} if held is not False else set()
        found[words] = any_of(asked)
    passed = any_of((all_of(found.values()), None if privileged is None else False))
    open_ = [words for words, truth in found.items() if truth is not True]
    unread = "whether it may come to hold a privileged role"
    if privileged:
        unread = f"whether a second factor is asked for to manage {' and '.join(open_)}"
    return Row(
        user,
        passed,
        unread=[f"{unread} could not be read"] if passed is None else [],
        evidence=sorted(near),
        values={"open": " and ".join(each for each in open_ if found[each] is False)},
    )


def _defaults(access: Access) -> Truth:
    """Whether Microsoft's basic protection holds, which asks every administrator."""
    return any_of(access.view.get(each, "is_enabled") for each in access.view.labelled(_DEFAULTS))


check = Check(
    id="ca_gap_for_privileged",
    title="Conditional Access asks a second factor of every user with a privileged role",
    provider="entra",
    service="conditional-access",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource=USER,
    what=(
        "Enabled policies of Conditional Access, or security defaults, ask every enabled user who "
        "holds or may activate a privileged directory role, alone or by a group, for a second "
        "factor to manage Azure and to open the admin portals: at every sign-in, so that a policy "
        "counts that leaves out no location, platform, client or device, whatever the risk. A "
        "policy for a role does not hold for those who may only activate it. A block counts as a "
        "second factor; one control of several that would do does not, unless all are one. Users "
        "without a privileged role get no verdict."
    ),
    why=(
        "The password of such a user, which is guessed, bought or phished, is all that an attacker "
        "needs who comes from the place, or says that it is the platform, that is left out."
    ),
    remediation=(
        "Conditional Access: a policy for the users' roles, and for those who are eligible, for "
        "all resources, without excluded locations and platforms, with the grant Require "
        "multifactor authentication or an authentication strength"
    ),
    passes="A second factor is always asked of {resource} to manage Azure and the admin portals.",
    fails="No second factor is always asked of {resource}, who is privileged, for {open}.",
    rule=AccessRule(
        authorizer=ENTRA,
        walk=_walk,
        own_labels=(*sign_in.LABELS, _DEFAULTS, ELIGIBILITY, GROUP_ELIGIBILITY),
    ),
    fail_requires_listing=(
        "EntraGroup",
        "EntraRoleAssignment",
        _DEFAULTS,
        sign_in.POLICY,
    ),
    selected_by=(
        "EntraGroup",
        "EntraRoleAssignment",
        "EntraRoleDefinition",
        ELIGIBILITY,
        GROUP_ELIGIBILITY,
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/conditional-access/policy-old-require-mfa-admin",
        "https://learn.microsoft.com/entra/identity/conditional-access/"
        "concept-conditional-access-cloud-apps",
    ),
)
