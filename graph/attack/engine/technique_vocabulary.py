"""How a provider's techniques speak, and what in a technique is not of that provider."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...model import Internet
from .requirement import SELF, Context, Created, Existing
from .technique import ExternalTechnique, Technique


class TechniqueVocabulary(NamedTuple):
    """How a provider's techniques speak: what the schema alone cannot check."""

    provider: str
    principals: tuple[str, ...]
    """Labels of those who act."""
    groups: tuple[str, ...] = ()
    """Labels of what principals are members of."""
    identity: str = ""
    """Label of the principals that resources run as."""
    identity_noun: str = "identity"
    """What such a principal is called."""
    named_by_identity: tuple[tuple[str, str], ...] = ()
    """Labels of which an identity itself says which run as it, with the field that names them all:
    none that was not read does."""
    account: str = ""
    """Label of what administrators administer."""
    controls: tuple[str, ...] = ()
    """Labels of what limits all principals in an account: policies that stand over it, and what it
    lies in."""
    owner: str = "owner"
    """What the owner of an account is called."""
    trust: str = ""
    """The action by which another principal, or a service, acts as a principal."""
    trust_context: Context = ()
    """Condition keys of such a request by a principal that adds nothing to it."""
    federate: str = ""
    """The same with the token of an identity provider."""
    chosen: tuple[str, ...] = ()
    """Placeholders in context keys and their values for what the attacker picks."""
    action: str = r".+"
    """What every action fully matches."""
    label: str = r".+"
    """What every label fully matches."""
    template: str = r".+"
    """What every template of a created resource begins with."""
    service: str = r".+"
    """What every service principal fully matches."""

    def has(self, label: str) -> bool:
        """Whether a label is this provider's."""
        return bool(re.fullmatch(self.label, label))

    def may_be_asked(self, label: str) -> bool:
        """Whether techniques may be about a label: one of this provider's, or the Internet."""
        return label == Internet.label or self.has(label)

    def problems(self, technique: Technique | ExternalTechnique) -> Iterator[str]:
        """What in a technique is not of this provider."""
        if technique.provider != self.provider:
            yield f"provider: it lies among those of {self.provider}"
        if isinstance(technique, Technique):
            yield from self._misspoken(technique)

    def _misspoken(self, technique: Technique) -> Iterator[str]:
        actions = [
            (f"requires.{index}.action", each.action)
            for index, each in enumerate(technique.requires)
        ]
        actions += [
            (f"resources.{name}.can", action)
            for name, each in technique.existing.items()
            for action in each.can
        ]
        actions += [
            (f"resources.{name}.to_itself.{index}.action", own.action)
            for name, each in technique.existing.items()
            for index, own in enumerate(each.to_itself)
        ]
        actions += [
            (f"resources.{name}.tagged_by", each.tagged_by)
            for name, each in technique.created.items()
            if each.tagged_by
        ]
        for index, pattern in enumerate(technique.limited_to):
            actions.append((f"limited_to.{index}", pattern.replace("*", "Any")))
        for index, each in enumerate(technique.requires):
            for name in sorted(each.chosen.difference(self.chosen, technique.picks)):
                yield f"requires.{index}.context: there is no placeholder '{name}'"
        for place, action in actions:
            if not re.fullmatch(self.action, action):
                yield f"{place}: '{action}' is no action of {self.provider}"
        for name, resource in technique.resources.items():
            for choice in technique.picked:
                chosen = resource.choosing(choice) if isinstance(resource, Existing) else resource
                found = self._misfits(chosen)
                yield from (f"resources.{name}.{problem}" for problem in found)
        if technique.actor and technique.actor.existing not in self.principals:
            yield f"resources.{SELF}: only a principal acts"
        member = technique.resources.get(technique.member)
        if technique.member != SELF and _label(member) not in self.principals:
            yield "member: only a principal joins a group"
        yield from self._misgains(technique)

    def _misfits(self, resource: Existing | Created) -> Iterator[str]:
        if isinstance(resource, Existing):
            yield from self._misfits_of_existing(resource)
            return
        if not re.match(self.template, resource.created):
            yield f"created: '{resource.created}' is no identity of {self.provider}"
        if resource.principal not in (None, *self.principals):
            yield f"principal: {resource.principal} is no principal"

    def _misfits_of_existing(self, resource: Existing) -> Iterator[str]:
        if not self.may_be_asked(resource.existing):
            yield f"existing: {resource.existing} is no label of {self.provider}"
        for key in ("trusts", "service_principals"):
            for service in getattr(resource, key):
                if not re.fullmatch(self.service, service):
                    yield f"{key}: '{service}' is no service principal of {self.provider}"
        asks = resource.trusts or resource.federates or resource.can or resource.to_itself
        if asks and resource.existing not in self.principals:
            yield "existing: trust and permissions are asked only of principals"

    def _misgains(self, technique: Technique) -> Iterator[str]:
        kind, name = technique.gain
        label = _label(technique.resources.get(name))
        if name == SELF or kind in ("administrator", "role", "version", "without"):
            return
        if kind == "owner" and label != self.account:
            yield f"gains: as {kind} only an account can be held"
        if kind == "membership" and label not in self.groups:
            yield f"gains: as {kind} only a group can be held"
        if kind == "identity" and label not in self.principals:
            yield f"gains: as {kind} only a principal can be held"
        if kind in ("policies", "unbounded") and label not in (*self.principals, *self.groups):
            yield f"gains: as {kind} only a principal or a group can be held"
        if kind == "tags" and label not in self.principals:
            yield f"gains: as {kind} only a principal can be held"
        if kind in ("control", "data") and label in (*self.principals, *self.groups):
            yield f"gains: as {kind} only a resource can be held"


def _label(resource: Existing | Created | None) -> str:
    """The label of a resource, as far as the declaration says it."""
    if isinstance(resource, Existing):
        return resource.existing
    return (resource.principal or "") if resource else ""
