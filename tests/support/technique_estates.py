"""The smallest estate in which a technique can be taken, made of its own declaration."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import networkx
from clew.collectors.aws.base import AWSResource
from clew.collectors.registry import models
from clew.graph.attack.engine.part_query import fields_of
from clew.graph.attack.engine.plan import CAN_ASSUME
from clew.graph.attack.engine.relations import RUNS_AS
from clew.graph.attack.engine.requirement import SELF, Existing, Relation, Requirement, Where
from clew.graph.attack.engine.technique import Technique
from clew.graph.authorization.aws.labels import CONTROL_POLICY
from clew.graph.model import Identity, ListingStatus, Location

from .identities import (
    ACCOUNT,
    OTHER,
    REGION,
    Document,
    Identities,
    allow,
    deny,
    graph_of,
    policy,
)

HERE = Location(ACCOUNT, REGION, "aws")
ACTOR = "actor"
MEMBER = "member"
MODELS = {model.label: model for model in models() if issubclass(model, AWSResource)}
IAM = ("AWSUser", "AWSRole", "AWSGroup", "AWSPolicy", "AWSInlinePolicy")
"""What the answer about IAM tells of, edges included."""
IMPORTED = f"arn:aws:organizations::{ACCOUNT}:organization/imported"
"""The organization that control policies come with."""
PARTS_NAME = "parts"
PARTS = f"arn:aws:s3:::{PARTS_NAME}"
"""A bucket in which resources keep what they run."""
_PART = f"s3://{PARTS_NAME}/part"
HARMLESS = allow("s3:ListAllMyBuckets")
DENIED = deny("s3:DeleteBucket")
_OF_SESSIONS = re.compile("sts:").match
OF_THE_TAGGED = allow("*", Condition={"StringEquals": {"aws:PrincipalTag/trusted": "yes"}})


class Condition(NamedTuple):
    """What a technique asks of one of its resources in addition to permissions of the actor's."""

    resource: str
    asked: str
    """The key of the declaration."""
    where: Where | None = None
    """What is asked, if it is about a field."""
    is_needed: bool = True
    """Without it the step cannot be taken; else it is then conditional."""


OF_ITS_POLICIES = ("trusts", "federates", "can", "to_itself")
"""The keys of a declaration that are about what a resource's policies say."""


def conditions(technique: Technique) -> Iterator[Condition]:
    """All of them, but relations, and that there is a user: the actor is one itself."""
    for name, each in technique.resources.items():
        if isinstance(each, Existing):
            if name != SELF and each.existing != "AWSUser":
                yield Condition(name, "existing", is_needed=not each.optional)
            for asked in OF_ITS_POLICIES:
                if getattr(each, asked):
                    yield Condition(name, asked, is_needed=not each.optional)
            for where in each.where:
                yield Condition(name, "where", where, not (each.optional or where.optional))


LeftOut = str | Condition | Relation


