"""An account's IAM as somebody else has read it: saved answers of GetAccountAuthorizationDetails.

What such an answer does not tell (access keys, console passwords, MFA) stays unread, and of all
other services nothing is read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic.alias_generators import to_pascal

from ...graph.model import Coverage, ListingStatus, Location, Resource, Status
from ..errors import CollectError
from ..scan import Collected
from .authorization_entries import LISTS, Page, usable
from .base import AWSResource
from .iam import (
    AWS_OWNED,
    Everyone,
    Group,
    InlinePolicy,
    InstanceProfile,
    Policy,
    Role,
    ServicePrincipal,
    User,
    authorization_details,
)
from .organizations import Account, Organization, OrganizationalUnit, OrganizationPolicy

OPERATION = "GetAccountAuthorizationDetails"
_LISTED_IN: Mapping[type[AWSResource], tuple[str, ...]] = {
    User: ("UserDetailList",),
    Group: ("GroupDetailList",),
    Role: ("RoleDetailList",),
    ServicePrincipal: ("RoleDetailList",),
    Everyone: ("RoleDetailList",),
    Policy: ("Policies",),
    InlinePolicy: ("UserDetailList", "GroupDetailList", "RoleDetailList"),
}
"""The lists that tell of each label in full."""
_FURTHER_FIELDS = {
    "AssumeRolePolicyDocument": (
        "trusted_accounts",
        "trusted_principals",
        "trusted_providers",
        "trusted_services",
        "trusted_everyone",
    ),
    "UserPolicyList": ("inline_policies",),
    "GroupPolicyList": ("inline_policies",),
    "RolePolicyList": ("inline_policies",),
    "PolicyVersionList": ("document",),
}
"""Fields that are worked out from a member, in addition to the one that has its name."""
_TRUNCATED, _MISSING, _MALFORMED = "Truncated", "ListMissing", "Malformed"
"""Codes of what leaves an answer less than whole."""
_SHOWN = 20
"""How many of the things that are wrong are said."""

_KINDS = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_FULL_ACCESS = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
"""What a level has to which no policy was given, as AWS lets none be without one."""
Levels = Sequence[Sequence[Mapping[str, Any]]]
"""Policies of an organization from its root down to an account: the documents of each level."""


class MalformedAnswerError(CollectError):
    """A document is not what GetAccountAuthorizationDetails answers; the message says where."""


def accounts_of(document: object) -> dict[str, list[Page]]:
    """What can be used of the answers that a JSON document holds, page by page, by the number of
    their account.

    It is one answer (what ``aws iam get-account-authorization-details`` prints), a list of its
    pages, or a mapping of account numbers to either. Without numbers an entry belongs to the
    account that its ARN names.

    :raises MalformedAnswerError: if it is something else, or nothing of it can be used.
    """
    if isinstance(document, Mapping) and document and all(_is_number(key) for key in document):
        return {number: _pages(answer, number) for number, answer in document.items()}
    pages = _pages(document, "")
    owners = sorted({owner for page in pages for owner in _owners(page)})
    if not owners:
        raise MalformedAnswerError(
            "It names no account: give it as a mapping of the account's number to the answer."
        )
    return {owner: [_owned(page, owner) for page in pages] for owner in owners}


def collect(
    answers: Mapping[str, Sequence[Page | Mapping[str, Any]]],
    service_controls: Mapping[str, Levels],
    resource_controls: Mapping[str, Levels],
) -> Collected:
    """The resources that saved answers hold, by account, and what they leave unread.

    An answer is what :func:`accounts_of` found of it, or as AWS gave it. The controls are the
    organization's policies (SCPs, RCPs) over each account; of an account that is in neither, they
    are unread.
    """
    found: dict[str, Resource] = {}
    collected = Collected()
    for number, given in sorted(answers.items()):
        pages = [page if isinstance(page, Page) else usable(page, "") for page in given]
        here = Location(number, "global", _partition(pages))
        for resource in _resources(pages, here):
            found.setdefault(resource.id, resource)
        for resource in _organization(
            here, service_controls.get(number), resource_controls.get(number)
        ):
            found[resource.id] = resource
        shortfall = _Shortfall.of(pages)
        collected.coverage.append(shortfall.coverage(number))
        collected.reads += (shortfall.listing(model, number) for model in _LISTED_IN)
        collected.reads.append(ListingStatus(Account.label, number, "global", Status.OK))
    collected.resources = list(found.values())
    return collected


class _Shortfall(NamedTuple):
    """What an account's answers do not hold."""

    code: str
    sentences: Sequence[str]
    lists: frozenset[str]
    """Those that are not whole."""

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "_Shortfall":
        is_truncated = not any(page.is_last for page in pages)
        absent = [name for name in LISTS if not any(name in page.lists for page in pages)]
        lacking = {name for page in pages for name in page.lacking}
        problems = [problem for page in pages for problem in page.problems]
        sentences = [*dict.fromkeys(problems)]
        code = _MALFORMED if problems else ""
        if absent:
            sentences.insert(0, f"There is no {' and no '.join(absent)}.")
            code = _MISSING
        if is_truncated:
            sentences.insert(0, "It is truncated: further pages were not given.")
            code = _TRUNCATED
        return cls(code, sentences, frozenset(LISTS if is_truncated else (*absent, *lacking)))

    def coverage(self, account: str) -> Coverage:
        status = Status.ERROR if self.code else Status.OK
        more = len(self.sentences) - _SHOWN
        rest = [f"… and {more} more."] if more > 0 else []
        words = " ".join([*self.sentences[:_SHOWN], *rest])
        return Coverage("aws", "iam", OPERATION, account, "global", status, self.code, words)

    def listing(self, model: type[AWSResource], account: str) -> ListingStatus:
        if self.lists.isdisjoint(_LISTED_IN[model]):
            return ListingStatus(model.label, account, "global", Status.OK)
        return ListingStatus(model.label, account, "global", Status.ERROR, OPERATION, self.code)


