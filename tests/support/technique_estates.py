"""The smallest estate in which a technique can be taken, made of its own declaration."""

from collections.abc import Iterator, Mapping
from typing import Any

from clew.collectors.aws.base import AWSResource
from clew.collectors.registry import models
from clew.graph.attack.aws.technique import SELF, Existing, Principal, Technique, Where
from clew.graph.authorization.aws.environment import RESOURCE_POLICIES
from clew.graph.model import Identity, Location

from .identities import ACCOUNT, REGION, Document, Identities, allow, policy

HERE = Location(ACCOUNT, REGION, "aws")
ACTOR = "actor"
MODELS = {model.label: model for model in models() if issubclass(model, AWSResource)}


class TechniqueEstate:
    """An account in which ``actor`` has the permissions of a technique, less those left out."""

    def __init__(self, technique: Technique, left_out: str = "") -> None:
        self.technique = technique
        self.iam = Identities()
        self.resources: list[AWSResource] = []
        self.known: dict[str, dict[str, Any]] = {}
        self.ids: dict[str, str] = {}
        self._relations = dict(self._related())
        self._statements = [
            allow(requirement.action)
            for requirement in technique.requires
            if requirement.action != left_out
        ]
        self._make_policies()
        self._make_principals()
        self._make_resources()

    @property
    def labels(self) -> set[str]:
        """What is listed whole."""
        return {
            thing.live for thing in self.technique.things.values() if isinstance(thing, Existing)
        } | {"AWSInstanceProfile"}

    def _related(self) -> Iterator[tuple[tuple[str, str], str]]:
        """The things in relations: the kind and the other thing, to the one that declares it."""
        for name, thing in self.technique.things.items():
            if isinstance(thing, Existing):
                for kind in ("attached_to", "bounds", "carries", "trusted_by"):
                    if other := getattr(thing, kind):
                        yield (kind, other), name

    def _make_policies(self) -> None:
        for name, thing in self.technique.things.items():
            if isinstance(thing, Existing) and thing.live == "AWSPolicy":
                narrow = policy(allow("s3:ListAllMyBuckets"), *self._statements)
                versions = [policy(allow("*"))] if self.technique.yields.as_ == "version" else []
                self.ids[name] = self.iam.managed(name, *versions, narrow)

    def _make_principals(self) -> None:
        for name, thing in self.technique.things.items():
            if isinstance(thing, Principal) and name != SELF:
                self.ids[name] = self._principal(name, thing)
                self._know(self.ids[name], thing.where)
        self.ids[SELF] = self._actor()

    def _actor(self) -> str:
        own = self.technique.things.get(SELF)
        label = own.principal if isinstance(own, Principal) else "AWSUser"
        if ("carries", SELF) in self._relations:
            label = "AWSRole"
        groups = [
            name
            for name, thing in self.technique.things.items()
            if isinstance(thing, Principal) and thing.has_member == SELF
        ]
        bounded = self.technique.yields.as_ == "unbounded"
        boundary = self._of("bounds", SELF)
        if bounded and not boundary:
            boundary = self.iam.managed("limit", policy(*self._statements, allow("s3:*")))
        attached = [one for one in [self._of("attached_to", SELF)] if one]
        if label == "AWSUser":
            return self.iam.user(
                ACTOR, *self._statements, groups=groups, attached=attached, boundary=boundary
            )
        trusts = _trust("AWS", f"arn:aws:iam::{ACCOUNT}:root")
        return self.iam.role(
            ACTOR, *self._statements, trusts=trusts, attached=attached, boundary=boundary
        )

    def _principal(self, name: str, thing: Principal) -> str:
        attached = [one for one in [self._of("attached_to", name)] if one]
        match thing.principal:
            case "AWSUser":
                return self.iam.user(name, attached=attached)
            case "AWSGroup":
                return self.iam.group(name, allow("s3:ListAllMyBuckets"), attached=attached)
        trusts = [_trust("Service", service) for service in thing.trusts]
        trusts += [
            _trust("Federated", provider, "sts:AssumeRoleWithWebIdentity")
            for provider in thing.federates
        ]
        if thing.assumed_by:
            trusts.append(_trust("AWS", self.iam.arn("role", thing.assumed_by)))
        if provider := self._relations.get(("trusted_by", name)):
            kind = self.technique.things[provider]
            assert isinstance(kind, Existing)
            self.ids[provider] = self._id(provider, kind)
            action = "WebIdentity" if "OIDC" in kind.live else "SAML"
            trusts.append(_trust("Federated", self.ids[provider], f"sts:AssumeRoleWith{action}"))
        if not trusts:
            trusts.append(_trust("AWS", f"arn:aws:iam::{ACCOUNT}:root"))
        statements = [allow(action) for action in thing.may[:1]]
        if any(
            isinstance(other, Principal) and other.assumed_by == name
            for other in self.technique.things.values()
        ):
            statements.append(allow("sts:AssumeRole"))
        return self.iam.role(name, *statements, trusts=trusts, attached=attached)

    def _make_resources(self) -> None:
        for name, thing in self.technique.things.items():
            if isinstance(thing, Existing) and thing.live != "AWSPolicy":
                self.ids.setdefault(name, self._id(name, thing))
        for name, thing in self.technique.things.items():
            if isinstance(thing, Existing) and thing.live != "AWSPolicy":
                self.resources.append(self._resource(name, thing))

    def _resource(self, name: str, thing: Existing) -> AWSResource:
        model = MODELS[thing.live]
        fields = {where.field: satisfying(where) for where in thing.where}
        if policy_field := RESOURCE_POLICIES.get(thing.live):
            key = policy(
                {**_trust("AWS", f"arn:aws:iam::{ACCOUNT}:root", "kms:*"), "Resource": "*"}
            )
            fields[policy_field.name] = key if thing.live == "AWSKMSKey" else ""
        if thing.refers_to:
            fields |= self._reference(model, thing.refers_to)
        if thing.carries:
            fields |= self._carrying(model, thing, self.ids[thing.carries])
        elif thing.runs_for or thing.runs_as:
            fields |= self._carrying(model, thing, self.iam.arn("role", "carried"))
        parts = Identity.of(model.identity).parse(self.ids[name]) or {}
        fields = {key: each for key, each in parts.items() if key in model.model_fields} | fields
        return model.unread(HERE, **{**fields, "id": self.ids[name]})

    def _carrying(self, model: type[AWSResource], thing: Existing, role: str) -> dict[str, Any]:
        """The field by which it runs as a role, through a profile where it takes one."""
        via = thing.runs_as[0] if thing.runs_as else ""
        for name, reference in model.references.items():
            if (via and name != via) or (not via and reference.rel != "RUNS_AS"):
                continue
            if "AWSInstanceProfile" in reference.labels:
                profile = self._profile(role)
                return {name: _listed(model, name, profile)}
            if "id" not in reference.by:
                self.known[role] = {reference.by[0]: role}
            return {name: _listed(model, name, role)}
        return {}

    def _profile(self, role: str) -> str:
        model = MODELS["AWSInstanceProfile"]
        made = model.unread(HERE, name="carrier", path="/", roles=[role])
        if made.id not in {one.id for one in self.resources}:
            self.resources.append(made)
        return str(made.id)

    def _reference(self, model: type[AWSResource], other: str) -> dict[str, Any]:
        target = self.technique.things.get(other)
        label = "AWSUser" if target is None else getattr(target, "live", "AWSRole")
        for name, reference in model.references.items():
            if label in reference.labels:
                key = reference.by[0]
                parts = Identity.of(MODELS[label].identity).parse(self.ids[other]) or {}
                value = self.ids[other] if "id" in reference.by else parts[key]
                return {name: _listed(model, name, value)}
        raise LookupError(f"{model.label} does not refer to {label}")

    def _id(self, name: str, thing: Existing) -> str:
        model = MODELS[thing.live]
        given = {"partition": "aws", "region": REGION, "account": ACCOUNT, "path": "/"}
        numbers = {
            field: "1"
            for field, info in model.model_fields.items()
            if "int" in str(info.annotation)
        }
        return model.identity.format_map(_Filled({**numbers, **given}, name.replace("_", "-")))

    def _of(self, kind: str, other: str) -> str:
        name = self._relations.get((kind, other))
        return self.ids[name] if name else ""

    def _know(self, id_: str, conditions: tuple[Where, ...]) -> None:
        self.known[id_] = {where.field: satisfying(where) for where in conditions}


class _Filled(dict[str, str]):
    def __init__(self, given: Mapping[str, str], name: str) -> None:
        super().__init__(given)
        self._name = name

    def __missing__(self, key: str) -> str:
        return self._name


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


def _listed(model: type[AWSResource], field: str, value: str) -> Any:
    return [value] if "list" in str(model.model_fields[field].annotation) else value


def _trust(kind: str, who: str, action: str = "sts:AssumeRole") -> Document:
    return {"Effect": "Allow", "Principal": {kind: who}, "Action": action}
