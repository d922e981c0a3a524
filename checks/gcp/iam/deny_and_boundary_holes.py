"""Exceptions from denials that others come to."""

from collections.abc import Iterator

from ....graph.authorization.gcp.authorizer import GCP
from ....graph.schema import EdgeType
from ....graph.sets import NONE, MaySet, number_set
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...neighbours import targets
from ..holding import OPEN

_DENY, _ACCOUNT, _GROUP = "GCPDenyPolicy", "GCPServiceAccount", "GCPGroup"
_TOKEN = "iam.serviceAccounts.getAccessToken"
_STEPS = frozenset(
    EdgeType(source, "CAN_ESCALATE_TO", _ACCOUNT)
    for source in ("GCPUser", _ACCOUNT, "GCPFederatedPrincipal", "GCPEveryone")
)


def _walk(access: Access) -> Iterator[Row]:
    for policy in access.view.labelled(_DENY):
        if access.view.get(policy, "rules") is None:
            yield Row(policy, None, unread=["its rules could not be read"])
            continue
        excluded = sorted(targets(access.graph, policy, "EXCLUDES"))
        yield _judged(access, policy, excluded)


def _judged(access: Access, policy: str, excluded: list[str]) -> Row:
    spared = number_set(n for n, each in enumerate(access.principals) if each in excluded)
    found, entered = NONE, []
    groups = [each for each in excluded if access.view.get(each, "label") == _GROUP]
    for account in excluded:
        if access.view.get(account, "label") != _ACCOUNT:
            continue
        by_it = access.who_controls(account) | access.who_may((_TOKEN,), account)
        others = MaySet(by_it.certain & ~spared, by_it.possible & ~spared)
        if others.possible:
            entered.append(account)
            found |= others
    passed = worst(found)
    unread = [f"whether {access.named(found.possible)} acts as an exception {OPEN}"]
    if passed is not False and groups:
        passed = None
        names = ", ".join(access.name(each) for each in groups)
        unread = [f"who may join {names}, which no listing tells"]
    return Row(
        policy,
        passed,
        unread=unread,
        evidence=[*entered, *groups, *access.ids(found.certain or found.possible)],
        values={
            "who": access.named(found.certain),
            "exceptions": ", ".join(access.name(each) for each in entered),
        },
        listing_scope=[Place()],
    )


check = Check(
    id="deny_and_boundary_holes",
    title="Nobody comes to act as an exception from a denial",
    provider="gcp",
    service="iam",
    severity=Severity.MEDIUM,
    categories=(Category.PERMISSIONS,),
    resource=_DENY,
    what=(
        "Where a deny policy excepts service accounts, no other principal comes to act as one by "
        "any known technique: impersonation, keys, workloads that run as it. A policy that excepts "
        "a group is MANUAL, since no API tells here who may join it; and so is what hangs on a "
        "condition or was not read."
    ),
    why=(
        "A denial is the last word in a policy, but for its exceptions: whoever acts as one does "
        "what was meant to be impossible."
    ),
    remediation=(
        "gcloud iam policies update POLICY --attachment-point=POINT --kind=denypolicies "
        "--policy-file=FILE with as few exceptions as there can be, and let nobody impersonate "
        "them."
    ),
    passes="Nobody else comes to act as an exception from {resource}.",
    fails="{who} comes to act as {exceptions}, an exception from {resource}.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_DENY, _ACCOUNT, _GROUP), edges=_STEPS),
    references=("https://docs.cloud.google.com/iam/docs/deny-overview",),
)
