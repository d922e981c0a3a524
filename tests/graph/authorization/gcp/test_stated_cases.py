"""Cases whose right answers are stated elsewhere, each made as a small world."""

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from clew.graph.authorization.gcp.environment import PrincipalState
from clew.graph.authorization.gcp.impersonation import Impersonation
from clew.graph.logic import Truth, all_of
from support.gcp_worlds import IAM, TREE, GCPWorld

CASES = Path("/work/shared/reference/clouds/cases-gcp-exposure-cross.jsonl")
ROLES = Path("/work/shared/data/iam/gcp_predefined_roles.json.gz")
SOURCES = (CASES, ROLES)
GIVEN = "iam.googleapis.com/modifiedGrantsByRole"
SET_POLICY = {
    "GCP-POL-1": "resourcemanager.organizations.setIamPolicy",
    "GCP-POL-2": "resourcemanager.folders.setIamPolicy",
    "GCP-POL-3": "resourcemanager.projects.setIamPolicy",
}
OF_DECISION = {
    "ALLOWED": "ALLOWED",
    "IMPLICITLY_DENIED": "NO",
    "EXPLICITLY_DENIED": "DENIED",
    "CONDITIONAL": "CONDITIONAL",
    "UNKNOWN": "UNKNOWN",
}
OF_TRUTH = {True: "YES", False: "NO", None: "CONDITIONAL"}
UNREAD = {
    "deny": ("GCPDenyPolicy",),
    "pab": ("GCPPrincipalAccessBoundary", "GCPPrincipalAccessBoundaryBinding"),
    "allow": ("GCPPolicyBinding",),
    "orgPolicy": ("GCPOrgPolicy",),
}
"""What could not be listed where a case gives nothing for it."""


def _stated() -> list[dict[str, Any]]:
    if not all(each.exists() for each in SOURCES):
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [case for case in cases if case["area"] == "gcp-iam"]


@cache
def _predefined() -> Mapping[str, Sequence[str]]:
    found = json.loads(gzip.decompress(ROLES.read_bytes()))
    roles = found.values() if isinstance(found, dict) else found
    return {each["name"]: each.get("includedPermissions") or () for each in roles}


