"""An account's IAM as somebody else has read it: saved answers of GetAccountAuthorizationDetails.

What such an answer does not tell (access keys, console passwords, MFA) stays unread, and of all
other services nothing is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from ...graph.model import Coverage, ListingStatus, Location, Resource, Status
from ..errors import CollectError
from ..scan import Collected
from .base import AWSResource, parsed
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
_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
_NAMES = {
    "UserDetailList": "UserName",
    "GroupDetailList": "GroupName",
    "RoleDetailList": "RoleName",
    "Policies": "PolicyName",
}
_TOLD = (User, Group, Role, Policy, InlinePolicy, ServicePrincipal, Everyone)
"""What an answer tells of in full."""

_KINDS = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_FULL_ACCESS = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
"""What a level has to which no policy was given, as AWS lets none be without one."""
Levels = Sequence[Sequence[Mapping[str, Any]]]
"""Policies of an organization from its root down to an account: the documents of each level."""


class MalformedAnswerError(CollectError):
    """A document is not what GetAccountAuthorizationDetails answers; the message says where."""


def accounts_of(document: object) -> dict[str, list[Mapping[str, Any]]]:
    """The answers that a JSON document holds, page by page, by the number of their account.

    It is one answer (what ``aws iam get-account-authorization-details`` prints), a list of its
    pages, or a mapping of account numbers to either. Without numbers an entry belongs to the
    account that its ARN names.

    :raises MalformedAnswerError: if it is something else.
    """
    if isinstance(document, Mapping) and document and all(_is_number(key) for key in document):
        found: dict[str, list[Mapping[str, Any]]] = {}
        for number, answer in document.items():
            found[number] = [_checked(page, number) for page in _pages(answer)]
        return found
    pages = [_checked(page, "") for page in _pages(document)]
    owners = sorted({owner for page in pages for owner in _owners(page)})
    if not owners:
        raise MalformedAnswerError(
            "It names no account: give it as a mapping of the account's number to the answer."
        )
    return {owner: [_owned(page, owner) for page in pages] for owner in owners}


def collect(
    answers: Mapping[str, Sequence[Mapping[str, Any]]],
    service_controls: Mapping[str, Levels],
    resource_controls: Mapping[str, Levels],
) -> Collected:
    """The resources that saved answers hold, by account, and what they leave unread.

    The controls are the organization's policies (SCPs, RCPs) over each account; of an account that
    is in neither, they are unread.
    """
    found: dict[str, Resource] = {}
    collected = Collected()
    for number, pages in sorted(answers.items()):
        here = Location(number, "global", _partition(pages))
        for resource in _resources(pages, here):
            found.setdefault(resource.id, resource)
        for resource in _organization(
            here, service_controls.get(number), resource_controls.get(number)
        ):
            found[resource.id] = resource
        collected.coverage.append(Coverage("aws", "iam", OPERATION, number, "global", Status.OK))
        collected.reads += [
            ListingStatus(model.label, number, "global", Status.OK) for model in (*_TOLD, Account)
        ]
    collected.resources = list(found.values())
    return collected


def _resources(pages: Sequence[Mapping[str, Any]], here: Location) -> Iterator[Resource]:
    for page in pages:
        yield from authorization_details(page, here)
        for role in page.get("RoleDetailList", []):
            for profile in role.get("InstanceProfileList", []):
                yield InstanceProfile.load(profile, here)


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


def _pages(answer: object) -> list[object]:
    return list(answer) if isinstance(answer, list) else [answer]


def _checked(page: object, account: str) -> Mapping[str, Any]:
    """A page with every policy document decoded and every path given; the input stays as it is."""
    place = f"account {account}: " if account else ""
    if not isinstance(page, Mapping) or not any(name in page for name in _LISTS):
        raise MalformedAnswerError(
            f"{place}It is not an answer of {OPERATION}: it has none of {', '.join(_LISTS)}."
        )
    return {name: _entries(page, name, place) for name in _LISTS if page.get(name) is not None}


def _entries(page: Mapping[str, Any], name: str, place: str) -> list[Mapping[str, Any]]:
    if not isinstance(page[name], list):
        raise MalformedAnswerError(f"{place}{name} is not a list.")
    checked = []
    for index, entry in enumerate(page[name]):
        for key in ("Arn", _NAMES[name]):
            if not isinstance(entry, Mapping) or not isinstance(entry.get(key), str):
                raise MalformedAnswerError(f"{place}{name}[{index}] has no {key}.")
        decoded = _decoded(entry)
        try:
            _complete(decoded, name)
        except (AttributeError, KeyError, TypeError) as error:
            raise MalformedAnswerError(
                f"{place}{name}[{index}] ({entry['Arn']}) is not as {OPERATION} has it: {error}."
            ) from None
        checked.append(decoded)
    return checked


def _complete(entry: dict[str, Any], name: str) -> None:
    """Fills in what AWS always gives and saved answers sometimes lack."""
    own = entry[_NAMES[name]]
    entry.setdefault("Path", _path(entry["Arn"], own))
    if name == "Policies":
        for version in entry.get("PolicyVersionList", []):
            version.setdefault(
                "IsDefaultVersion", version["VersionId"] == entry["DefaultVersionId"]
            )
            version["Document"]
        return
    for inline in entry.get(f"{name.removesuffix('DetailList')}PolicyList", []):
        inline["PolicyName"], inline["PolicyDocument"]
    for attached in entry.get("AttachedManagedPolicies", []):
        attached["PolicyArn"]


def _decoded(value: Any) -> Any:
    """The value with policies decoded that are percent-encoded, as the bare API has them."""
    if isinstance(value, Mapping):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if isinstance(value, str) and value[:3].upper() == "%7B":
        text = unquote(value)
        return parsed(text) or text
    return value


def _path(arn: str, name: str) -> str:
    resource = arn.split(":", 5)[-1]
    return "/" + resource.partition("/")[2].removesuffix(name)


def _owners(page: Mapping[str, Any]) -> set[str]:
    owners = {_owner(entry) for name in _LISTS for entry in page.get(name, [])}
    return owners - {AWS_OWNED, ""}


def _owned(page: Mapping[str, Any], owner: str) -> Mapping[str, Any]:
    """What is an account's own of a page, and what is AWS's."""
    return {
        name: [entry for entry in entries if _owner(entry) in (owner, AWS_OWNED)]
        for name, entries in page.items()
    }


def _owner(entry: Mapping[str, Any]) -> str:
    parts = entry["Arn"].split(":")
    return parts[4] if len(parts) > 4 else ""


def _partition(pages: Sequence[Mapping[str, Any]]) -> str:
    arns = (entry["Arn"] for page in pages for name in _LISTS for entry in page.get(name, []))
    return next((arn.split(":")[1] for arn in arns if arn.startswith("arn:")), "aws")


def _is_number(key: object) -> bool:
    return isinstance(key, str) and len(key) == 12 and key.isdigit()
