"""Buckets of trails out of which principals of other clouds delete."""

from collections.abc import Iterator

from ....graph.authorization.aws.authorizer import AWS
from ....graph.authorization.aws.labels import BUCKET, ROLE
from ....graph.logic import Truth, all_of
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...crossings import EDGES, crossings
from ...neighbours import targets

_TRAIL = "AWSCloudTrailTrail"
_DELETE = "s3:DeleteObject"


def _walk(access: Access) -> Iterator[Row]:
    known = crossings(access.graph)
    entered = {
        role: [*several] for role in access.view.labelled(ROLE) if (several := known.into(role))
    }
    for trail in access.view.labelled(_TRAIL):
        for bucket in targets(access.graph, trail, "LOGS_TO", BUCKET):
            if access.view.is_missing(bucket):
                yield Row(trail, None, target=bucket)
                continue
            found: dict[str, Truth] = {}
            subjects = 0
            for role, several in entered.items():
                is_certain = any(each.is_certain for each in several)
                may = access.may(role, _DELETE, f"{bucket}/AWSLogs/log")
                truth = all_of((may, True if is_certain else None))
                if truth is not False:
                    found[role] = truth
                    subjects |= sum(1 << each for each in {one.source for one in several})
            sure = [role for role, truth in found.items() if truth]
            yield Row(
                trail,
                False if sure else None if found else True,
                target=bucket,
                unread=[f"whether {known.named(subjects)} deletes there is not certain"],
                evidence=[*(sure or found)][:3] + known.ids(subjects),
                values={"who": known.named(subjects), "role": access.name(next(iter(sure), ""))},
                listing_scope=[Place()],
            )


check = Check(
    id="trail_deletable_from_another_cloud",
    title="No principal of another cloud deletes the logs of a trail",
    provider="aws",
    service="paths",
    severity=Severity.MEDIUM,
    categories=(Category.LOGGING,),
    resource=_TRAIL,
    what=(
        "No role that a principal of Entra ID or Google Cloud assumes may delete objects "
        "(`s3:DeleteObject`) in the bucket that the trail writes to. What hangs on a condition, or "
        "was not read, is MANUAL, and so is a bucket that was not scanned. Logs that are copied "
        "to another cloud by a program of one's own are told by no API."
    ),
    why=(
        "Logs are there to show what somebody who came in from another cloud did; whoever may "
        "delete them on the way leaves no trace."
    ),
    remediation=(
        "Take s3:DeleteObject off the role, deny it in the bucket's policy to all but the "
        "archive's own account, and turn on object lock: aws s3api put-object-lock-configuration"
    ),
    passes="No principal of another cloud deletes logs of {resource} in {target}.",
    fails="{who} of another cloud deletes logs of {resource} in {target}, as {role}.",
    rule=AccessRule(authorizer=AWS, walk=_walk, own_labels=(_TRAIL, BUCKET, ROLE), edges=EDGES),
    references=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    ),
)
