"""Keys that are as good as an administrator."""

from collections.abc import Iterator
from datetime import UTC

from ....graph.authorization.gcp.authorizer import GCP
from ....graph.logic import Truth, all_of, any_of, negation
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...neighbours import targets
from ..holding import OPEN, SETS_POLICY, held, is_basic

_KEY, _ACCOUNT = "GCPServiceAccountKey", "GCPServiceAccount"
_SCOPES = dict(zip(SETS_POLICY, ("GCPProject", "GCPFolder", "GCPOrganization"), strict=True))


def _walk(access: Access) -> Iterator[Row]:
    for key in access.view.labelled(_KEY):
        if access.view.get(key, "key_type") == "SYSTEM_MANAGED":
            continue
        account = next(iter(targets(access.graph, key, "PART_OF", _ACCOUNT)), None)
        if account is None or access.view.is_missing(account):
            yield Row(key, None, undecided_by=account, unread=["its account could not be read"])
            continue
        truth = all_of((_opens(access, key, account), _is_strong(access, account)))
        yield Row(
            key,
            None if truth is None else not truth,
            unread=[f"whether {access.name(account)} is an administrator {OPEN}"],
            evidence=[account],
            values={"account": access.name(account), "age": _age(access, key)},
            listing_scope=[Place()],  # it may hold roles in any project
        )


def _opens(access: Access, key: str, account: str) -> Truth:
    """Whether the key signs in at all; one that has run out does not."""
    until, now = access.view.get(key, "valid_before"), access.view.scanned
    has_run_out = bool(until and now and until < f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return all_of(
        (
            not has_run_out,
            negation(access.view.get(key, "disabled")),
            negation(access.view.get(account, "disabled")),
        )
    )


def _is_strong(access: Access, account: str) -> Truth:
    may = (
        access.may(account, action, scope)
        for action, label in _SCOPES.items()
        for scope in access.view.labelled(label)
    )
    basic = (each.truth for each in held(access, account) if is_basic(each.grant))
    return any_of((*basic, *may))


def _age(access: Access, key: str) -> str:
    until = access.view.get(key, "valid_before") or ""
    return "never runs out" if until.startswith("9999") else "runs out one day"


check = Check(
    id="service_account_key_of_admin",
    title="No key is as good as an administrator",
    provider="gcp",
    service="iam",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY, Category.PERMISSIONS),
    resource=_KEY,
    what=(
        "The account of a user-managed key is no owner or editor of any project, folder or "
        "organization, and may set the allow policy of none, by whatever role, group or "
        "inheritance, less what deny policies and access boundaries stop. A key that is disabled "
        "or has run out, and one of a disabled account, passes. What the account comes to by "
        "further steps is not followed here. Conditions, and what could not be read, are MANUAL."
    ),
    why=(
        "A key is a file without a second factor that works from anywhere: it lies in "
        "repositories, laptops and tickets, and anyone who finds it rules the project."
    ),
    remediation=(
        "gcloud iam service-accounts keys delete KEY --iam-account=ADDRESS; let what uses it run "
        "as the account, or sign in by workload identity federation"
    ),
    passes="{resource} is no key of an administrator.",
    fails="{resource} is a key of {account}, an administrator, and {age}.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_KEY, _ACCOUNT, *_SCOPES.values())),
    references=(
        "https://docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
    ),
)
