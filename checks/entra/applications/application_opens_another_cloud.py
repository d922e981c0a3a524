"""Applications that act in another cloud, and whom others control."""

from collections.abc import Iterator

from ....graph.authorization.entra.authorizer import ENTRA
from ....graph.authorization.entra.environment import SERVICE_PRINCIPAL
from ....graph.model import Status
from ....graph.sets import NONE, MaySet
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...crossings import EDGES, crossings

_TRUSTING = frozenset(
    {
        *("AWSOIDCProvider", "AWSRole", "AWSSAMLProvider"),
        *("GCPWorkforcePool", "GCPWorkforceProvider"),
        *("GCPWorkloadIdentityPool", "GCPWorkloadIdentityProvider"),
    }
)
"""Labels of what takes tokens in other clouds."""


def _walk(access: Access) -> Iterator[Row]:
    known = crossings(access.graph)
    for application in access.view.labelled(SERVICE_PRINCIPAL):
        opened = known.out_of(application)
        if not opened:
            if unread := _unread(access):
                yield Row(application, None, unread=[f"{unread} could not be listed"])
            continue
        number = access.attack.number[application, ""]
        found, targets = NONE, 0
        for each in opened:
            targets |= 1 << each.target
            own = known.controlling(each.target)
            by_it = known.controlling(number)
            others = MaySet(by_it.certain & ~own.possible, by_it.possible & ~own.certain)
            found |= others.only_if(each.is_certain)
        who = found.certain or found.possible
        yield Row(
            application,
            worst(found),
            unread=[f"whether {known.named(who)} comes to {known.named(targets)} is not certain"],
            evidence=[*known.ids(targets), *known.ids(who)],
            values={"who": known.named(found.certain), "opened": known.named(targets)},
            listing_scope=[Place()],
        )


def _unread(access: Access) -> str:
    """The labels of what may trust an application elsewhere and was not listed whole."""
    failed = (each.label for each in access.view.listings if each.status != Status.OK)
    return " and ".join(sorted(_TRUSTING.intersection(failed)))


check = Check(
    id="application_opens_another_cloud",
    title="Applications that another cloud trusts are in the hands of administrators alone",
    provider="entra",
    service="applications",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource=SERVICE_PRINCIPAL,
    what=(
        "Where a role of AWS, or an identity of a pool of Google Cloud, takes a service "
        "principal's tokens, nobody who is no administrator controls it: none owns it or its "
        "application, may add credentials to it, or may change what trusts it. Service principals "
        "that no other cloud trusts get no verdict. What hangs on a condition, or was not read, is "
        "MANUAL."
    ),
    why=(
        "Owners of applications are developers as a rule, chosen for the tenant: with one secret "
        "that they add they act in the other cloud, whose logs show the application alone."
    ),
    remediation=(
        "az ad app owner remove --id APPLICATION --owner-object-id OWNER; lock the service "
        "principal's credentials, or let the other cloud trust a managed identity instead."
    ),
    passes="Nobody but administrators controls {resource}, which another cloud trusts.",
    fails="{who}, who is no administrator, controls {resource}, which acts as {opened}.",
    rule=AccessRule(authorizer=ENTRA, walk=_walk, own_labels=(SERVICE_PRINCIPAL,), edges=EDGES),
    references=(
        "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    ),
)
