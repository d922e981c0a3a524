"""Builds that others can write and that change production."""

from collections.abc import Iterator

from ....graph.authorization.gcp.authorizer import GCP, GCPAuthorizer
from ....graph.logic import Truth, all_of, any_of
from ....graph.sets import MaySet, number_set
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...neighbours import targets
from ..holding import OPEN, held

_TRIGGER, _ACCOUNT, _PROJECT = "GCPCloudBuildTrigger", "GCPServiceAccount", "GCPProject"
_EDITS = "cloudbuild.builds.update"
_KEYS = ("env", "environment", "stage", "tier")
_READS = ("get", "list", "search", "query")


def _walk(access: Access) -> Iterator[Row]:
    production = {
        project: _is_production(access, project) for project in access.view.labelled(_PROJECT)
    }
    if True not in production.values():
        production = dict.fromkeys(production, True)
    for trigger in access.view.labelled(_TRIGGER):
        if access.view.get(trigger, "disabled"):
            yield Row(trigger, True)
            continue
        accounts = [*targets(access.graph, trigger, "RUNS_AS", _ACCOUNT)]
        missing = [each for each in accounts if access.view.is_missing(each)]
        if missing or not accounts:
            unread = ["as which account it builds could not be read"]
            about = missing[0] if missing else None
            yield Row(trigger, None, undecided_by=about, unread=unread)
            continue
        yield _judged(access, trigger, accounts[0], production)


def _judged(access: Access, trigger: str, account: str, production: dict[str, Truth]) -> Row:
    home = access.view.get(trigger, "account")
    changed = {
        project: truth
        for project, is_meant in production.items()
        if access.view.get(project, "account") != home
        if (truth := all_of((is_meant, _changes(access, account, project)))) is not False
    }
    pushed = (
        access.view.get(trigger, "github_repository"),
        access.view.get(trigger, "connected_repository"),
    )
    editing = access.who_may((_EDITS,), trigger)
    own = number_set(n for n, each in enumerate(access.principals) if each == account)
    editing = MaySet(editing.certain & ~own, editing.possible & ~own)
    is_open = any_of((any(pushed), editing.any))
    if not any(pushed) and None in pushed:
        is_open = any_of((is_open, None))
    truth = all_of((is_open, any_of(changed.values())))
    who = [f"whoever may push to {each}" for each in pushed if each]
    who += [access.named(editing.certain)] if editing.certain else []
    names = ", ".join(sorted(access.name(each) for each in changed))
    return Row(
        trigger,
        None if truth is None else not truth,
        unread=[f"whether others write the build, or it changes {names}, {OPEN}"],
        evidence=[account, *sorted(changed)[:3], *access.ids(editing.certain)],
        values={"who": " and ".join(who), "projects": names},
        listing_scope=[Place()],
    )


def _is_production(access: Access, project: str) -> Truth:
    labels = access.view.get(project, "tags")
    if labels is None:
        return None
    pairs = (each.lower().partition("=") for each in labels)
    return any(key in _KEYS and value.startswith("prod") for key, _, value in pairs)


def _changes(access: Access, account: str, project: str) -> Truth:
    """Whether a role of an account on a project, or above it, does more than read."""
    authorizer = access.authorizer
    assert isinstance(authorizer, GCPAuthorizer)
    above = authorizer.environment.place(project).chain
    return any_of(
        all_of((each.truth, _is_writing(each.grant.permissions)))
        for each in held(access, account)
        if each.grant.scope in above
    )


def _is_writing(permissions: frozenset[str] | None) -> Truth:
    if permissions is None:
        return None
    return any(not each.rpartition(".")[2].startswith(_READS) for each in permissions)


check = Check(
    id="build_to_production",
    title="No build that others write changes production",
    provider="gcp",
    service="cloudbuild",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_TRIGGER,
    what=(
        "Where a repository, or a principal that may change the trigger, decides what is built, "
        "the build's service account holds no role that does more than read on a project of "
        "production other than the trigger's own, or above such. Projects of production are those "
        "with a label env, environment, stage or tier that begins with prod; where no project has "
        "one, all are. Who may push to the repository is not read: somebody may. Conditions, and "
        "what could not be read, are MANUAL; triggers that are off pass."
    ),
    why=(
        "Whoever merges one change, or edits the trigger, runs commands with the account's "
        "token: the repository's protection is then all that protects production."
    ),
    remediation=(
        "Build as an account without rights on production, and let deployment be approved and "
        "done by another: gcloud projects remove-iam-policy-binding PROJECT "
        "--member=serviceAccount:ADDRESS --role=ROLE"
    ),
    passes="No others change production by {resource}.",
    fails="By {resource} {who} changes {projects}.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_TRIGGER, _ACCOUNT, _PROJECT)),
    references=(
        "https://docs.cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts",
    ),
)