class TechniqueEstate:
    """An account in which ``actor`` has the permissions of a technique, less what is left out: an
    action, a condition, or a relation; or, of a condition that is ``unread``, nobody read the
    field.

    Where the technique only changes another principal, the actor can act as that one too, by the
    action ``follow_up``.
    """

    def __init__(
        self, technique: Technique, left_out: LeftOut = "", *, unread: bool = False
    ) -> None:
        self.technique = technique
        self._left_out = left_out
        self._is_unread = unread
        # Who may assume whom is what policies say, and no edge that could be taken away later.
        self._relations = [
            each for each in technique.relations if each.edge != CAN_ASSUME or each != left_out
        ]
        self.iam = Identities()
        self.member = Identities(OTHER)
        """The account that is moved in its organization, if one is."""
        self.resources: list[AWSResource] = []
        self.known: dict[str, dict[str, Any]] = {}
        self.ids: dict[str, str] = {}
        self._statements = [
            allow(requirement.action, **_if_tagged(requirement))
            for requirement in technique.requires
            if requirement.action != left_out
        ]
        self.changed = self._changed()
        self.follow_up = self._follow_up()
        if self.follow_up and self.follow_up != left_out:
            self._statements.append(allow(self.follow_up))
        if self.technique.gain == ("tags", SELF):
            self._statements.append(OF_THE_TAGGED)
        self._make_policies()
        self._make_principals()
        self._make_resources()

    @property
    def controls(self) -> dict[str, list[list[Document]]]:
        """The control policies over the account."""
        controls = CONTROL_POLICY in {each.existing for each in self.technique.existing.values()}
        return {ACCOUNT: [[policy(allow("*")), policy(DENIED)]]} if controls else {}

    @property
    def labels(self) -> set[str]:
        """What is listed whole, other than IAM."""
        asked = {each.existing for each in self.technique.existing.values()}
        return asked - {"AWSUser", "AWSRole", "AWSGroup"} | {"AWSInstanceProfile"}

    def graph(self) -> tuple[networkx.MultiDiGraph, list[ListingStatus]]:
        """The graph of a scan of it, and what was listed."""
        accounts = [self.iam, self.member] if self._is_moving else [self.iam]
        found, listings = graph_of(
            *accounts,
            resources=self.resources,
            listed=self.labels,
            known=self.known,
            service_controls=self.controls,
        )
        left = self._left_out
        if isinstance(left, Relation) and left.edge != CAN_ASSUME:
            found.remove_edges_from(self._edges(found, left))
        if isinstance(left, Condition) and left.asked == "existing":
            found.remove_node(self.ids[left.resource])
        if isinstance(left, Condition) and left.where:
            label = self._label(left.resource)
            for node in (node for _, node in found.nodes(data=True) if node["label"] == label):
                node[left.where.field] = None if self._is_unread else failing(left.where)
        return found, listings

    def _edges(self, graph: networkx.MultiDiGraph, relation: Relation) -> list[Any]:
        """The edges of a relation; what runs as a role may do so through a profile."""
        source, target = self.ids[relation.from_], self.ids[relation.to]
        found = [
            (source, end, key)
            for _, end, key, edge in graph.out_edges(source, keys=True, data="rel")
            if edge == relation.edge and (end == target or edge == RUNS_AS)
        ]
        assert found, f"there is no {relation}"
        return found

    @property
    def changed_id(self) -> str:
        """The principal that is changed and that only ``follow_up`` makes the actor act as; of a
        group, its member. Empty if the technique does not end so."""
        return self.ids.get(self.changed, "")

    @property
    def _is_moving(self) -> bool:
        kind, name = self.technique.gain
        return kind == "without" and self._label(name) == "AWSAccount"

    def _changed(self) -> str:
        """Its name, or ``member``."""
        if self.technique.holds:
            return ""
        kind, name = self.technique.gain
        if kind == "membership":
            return self.technique.member
        if self._label(name) == CONTROL_POLICY or self._is_moving:
            return MEMBER
        if kind == "version":
            return next(self._sources("HAS_POLICY", name))
        return MEMBER if self._label(name) == "AWSGroup" else name

    def _follow_up(self) -> str:
        if not self.changed:
            return ""
        is_role = self._is_moving or self._label(self.changed) == "AWSRole"
        return "sts:AssumeRole" if is_role else "iam:CreateAccessKey"

    def _label(self, name: str) -> str:
        """The label of something that exists; the actor and a group's member may be users."""
        declared = self.technique.resources.get(name)
        if isinstance(declared, Existing):
            return declared.existing
        runs = name == SELF and any(self._sources(RUNS_AS, SELF))
        return "AWSRole" if runs or any(self._sources("GRANTS_ON", name)) else "AWSUser"

    def _targets(self, name: str, edge: str) -> Iterator[str]:
        """What a resource must have such an edge to."""
        for each in self._relations:
            if (each.from_, each.edge) == (name, edge):
                yield each.to

    def _sources(self, edge: str, name: str) -> Iterator[str]:
        """What must have such an edge to a resource."""
        for each in self._relations:
            if (each.edge, each.to) == (edge, name):
                yield each.from_

    def _of_iam(self, *labels: str) -> dict[str, Existing]:
        return {
            name: each for name, each in self.technique.existing.items() if each.existing in labels
        }

    def _make_policies(self) -> None:
        own = {*self._targets(SELF, "HAS_POLICY"), *self._targets(SELF, "BOUNDED_BY")}
        kind, gained = self.technique.gain
        for name in self._of_iam("AWSPolicy"):
            denied = [DENIED] * ((kind, gained) == ("without", name))
            narrow = policy(HARMLESS, *(self._statements if name in own else ()), *denied)
            versions = [policy(allow("*"))] if (kind, gained) == ("version", name) else []
            self.ids[name] = self.iam.managed(name, *versions, narrow)

    def _make_principals(self) -> None:
        for name in self._of_iam("AWSGroup"):
            attached = self._attached(name)
            self.ids[name] = self.iam.group(
                name, HARMLESS, *self._denied_by(name), attached=attached
            )
        for name, each in self._of_iam("AWSUser", "AWSRole").items():
            self.ids[name] = self._principal(name, each)
            self._know(name, each)
        if self._is_moving:
            trusts = _trust("AWS", f"arn:aws:iam::{ACCOUNT}:root")
            self.ids[MEMBER] = self.member.role(MEMBER, trusts=trusts)
        elif self.changed == MEMBER:
            gained = self.technique.gain.resource
            groups = [gained] if self._label(gained) == "AWSGroup" else []
            self.ids[MEMBER] = self.iam.user(MEMBER, groups=groups)
        if self.follow_up == "iam:CreateAccessKey":
            self.known.setdefault(self.changed_id, {})["access_key_ids"] = []
        self.ids[SELF] = self._actor()
        for name in self._of_iam("AWSInlinePolicy"):
            (owner,) = self._sources("HAS_POLICY", name)
            self.ids[name] = f"{self.ids[owner]}/inline_policy/own"

    def _denied_by(self, name: str) -> list[Document]:
        """What the actor or a group denies in a policy of its own that the actor gets rid of."""
        kind, gained = self.technique.gain
        is_its_own = gained == name or (
            name in self._sources("HAS_POLICY", gained) and self._label(gained) == "AWSInlinePolicy"
        )
        return [DENIED] * (kind == "without" and is_its_own)

    def _actor(self) -> str:
        if self._label(SELF) == "AWSUser":
            own = (*self._statements, *self._denied_by(SELF))
            return self.iam.user(ACTOR, *own, **self._user_details(SELF))
        trusts = _trust("AWS", f"arn:aws:iam::{ACCOUNT}:root")
        own = (*self._statements, *self._denied_by(SELF))
        return self.iam.role(ACTOR, *own, trusts=trusts, **self._details(SELF))

    def _principal(self, name: str, each: Existing) -> str:
        statements = []
        if self._is_met(name, "can"):
            statements += [allow(action) for action in each.can[:1]]
        if self._is_met(name, "to_itself"):
            statements += [allow(own.action) for own in each.to_itself]
        if any(self._targets(name, CAN_ASSUME)):
            statements.append(allow("sts:AssumeRole"))
        if self.technique.gain == ("unbounded", name) or self.technique.limited_to:
            statements.append(allow("*"))
        if self.technique.gain == ("tags", name):
            statements.append(OF_THE_TAGGED)
        if each.existing == "AWSUser":
            return self.iam.user(name, *statements, **self._user_details(name))
        trusts = [*self._trusts(name, each)] or [*self._trusts_account(name)]
        return self.iam.role(name, *statements, trusts=trusts, **self._details(name))

    def _trusts(self, name: str, each: Existing) -> Iterator[Document]:
        first = each.choosing(self.technique.picked[0])
        for service in first.trusts if self._is_met(name, "trusts") else ():
            yield _trust("Service", service)
        for provider in each.federates if self._is_met(name, "federates") else ():
            yield _trust("Federated", provider, "sts:AssumeRoleWithWebIdentity")
        for other in self._sources(CAN_ASSUME, name):
            yield _trust("AWS", self.iam.arn("role", other))
        for provider in self._targets(name, "TRUSTS"):
            declared = self.technique.existing[provider]
            self.ids[provider] = self._id(provider, declared)
            action = "WebIdentity" if "OIDC" in declared.existing else "SAML"
            yield _trust("Federated", self.ids[provider], f"sts:AssumeRoleWith{action}")

    def _trusts_account(self, name: str) -> Iterator[Document]:
        """That its account may do with it what the technique does."""
        asked = {one.action for one in self.technique.requires if one.on == name}
        for action in sorted({"sts:AssumeRole", *filter(_OF_SESSIONS, asked)}):
            yield _trust("AWS", f"arn:aws:iam::{ACCOUNT}:root", action)

    def _user_details(self, name: str) -> dict[str, Any]:
        return {"groups": list(self._targets(name, "MEMBER_OF")), **self._details(name)}

    def _details(self, name: str) -> dict[str, Any]:
        """The policies of a principal."""
        boundary = next(self._ids(self._targets(name, "BOUNDED_BY")), "")
        if self.technique.gain == ("unbounded", name) and not boundary:
            own = self._statements if name == SELF else []
            boundary = self.iam.managed("limit", policy(*own, allow("s3:*")))
        attached = self._attached(name)
        return {"attached": attached, "boundary": boundary}

    def _attached(self, name: str) -> list[str]:
        """The managed policies that it must have."""
        return [self.ids[each] for each in self._targets(name, "HAS_POLICY") if each in self.ids]

    def _ids(self, names: Iterable[str]) -> Iterator[str]:
        return (self.ids[name] for name in names)

    def _make_resources(self) -> None:
        others = {
            name: each for name, each in self.technique.existing.items() if each.existing not in IAM
        }
        for name, each in others.items():
            self.ids.setdefault(name, self._id(name, each))
        for name, each in others.items():
            read = (ACCOUNT, OTHER) if self._is_moving else (ACCOUNT,)
            if each.existing == CONTROL_POLICY or self.ids[name] in (*read, IMPORTED):
                parts = self._named_parts(name, MODELS[each.existing])
                self.known[self.ids[name]] = {**parts, **_state(each)}
            else:
                self.resources.append(self._resource(name, each))
        if self._is_moving:
            self.known[OTHER] |= self._place()
            unit, guard = self._unit_that_denies()
            self.resources = [each for each in self.resources if each.id != unit.id]
            self.resources += [unit, guard]
        if any(requirement.part for requirement in self.technique.requires):
            bucket = MODELS["AWSS3Bucket"]
            self.resources.append(bucket.unread(HERE, id=PARTS, name=PARTS_NAME, policy=""))

    def _place(self) -> dict[str, str]:
        """Where the account lies in its organization."""
        name = self.technique.gain.resource
        (unit,), (organization,) = self._targets(name, "PART_OF"), self._targets(name, "MEMBER_OF")
        return {"parent": self.ids[unit], "organization": self.ids[organization]}

    def _unit_that_denies(self) -> tuple[AWSResource, AWSResource]:
        """The unit that the account lies in, with a policy."""
        (name,) = self._targets(self.technique.gain.resource, "PART_OF")
        (parent,) = self._of("AWSOrganization")
        guard = MODELS[CONTROL_POLICY].unread(
            HERE,
            id=f"arn:aws:organizations::{ACCOUNT}:policy/o-1/service_control_policy/p-1",
            type="SERVICE_CONTROL_POLICY",
            document=policy(DENIED),
        )
        unit = MODELS["AWSOrganizationalUnit"].unread(
            HERE, id=self.ids[name], parent=self.ids[parent], policies=[guard.id]
        )
        return unit, guard

    def _of(self, label: str) -> list[str]:
        return [name for name, each in self.technique.existing.items() if each.existing == label]

    def _resource(self, name: str, each: Existing) -> AWSResource:
        model = MODELS[each.existing]
        fields = {field: _listed(model, field) for field in model.references}
        fields |= {**self._named_parts(name, model), **_state(each)}
        if policy_field := model.own_policy:
            key = policy(
                {**_trust("AWS", f"arn:aws:iam::{ACCOUNT}:root", "kms:*"), "Resource": "*"}
            )
            fields[policy_field.name] = key if each.existing == "AWSKMSKey" else ""
        for relation in self.technique.relations:
            if relation.from_ == name and relation.edge != RUNS_AS:
                fields |= self._reference(model, relation.edge, relation.to)
            if relation.to == name:
                fields |= self._inverse(model, relation.edge, relation.from_)
        if role := next(self._ids(self._targets(name, RUNS_AS)), ""):
            fields |= self._running(model, each, role)
        elif each.service_principals or each.runs_as:
            fields |= self._running(model, each, self.iam.arn("role", "carried"))
        parts = Identity.of(model.identity).parse(self.ids[name]) or {}
        fields = {key: each for key, each in parts.items() if key in model.model_fields} | fields
        return model.unread(HERE, **{**fields, "id": self.ids[name]})

    def _named_parts(self, name: str, model: type[AWSResource]) -> dict[str, Any]:
        """The fields that say what the technique asks for besides the resource itself."""
        parts = [one.part for one in self.technique.requires if one.on == name and one.part]
        given = {"id", "account", "region"}
        fields = {field for part in parts for field in fields_of(part)} - given
        return {
            field: _listed(model, field, PARTS if field in model.references else _PART)
            for field in fields
        } | ({"target_account": ACCOUNT} if "target_account" in fields else {})

    def _running(self, model: type[AWSResource], each: Existing, role: str) -> dict[str, Any]:
        """The field by which it runs as a role, through a profile where it takes one."""
        via = each.runs_as[0] if each.runs_as else ""
        for name, reference in model.references.items():
            if (via and name != via) or (not via and reference.rel != RUNS_AS):
                continue
            if "AWSInstanceProfile" in reference.labels:
                return {name: _listed(model, name, self._profile(role))}
            return {name: _listed(model, name, self._key("AWSRole", role, reference.by))}
        return {}

    def _profile(self, role: str) -> str:
        model = MODELS["AWSInstanceProfile"]
        made = model.unread(HERE, name="carrier", path="/", roles=[role])
        if made.id not in {one.id for one in self.resources}:
            self.resources.append(made)
        return str(made.id)

    def _reference(self, model: type[AWSResource], edge: str, other: str) -> dict[str, Any]:
        """The field by which it has an edge to another resource; none if that one tells of it."""
        label = self._label(other)
        for name, reference in model.references.items():
            if reference.rel == edge and label in reference.labels and not reference.inverse:
                return {name: _listed(model, name, self._key(label, self.ids[other], reference.by))}
        if _told_by(MODELS[label], edge, model.label):
            return {}
        raise LookupError(f"{model.label} has no edge {edge} to {label}")

    def _inverse(self, model: type[AWSResource], edge: str, other: str) -> dict[str, Any]:
        """The field by which it tells that another resource has an edge to it, if it does."""
        label = self._label(other)
        name = _told_by(model, edge, label)
        if not name:
            return {}
        key = self._key(label, self.ids[other], model.references[name].by)
        return {name: _listed(model, name, key)}

    def _key(self, label: str, id_: str, by: tuple[str, ...]) -> str:
        """What a reference names a resource by."""
        if "id" in by:
            return id_
        parts = Identity.of(MODELS[label].identity).parse(id_) or {}
        if by[0] in parts:
            return parts[by[0]]
        self.known.setdefault(id_, {})[by[0]] = id_
        return id_

    def _id(self, name: str, each: Existing) -> str:
        model = MODELS[each.existing]
        if each.existing == CONTROL_POLICY:
            return f"arn:aws:organizations::{ACCOUNT}:policy/imported/service_control_policy/0-1"
        if each.existing == "AWSOrganization" and self._of(CONTROL_POLICY):
            return IMPORTED
        elsewhere = each.elsewhere and each.existing == "AWSAccount"
        account = OTHER if elsewhere else ACCOUNT
        given = {"partition": "aws", "region": REGION, "account": account, "path": "/"}
        numbers = {
            field: "1"
            for field, info in model.model_fields.items()
            if "int" in str(info.annotation)
        }
        return model.identity.format_map(_Filled({**numbers, **given}, name.replace("_", "-")))

    def _know(self, name: str, each: Existing) -> None:
        """Reads what is asked of a principal, in addition to its edges."""
        references = MODELS[each.existing].references
        state = _state(each)
        self.known[self.ids[name]] = {
            field: value for field, value in state.items() if field not in references
        }

    def _is_met(self, name: str, asked: str) -> bool:
        left = self._left_out
        return not isinstance(left, Condition) or left[:2] != (name, asked)


