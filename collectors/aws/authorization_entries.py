"""What of a saved answer of GetAccountAuthorizationDetails can be used, entry by entry.

A saved answer may have been edited, filtered, or made by something that is not AWS. What is wrong
with it is named by its place; an entry that tells no identity is left out, any other member that is
not as AWS gives it is taken out, so that what it would have said is unread.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
Check = Callable[[Any], str]
"""What is wrong with a value, as the end of a sentence that begins with its place; empty if
nothing is."""


def _text(value: object) -> str:
    return "" if isinstance(value, str) else " is not text"


def _document(value: object) -> str:
    return "" if isinstance(_decoded(value), Mapping) else " is not a policy"


def _object(members: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    checks = {**members, **(optional or {})}

    def check(value: object) -> str:
        if not isinstance(value, Mapping):
            return " is not an object"
        for name, wrong in checks.items():
            if name not in value:
                if name in members:
                    return f" has no {name}"
            elif problem := wrong(value[name]):
                return f".{name}{problem}"
        return ""

    return check


def _list(item: Check) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, list):
            return " is not a list"
        problems = (f"[{number}]{why}" for number, each in enumerate(value) if (why := item(each)))
        return next(problems, "")

    return check


_INLINE = _list(_object({"PolicyName": _text, "PolicyDocument": _document}))
_ATTACHED = _list(_object({"PolicyArn": _text}))
_BOUNDARY = _object({"PermissionsBoundaryArn": _text})
_TAGS = _list(_object({"Key": _text, "Value": _text}))
_VERSION = _object({"VersionId": _text, "Document": _document})
_LAST_USED = _object({}, {"LastUsedDate": _text, "Region": _text})
_PROFILE = _object(
    {"Arn": _text, "InstanceProfileName": _text, "Roles": _list(_object({"Arn": _text}))},
    {"Path": _text, "CreateDate": _text, "Tags": _TAGS},
)


class Entry(NamedTuple):
    """How the entries of a list are named, and what they hold."""

    name: str
    kind: str
    """What stands in their ARN."""
    members: Mapping[str, Check]


ENTRIES: Mapping[str, Entry] = {
    "UserDetailList": Entry(
        "UserName",
        "user",
        {
            "UserId": _text,
            "CreateDate": _text,
            "GroupList": _list(_text),
            "UserPolicyList": _INLINE,
            "AttachedManagedPolicies": _ATTACHED,
            "PermissionsBoundary": _BOUNDARY,
            "Tags": _TAGS,
        },
    ),
    "GroupDetailList": Entry(
        "GroupName",
        "group",
        {
            "GroupId": _text,
            "CreateDate": _text,
            "GroupPolicyList": _INLINE,
            "AttachedManagedPolicies": _ATTACHED,
        },
    ),
    "RoleDetailList": Entry(
        "RoleName",
        "role",
        {
            "RoleId": _text,
            "CreateDate": _text,
            "AssumeRolePolicyDocument": _document,
            "RolePolicyList": _INLINE,
            "AttachedManagedPolicies": _ATTACHED,
            "PermissionsBoundary": _BOUNDARY,
            "RoleLastUsed": _LAST_USED,
            "InstanceProfileList": _list(_PROFILE),
            "Tags": _TAGS,
        },
    ),
    "Policies": Entry(
        "PolicyName",
        "policy",
        {
            "PolicyId": _text,
            "CreateDate": _text,
            "UpdateDate": _text,
            "DefaultVersionId": _text,
            "PolicyVersionList": _list(_VERSION),
        },
    ),
}
_REQUIRED = {"RoleDetailList": ("AssumeRolePolicyDocument",)}
"""Members without which something is unread; what else is left out is not set."""


@dataclass(frozen=True)
class Page:
    """What can be used of one answer."""

    entries: Mapping[str, list[Mapping[str, Any]]]
    is_last: bool
    """Whether no further page follows it."""
    lists: frozenset[str]
    """The lists that it has at all."""
    unread: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members that were taken out, by the ARN of their entry."""
    problems: tuple[str, ...] = ()
    """What is wrong, each named by its place."""
    lacking: frozenset[str] = frozenset()
    """The lists of which an entry, or all, was left out."""