def _resources(pages: Sequence[Page], here: Location) -> Iterator[Resource]:
    for page in pages:
        for resource in authorization_details(page.entries, here):
            yield _with_unread(resource, page.unread.get(resource.id, ()))
        for role in page.entries.get("RoleDetailList", []):
            for profile in role.get("InstanceProfileList", []):
                yield InstanceProfile.load(profile, here)


def _with_unread(resource: Resource, members: Iterable[str]) -> Resource:
    """The resource without what some members of its entry would have said."""
    fields = {name for member in members for name in _FURTHER_FIELDS.get(member, ())}
    for name in type(resource).model_fields:
        spelled = resource.sources[name].wire or to_pascal(name)
        if spelled.partition(".")[0].removesuffix("[]") in members:
            fields.add(name)
    return resource.model_copy(update=dict.fromkeys(fields)) if fields else resource


def _organization(
    here: Location, service_controls: Levels | None, resource_controls: Levels | None
) -> Iterator[AWSResource]:
    """The account, below as many units as its policies have levels."""
    given = zip(_KINDS, (service_controls, resource_controls), strict=True)
    kinds = {kind: levels for kind, levels in given if levels is not None}
    if not kinds:
        yield Account.load({"Id": here.account}, here)
        return
    base = f"arn:{here.partition}:organizations::{here.account}"
    depth = max(2, *map(len, kinds.values()))
    attached: list[list[str]] = [[] for _ in range(depth)]
    for kind, levels in kinds.items():
        for level in range(depth):
            documents = levels[level] if level < len(levels) else ()
            for index, document in enumerate(documents or [_FULL_ACCESS]):
                policy = OrganizationPolicy.load(
                    {"Id": f"{level}-{index}", "Type": kind, "Name": f"level {level}, {index}"},
                    here,
                    id=f"{base}:policy/imported/{kind.lower()}/{level}-{index}",
                    document=document,
                )
                yield policy
                attached[level].append(policy.id)
    parent = f"{base}:organization/imported"
    yield Organization.load(
        {},
        here,
        id=parent,
        organization_id=None,
        feature_set="ALL",
        management_account=None,
        enabled_policy_types=list(kinds) if len(kinds) == len(_KINDS) else None,
        policies=attached[0],
    )
    for level, policies in enumerate(attached[1:-1], 1):
        unit = OrganizationalUnit.load(
            {},
            here,
            id=f"{base}:ou/imported/{level}",
            unit_id=None,
            organization_id=None,
            parent=parent,
            policies=policies,
        )
        yield unit
        parent = unit.id
    yield Account.load(
        {"Id": here.account},
        here,
        is_management_account=False,
        organization=f"{base}:organization/imported",
        parent=parent,
        policies=attached[-1],
    )


def _pages(answer: object, account: str) -> list[Page]:
    """What can be used of an answer, or of each of its pages.

    :raises MalformedAnswerError: if it is no such answer, or if something is wrong with it and
        nothing can be used.
    """
    place = f"account {account}: " if account else ""
    pages = []
    for page in answer if isinstance(answer, list) else [answer]:
        if not isinstance(page, Mapping) or not any(name in page for name in LISTS):
            raise MalformedAnswerError(
                f"{place}It is not an answer of {OPERATION}: it has none of {', '.join(LISTS)}."
            )
        pages.append(usable(page, place))
    problems = [problem for page in pages for problem in page.problems]
    if problems and not any(any(page.entries.values()) for page in pages):
        raise MalformedAnswerError(problems[0])
    return pages


def _owners(page: Page) -> set[str]:
    owners = {_owner(entry) for entries in page.entries.values() for entry in entries}
    return owners - {AWS_OWNED}


def _owned(page: Page, owner: str) -> Page:
    """What is an account's own of a page, and what is AWS's."""
    entries = {
        name: [entry for entry in entries if _owner(entry) in (owner, AWS_OWNED)]
        for name, entries in page.entries.items()
    }
    return replace(page, entries=entries)


def _owner(entry: Mapping[str, Any]) -> str:
    owner: str = entry["Arn"].split(":")[4]
    return owner


def _partition(pages: Sequence[Page]) -> str:
    arns = (entry["Arn"] for page in pages for each in page.entries.values() for entry in each)
    return next((arn.split(":")[1] for arn in arns), "aws")


def _is_number(key: object) -> bool:
    return isinstance(key, str) and len(key) == 12 and key.isascii() and key.isdigit()
