"""Service accounts as which weaker principals start workloads."""

from collections.abc import Iterator

from ....graph.attack.gcp.vocabulary import techniques
from ....graph.authorization.gcp.authorizer import GCP
from ....graph.schema import EdgeType
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ..holding import OPEN, powers, weaker

_ACCOUNT = "GCPServiceAccount"
_ACT_AS = "iam.serviceAccounts.actAs"
_STEPS = frozenset(
    EdgeType(source, "CAN_ESCALATE_TO", _ACCOUNT)
    for source in ("GCPUser", _ACCOUNT, "GCPFederatedPrincipal", "GCPEveryone")
)


def _walk(access: Access) -> Iterator[Row]:
    starting = {id_ for id_, each in techniques().techniques.items() if _ACT_AS in each.permissions}
    for account in access.view.labelled(_ACCOUNT):
        if access.view.get(account, "disabled") or not powers(access, account):
            yield Row(account, True, listing_scope=[Place()])
            continue
        acting = access.who_controls(account, starting) & access.who_may((_ACT_AS,), account)
        found = weaker(access, acting, account)
        yield Row(
            account,
            worst(found),
            unread=[f"whether {access.named(found.possible)} is weaker and acts as it {OPEN}"],
            evidence=access.ids(found.certain or found.possible),
            values={"who": access.named(found.certain)},
            listing_scope=[Place()],
        )


check = Check(
    id="actas_on_stronger_account",
    title="Nobody starts workloads as a service account with more power",
    provider="gcp",
    service="iam",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_ACCOUNT,
    what=(
        "Where an account is owner or editor of a project, folder or organization, or may set its "
        "allow policy, each principal that may act as it (`iam.serviceAccounts.actAs`) and start a "
        "workload as it, by any known technique, has that power itself. Accounts without such "
        "power, and disabled ones, pass. Conditions, and what could not be read, are MANUAL."
    ),
    why=(
        "actAs on a strong account is that account's power: one function or machine started as it "
        "hands out its token. A role Service Account User on the project is actAs on all accounts."
    ),
    remediation=(
        "gcloud iam service-accounts remove-iam-policy-binding ADDRESS --member=MEMBER "
        "--role=roles/iam.serviceAccountUser, and the same on the project"
    ),
    passes="Nobody weaker starts workloads as {resource}.",
    fails="{who} starts workloads as {resource}, which has more power.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_ACCOUNT,), edges=_STEPS),
    references=("https://docs.cloud.google.com/iam/docs/service-accounts-actas",),
)