class _Filled(dict[str, str]):
    def __init__(self, given: Mapping[str, str], name: str) -> None:
        super().__init__(given)
        self._name = name

    def __missing__(self, key: str) -> str:
        return self._name


def _state(each: Existing) -> dict[str, Any]:
    """The fields of a resource as the technique asks."""
    return {where.field: satisfying(where) for where in each.where}


def satisfying(where: Where) -> Any:
    """A value of a field that a condition holds for."""
    if where.is_ is not None:
        return where.is_
    if where.in_ is not None:
        return where.in_[0]
    if where.not_in is not None:
        return 1 if all(isinstance(each, int) for each in where.not_in) else "something"
    if where.contains is not None:
        return [where.contains]
    return ["one"] * (where.count_at_least or 0)


def failing(where: Where) -> Any:
    """A value of a field that a condition does not hold for."""
    if where.is_ is not None:
        return _other(where.is_)
    if where.in_ is not None:
        return _other(where.in_[0])
    if where.not_in is not None:
        return where.not_in[0]
    if where.count_below is not None:
        return ["one"] * where.count_below
    return []


def _other(value: bool | int | str) -> bool | int | str:
    """A value of the same type that no technique asks for."""
    if isinstance(value, bool):
        return not value
    return value + 1000 if isinstance(value, int) else f"not {value}"


def _told_by(model: type[AWSResource], edge: str, label: str) -> str:
    """The field of a model by which it tells of edges that lead to it; empty if there is none."""
    for name, reference in model.references.items():
        if reference.rel == edge and label in reference.labels and reference.inverse:
            return name
    return ""


def _if_tagged(requirement: Requirement) -> Document:
    """The condition by which a permission is given on what has a tag, if the attacker sets it."""
    keys = [key for key in requirement.context if key == "aws:ResourceTag/{tag}"]
    condition = {"StringEquals": {key.format(tag="open"): "yes" for key in keys}}
    return {"Condition": condition} if keys else {}


def _listed(model: type[AWSResource], field: str, *values: str) -> Any:
    """What a reference holds, of one value or none."""
    is_list = "list" in str(model.model_fields[field].annotation)
    return [*values] if is_list else "".join(values)


def _trust(kind: str, who: str, action: str = "sts:AssumeRole") -> Document:
    return {"Effect": "Allow", "Principal": {kind: who}, "Action": action}
