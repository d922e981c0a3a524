"""Instances by which others come to edit the project."""

from collections.abc import Iterator

from ....graph.authorization.gcp.authorizer import GCP, GCPAuthorizer
from ....graph.logic import Truth, all_of, any_of, negation
from ....graph.sets import NONE, MaySet, exactly, members
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import targets
from ..holding import OPEN, held, is_basic

_INSTANCE, _ACCOUNT = "GCPInstance", "GCPServiceAccount"
_DEFAULT = "-compute@developer.gserviceaccount.com"
_FULL_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_ENTERING = (
    ("compute.instances.setMetadata",),
    ("compute.instances.osAdminLogin",),
    ("compute.instances.osLogin",),
)


def _walk(access: Access) -> Iterator[Row]:
    for instance in access.view.labelled(_INSTANCE):
        for account in targets(access.graph, instance, "RUNS_AS", _ACCOUNT):
            if account.endswith(_DEFAULT):
                yield _judged(access, instance, account)


def _judged(access: Access, instance: str, account: str) -> Row:
    scopes = access.view.get(instance, "scopes")
    edits = _edits(access, account, instance)
    is_strong = all_of((edits, None if scopes is None else _FULL_SCOPE in scopes))
    if is_strong is False:
        return Row(instance, True, evidence=[account])
    entering = access.who_may_any(_ENTERING, instance)
    entering &= access.who_may(("iam.serviceAccounts.actAs",), account)
    found = _without_editors(access, entering, instance).only_if(is_strong is True)
    return Row(
        instance,
        worst(found),
        unread=[f"whether {access.named(found.possible)} may edit the project by it {OPEN}"],
        evidence=[account, *access.ids(found.certain or found.possible)],
        values={"who": access.named(found.certain), "account": access.name(account)},
    )


def _edits(access: Access, who: str, resource: str) -> Truth:
    """Whether somebody is editor or owner of the project that a resource is in."""
    authorizer = access.authorizer
    assert isinstance(authorizer, GCPAuthorizer)
    above = authorizer.environment.place(resource).chain
    return any_of(
        each.truth
        for each in held(access, who)
        if is_basic(each.grant) and each.grant.scope in above
    )


def _without_editors(access: Access, those: MaySet, resource: str) -> MaySet:
    found = NONE
    for number in members(those.possible):
        others = negation(_edits(access, access.principals[number], resource))
        if others is not False:
            is_certain = others is True and bool(those.certain >> number & 1)
            found |= exactly(1 << number).only_if(is_certain)
    return found


check = Check(
    id="project_editor_through_default_account",
    title="Nobody edits the project by entering an instance",
    provider="gcp",
    service="compute",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_INSTANCE,
    what=(
        "An instance that runs as the default account of Compute Engine, which is editor or owner "
        "of its project, with the scope cloud-platform, is entered by nobody else than editors and "
        "owners: nobody else may act as the account (actAs) and set the instance's metadata or "
        "sign in by OS Login. Other instances pass or get no verdict. Conditions, and what could "
        "not be read, are MANUAL."
    ),
    why=(
        "The metadata server hands the account's token to everyone on the instance: who may only "
        "sign in there changes everything in the project."
    ),
    remediation=(
        "gcloud projects remove-iam-policy-binding PROJECT --member=serviceAccount:ADDRESS "
        "--role=roles/editor, and run instances as accounts of their own: gcloud compute instances "
        "set-service-account INSTANCE --service-account=ADDRESS"
    ),
    passes="Nobody else than its editors edits the project by {resource}.",
    fails="{who} may enter {resource}, which runs as {account}, an editor of the project.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_INSTANCE, _ACCOUNT)),
    references=("https://docs.cloud.google.com/compute/docs/access/service-accounts",),
)
