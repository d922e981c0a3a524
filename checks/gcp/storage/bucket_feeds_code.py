"""Workloads whose code others may write in a bucket."""

from collections.abc import Callable, Iterator

from ....graph.authorization.gcp.authorizer import GCP
from ....graph.sets import MaySet
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import targets
from ..holding import OPEN

_BUCKET, _ACCOUNT = "GCPBucket", "GCPServiceAccount"
_WRITES = (
    ("storage.objects.create", "storage.objects.delete"),
    ("storage.objects.update", "storage.objects.create"),
)


def _walker(label: str, change: str) -> Callable[[Access], Iterator[Row]]:
    def walk(access: Access) -> Iterator[Row]:
        for workload in access.view.labelled(label):
            for bucket in sorted({*targets(access.graph, workload, "RUNS_CODE_FROM", _BUCKET)}):
                yield _judged(access, workload, bucket, change)

    return walk


def _judged(access: Access, workload: str, bucket: str, change: str) -> Row:
    if access.view.is_missing(bucket):
        return Row(workload, None, target=bucket)
    writing = access.who_may_any(_WRITES, bucket)
    changing = access.who_may((change,), workload)
    others = MaySet(
        writing.certain & ~changing.possible, writing.possible & ~changing.certain
    ).within(_but_its_own(access, workload))
    return Row(
        workload,
        worst(others),
        target=bucket,
        unread=[f"whether {access.named(others.possible)} may write there {OPEN}"],
        evidence=access.ids(others.certain or others.possible),
        values={"who": access.named(others.certain)},
    )


def _but_its_own(access: Access, workload: str) -> int:
    """All principals but those that the workload runs as, by number."""
    own = {each.id for each in access.identities(workload)}
    return sum(1 << number for number, id_ in enumerate(access.principals) if id_ not in own)


def _check(id_: str, service: str, label: str, words: str, change: str) -> Check:
    return Check(
        id=id_,
        title=f"Nobody writes the code of {words} who may not change it",
        provider="gcp",
        service=service,
        severity=Severity.HIGH,
        categories=(Category.PERMISSIONS,),
        resource=label,
        what=(
            "Each principal that may replace objects of the bucket that holds the code "
            f"may change the workload itself, too (`{change}`). What the workload runs as does not "
            "count. Access control lists of buckets and objects are not looked at. Conditions, and "
            "what could not be read, are MANUAL, and so is a bucket that was not scanned."
        ),
        why="Who writes the bucket decides what runs, with the workload's service account.",
        remediation=(
            "gcloud storage buckets remove-iam-policy-binding gs://BUCKET --member=MEMBER "
            "--role=ROLE"
        ),
        passes="All who may write {target}, which holds code of {resource}, may change that, too.",
        fails="{who} may write {target}, which holds code of {resource}, with no right on that.",
        rule=AccessRule(
            authorizer=GCP, walk=_walker(label, change), own_labels=(label, _BUCKET, _ACCOUNT)
        ),
        references=("https://docs.cloud.google.com/storage/docs/access-control/iam-permissions",),
    )


family = (
    _check(
        "bucket_feeds_code",
        "functions",
        "GCPCloudFunction",
        "functions",
        "cloudfunctions.functions.update",
    ),
    _check(
        "bucket_feeds_workflows",
        "composer",
        "GCPComposerEnvironment",
        "Composer's workflows",
        "composer.environments.update",
    ),
)
