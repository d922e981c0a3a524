"""Roles of administrators that principals of other clouds assume whom others control."""

from collections.abc import Iterator

from ....graph.authorization.aws.authorizer import AWS
from ....graph.authorization.aws.labels import ROLE
from ....graph.sets import NONE
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...crossings import EDGES, crossings


def _walk(access: Access) -> Iterator[Row]:
    for role in access.view.labelled(ROLE):
        number = access.attack.number.get((role, ""))
        is_admin = None if number is None else access.attack.administrators.holds(number)
        if is_admin is not False:
            yield _judged(access, role, is_admin is True)


def _judged(access: Access, role: str, is_admin: bool) -> Row:
    known = crossings(access.graph)
    weak, trusted = NONE, 0
    for each in known.into(role):
        found = known.controlling(each.source).only_if(each.is_certain and is_admin)
        weak |= found
        trusted |= 1 << each.source if found.possible else 0
    who = weak.certain or weak.possible
    return Row(
        role,
        worst(weak),
        unread=[f"whether {known.named(who)} comes to it by {known.named(trusted)} is not certain"],
        evidence=[*known.ids(trusted), *known.ids(who)],
        values={"who": known.named(weak.certain), "subject": known.named(trusted)},
        listing_scope=[Place()],
    )


check = Check(
    id="role_trusts_weaker_subject_elsewhere",
    title="No administrator's role trusts a subject of another cloud that others control",
    provider="aws",
    service="paths",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource=ROLE,
    what=(
        "Whoever controls a service principal or user of Entra ID, a service account of Google "
        "Cloud or a cluster that assumes an administrator's role, by a token or an assertion, is "
        "an administrator too: owners of the application, who may add credentials to it, who may "
        "act as the account. Roles that are no administrator's get no verdict. What hangs on a "
        "condition, or was not read, is MANUAL."
    ),
    why=(
        "The role is guarded as well as the weakest who can have the token made. In the other "
        "cloud nobody sees that an application's owner rules an AWS account."
    ),
    remediation=(
        "Take owners and credentials off the trusted application or account, or give the role "
        "less: aws iam detach-role-policy --role-name ROLE --policy-arn ARN"
    ),
    passes="Nobody but administrators controls who assumes {resource} from another cloud.",
    fails="{who}, who is no administrator, controls {subject}, which assumes {resource}.",
    rule=AccessRule(authorizer=AWS, walk=_walk, own_labels=(ROLE,), edges=EDGES),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html",
        "https://learn.microsoft.com/entra/identity-platform/howto-restrict-your-app-to-a-set-of-users",
    ),
)