class StatedWorld:
    """The world of a case. Names without a domain, or without a project, get one."""

    def __init__(self, given: Mapping[str, Any], ask: Mapping[str, Any]) -> None:
        self.world = GCPWorld()
        self.unlisted = [
            label
            for key, labels in UNREAD.items()
            if key in given and given[key] is None
            for label in labels
        ]
        if any(tags is None for tags in (given.get("tags") or {}).values()):
            self.unlisted += ["GCPTagBinding", "GCPResourceTagBinding"]
        self._tree(given.get("tree") or {})
        for whom in (ask["principal"], ask.get("becomes")):
            if whom:
                self.principal(whom)
        self._groups(given.get("groups") or {})
        self._policies(given)
        for number, bound in enumerate(given.get("pab") or ()):
            self._bound(number, bound, given.get("in_set") or {})
        for scope, tags in (given.get("tags") or {}).items():
            for tag in tags or ():
                key, _, value = tag.rpartition("/")
                self.world.tag(self.resource(scope), key, value)

    def principal(self, text: str) -> str:
        """The id of somebody, who is there then."""
        return self.world.principal(self.member(text))

    def member(self, text: str) -> str:
        """Whom a policy names."""
        kind, _, name = text.partition(":")
        if kind == "user" and "@" not in name:
            return f"{text}@example.com"
        if kind == "serviceAccount" and "@" not in name:
            return f"{kind}:{name.lower()}@p.iam.gserviceaccount.com"
        if kind == "group" and "@" not in name:
            return f"{text}@example.com"
        subject = "principal://goog/subject/"
        if text.startswith(subject) and "@" not in text:
            return f"{text}@example.com"
        group = "principalSet://goog/group/"
        return f"{text}@example.com" if text.startswith(group) and "@" not in text else text

    def resource(self, text: str) -> str:
        """The id of a resource, which is there then."""
        parts = text.split("/")
        if "serviceAccounts" in parts:
            return self.principal(f"serviceAccount:{parts[-1]}")
        if len(parts) == 2:
            return TREE + text
        if parts[2] == "buckets":
            return self.world.resource(
                "GCPBucket", f"//storage.googleapis.com/{parts[3]}", parts[1]
            )
        return TREE + text

    def _tree(self, parents: Mapping[str, str]) -> None:
        tops = {each for each in parents.values() if each not in parents}
        for top in sorted(tops):
            self.world.scope(top, name="example.com", customer_id="C1")
        for child, parent in parents.items():
            self.world.scope(child, parent)

    def _groups(self, groups: Mapping[str, Sequence[str] | None]) -> None:
        waiting = dict(groups)
        while waiting:
            ready = [
                name
                for name, members in waiting.items()
                if not any(each == f"group:{other}" for each in members or () for other in waiting)
            ]
            for name in ready or list(waiting):
                members = waiting.pop(name)
                ids = None
                if members is not None:
                    ids = [
                        self.member(each) if each.startswith("group:") else self.principal(each)
                        for each in members
                    ]
                self.world.group(f"{name}@example.com", ids)

    def _policies(self, given: Mapping[str, Any]) -> None:
        for scope, bindings in (given.get("allow") or {}).items():
            for binding in bindings:
                self._bind(self.resource(scope), binding)
        for scope, rules in (given.get("deny") or {}).items():
            for rule in rules:
                self._deny(self.resource(scope), rule)
        for constraint, scopes in (given.get("orgPolicy") or {}).items():
            for scope, is_enforced in scopes.items():
                self.world.constrain(constraint, self.resource(scope), is_enforced)

    def _bind(self, scope: str, binding: Mapping[str, Any]) -> None:
        role = binding["role"]
        if isinstance(role, str):
            name = self.world.role(sorted(_predefined()[role]), role)
        else:
            fields = {"stage": role["stage"]} if "stage" in role else {}
            name = self.world.role(role["perms"], role.get("custom", ""), **fields)
        members = [self.member(each) for each in binding["members"]]
        condition = binding.get("condition", "")
        self.world.grant(members, None, scope, role=name, condition=condition)

    def _deny(self, scope: str, rule: Mapping[str, Any]) -> None:
        self.world.deny(
            [self.member(each) for each in rule["principals"]],
            rule["permissions"],
            scope,
            excluded=[self.member(each) for each in rule.get("exceptionPrincipals") or ()],
            spared=rule.get("exceptionPermissions") or (),
            condition=rule.get("condition", ""),
        )

    def _bound(
        self, number: int, bound: Mapping[str, Any], in_set: Mapping[str, Sequence[str]]
    ) -> None:
        """Binds a boundary to the customer if those who ask are of the set, else to another."""
        sets = {name for names in in_set.values() for name in names}
        customer = "C1" if sets & {*bound["principals"]} else f"OTHER{number}"
        whom = f"{IAM}locations/global/workspace/{customer}"
        self.world.boundary([self.resource(each) for each in bound["resources"]], whom)

    def decided(self, who: str, permission: str, resource: str, **given: Any) -> str:
        """What is decided of a request."""
        return self.world.decision(who, permission, resource, *self.unlisted, **given)

    def allowed(self, who: str, permission: str, resource: str, **given: Any) -> Truth:
        """Whether it may be done."""
        asked = self.world.authorizer(*self.unlisted)
        return asked.decide(PrincipalState(who), permission, resource, given).is_allowed


def _answer(case: Mapping[str, Any]) -> str:
    given, ask = case["given"], case["ask"]
    made = StatedWorld(given, ask)
    who = made.principal(ask["principal"])
    if "permission" in ask:
        return OF_DECISION[made.decided(who, ask["permission"], made.resource(ask["resource"]))]
    if "becomes" in ask:
        asked = Impersonation(made.world.authorizer(*made.unlisted))
        return OF_TRUTH[asked.becomes(PrincipalState(who), made.principal(ask["becomes"]))]
    return OF_TRUTH[_taken(made, who, ask, given)]


def _taken(made: StatedWorld, who: str, ask: Mapping[str, Any], given: Mapping[str, Any]) -> Truth:
    """Whether all that a technique takes is allowed."""
    technique = ask["technique"]
    if technique in SET_POLICY:
        scope = made.resource(ask["resource"])
        return made.allowed(who, SET_POLICY[technique], scope, **{GIVEN: ["roles/owner"]})
    if technique == "GCP-GCE-2":
        machine = "//compute.googleapis.com/projects/p/zones/z/instances/i"
        made.world.resource("GCPInstance", machine, "p")
        account = made.principal(f"serviceAccount:{given['instance']['serviceAccount']}")
        return all_of(
            (
                made.allowed(who, "compute.instances.setMetadata", machine),
                made.allowed(who, "iam.serviceAccounts.actAs", account),
            )
        )
    pytest.skip(f"{technique} takes more than permissions")


@pytest.mark.skipif(
    not all(each.exists() for each in SOURCES), reason="the stated cases are not here"
)
@pytest.mark.parametrize("case", _stated(), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    expected = {case["expect"]}
    if "CONDITIONAL is accepted" in case["why"]:
        expected.add("CONDITIONAL")
    assert _answer(case) in expected, case["why"]
