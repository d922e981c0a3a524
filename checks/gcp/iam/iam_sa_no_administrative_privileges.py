"""Service accounts that are administrators."""

from collections.abc import Iterator

from ....graph.authorization.gcp.authorizer import GCP
from ....graph.logic import all_of, any_of
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ..holding import OPEN, held, is_administrative

_ACCOUNT = "GCPServiceAccount"


def _walk(access: Access) -> Iterator[Row]:
    for account in access.view.labelled(_ACCOUNT):
        if access.view.get(account, "disabled"):
            yield Row(account, True)
            continue
        known = [
            (each, all_of((each.truth, is_administrative(each.grant))))
            for each in held(access, account)
        ]
        strong = [each.grant for each, truth in known if truth is True]
        open_ = [each.grant for each, truth in known if truth is None]
        bad = any_of(truth for _, truth in known)
        roles = ", ".join(sorted({each.role for each in strong or open_}))
        yield Row(
            account,
            None if bad is None else not bad,
            unread=[f"whether it is an administrator by {roles} {OPEN}"] if bad is None else (),
            evidence=[each.id for each in strong or open_][:3],
            values={"roles": roles},
            listing_scope=[Place()],  # it may hold roles in any project
        )


check = Check(
    id="iam_sa_no_administrative_privileges",
    title="Service accounts are no administrators",
    provider="gcp",
    service="iam",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_ACCOUNT,
    what=(
        "On no project, folder or organization that was read does the account hold owner, editor, "
        "a role of Google's that is called an administrator's, or a role, also a custom one, that "
        "may set the allow policy there; neither by itself nor by a group, nor because everybody "
        "does. A disabled account passes. Roles that hang on a condition, and groups and roles "
        "that could not be read, are MANUAL. Service agents of Google's get no verdict."
    ),
    why=(
        "A service account has no second factor and is used by machines: one leaked key, or one "
        "flaw in what runs as it, is then enough for everything."
    ),
    remediation=(
        "gcloud projects remove-iam-policy-binding PROJECT --member=serviceAccount:ADDRESS "
        "--role=ROLE, and give a role that allows what it does"
    ),
    passes="{resource} is no administrator.",
    fails="{resource} is an administrator by {roles}.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_ACCOUNT,)),
    references=("https://docs.cloud.google.com/iam/docs/best-practices-service-accounts",),
)