def usable(answer: Mapping[str, Any], place: str) -> Page:
    """What can be used of an answer; ``place`` says where it lies, and stands before what is
    wrong. The answer itself stays as it is."""
    cleaning = _Cleaning(place)
    entries = {name: cleaning.entries(answer, name) for name in LISTS if name in answer}
    return Page(
        entries,
        is_last=not any(answer.get(name) for name in ("IsTruncated", "Marker", "NextToken")),
        lists=frozenset(entries),
        unread=cleaning.unread,
        problems=tuple(cleaning.problems),
        lacking=frozenset(cleaning.lacking),
    )


class _Cleaning:
    """Goes through one answer."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.problems: list[str] = []
        self.unread: dict[str, frozenset[str]] = {}
        self.lacking: set[str] = set()

    def entries(self, answer: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        given = answer[name]
        if not isinstance(given, list):
            self._leave_out(name, f"{name} is not a list.")
            return []
        found = []
        for number, entry in enumerate(given):
            place = f"{name}[{number}]"
            if why := _unidentified(name, entry):
                self._leave_out(name, f"{place}{why}.")
            else:
                found.append(self._entry(name, place, entry))
        return found

    def _entry(self, name: str, place: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = dict(entry)
        unread = []
        for member, check in ENTRIES[name].members.items():
            if member in entry:
                why = check(entry[member])
            else:
                why = " is missing" if member in _REQUIRED.get(name, ()) else ""
            if why:
                kept.pop(member, None)
                unread.append(member)
                place_of = f"{place}.{member}{why}"
                self.problems.append(f"{self.place}{place_of} ({entry['Arn']}): it is unread.")
        if unread:
            before = self.unread.get(entry["Arn"], frozenset())
            self.unread[entry["Arn"]] = before.union(unread)
        _complete(kept, ENTRIES[name])
        return kept

    def _leave_out(self, name: str, sentence: str) -> None:
        self.lacking.add(name)
        self.problems.append(f"{self.place}{sentence}")


_ARN = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}|aws):([a-z]+)/.+", re.DOTALL)
"""Policies alone may be AWS's own."""


def _unidentified(name: str, entry: object) -> str:
    """Why an entry does not tell what it is about; empty if it does."""
    own, kind, _ = ENTRIES[name]
    if not isinstance(entry, Mapping):
        return f" has no {own}"
    for key in ("Arn", own):
        if not isinstance(entry.get(key), str) or not entry[key]:
            return f" has no {key}"
    arn = entry["Arn"]
    found = _ARN.fullmatch(arn)
    if not found or found[2] != kind or (not found[1].isdigit() and kind != "policy"):
        return f".Arn is not the ARN of a {kind}: {arn}"
    return ""


def _complete(entry: dict[str, Any], kind: Entry) -> None:
    """Fills in what AWS always gives and saved answers sometimes lack, and decodes policies."""
    if not isinstance(entry.get("Path"), str):
        entry["Path"] = _path(entry["Arn"], entry[kind.name])
    if "AssumeRolePolicyDocument" in entry:
        entry["AssumeRolePolicyDocument"] = _decoded(entry["AssumeRolePolicyDocument"])
    inline = f"{kind.name.removesuffix('Name')}PolicyList"
    if inline in entry:
        entry[inline] = [
            {**each, "PolicyDocument": _decoded(each["PolicyDocument"])} for each in entry[inline]
        ]
    if "PolicyVersionList" in entry:
        in_force = entry.get("DefaultVersionId")
        entry["PolicyVersionList"] = [
            {
                **each,
                "IsDefaultVersion": each.get("IsDefaultVersion") is True
                if in_force is None
                else each["VersionId"] == in_force,
                "Document": _decoded(each["Document"]),
            }
            for each in entry["PolicyVersionList"]
        ]


def _decoded(document: Any) -> Any:
    """A policy that is text, percent-encoded perhaps, as the bare API has it, as an object."""
    if not isinstance(document, str):
        return document
    text = unquote(document) if document[:3].upper() == "%7B" else document
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _path(arn: str, name: str) -> str:
    resource = arn.split(":", 5)[-1]
    return "/" + resource.partition("/")[2].removesuffix(name)
