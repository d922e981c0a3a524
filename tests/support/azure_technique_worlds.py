"""The smallest world of Azure in which a technique can be taken, made of its own declaration."""

import json
from typing import Any

from clew.graph.attack.azure.role_choices import OWNER
from clew.graph.attack.engine.requirement import SELF, Existing, Relation, Requirement, Where
from clew.graph.attack.engine.technique import Technique
from clew.graph.exposure.reach import CAN_REACH
from clew.graph.model import Internet
from support.azure_worlds import OWNER as EVERYTHING
from support.azure_worlds import AzureWorld
from support.technique_conditions import Condition, LeftOut
from support.technique_estates import failing, satisfying

ACTOR = "actor"
SUB = "/subscriptions/s"
GROUP = f"{SUB}/resourcegroups/rg"
OWN_IDS = {
    "AzureSubscription": "/subscriptions/s",
    "AzureResourceGroup": f"{SUB}/resourcegroups/other",
    "AzureManagementGroup": "/providers/microsoft.management/managementgroups/mg",
}
DELEGATED = "b24988ac-6180-42a0-ab88-20f7382dd24c"
ADMINISTRATORS = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
ONLY_OTHERS = (
    "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
    f"ForAnyOfAnyValues:GuidEquals {{{ADMINISTRATORS}}}"
)
"""By which roles may be given, but not the one that makes its holder an administrator at once."""
KINDS = {"EntraUser": "user", "EntraServicePrincipal": "app"}


_ACTIVATED = ("AzureRoleEligibility", "AzureLighthouseDelegation")
"""What itself lets its holder activate it."""


class TechniqueWorld:
    """A subscription in which ``actor`` has the permissions of a technique, less what is left
    out; or, of a condition that is ``unread``, nobody read the field."""

    def __init__(
        self, technique: Technique, left_out: LeftOut = None, *, unread: bool = False
    ) -> None:
        self._technique = technique
        self._left_out = left_out
        self._unread = unread
        self.world = AzureWorld()
        self.world.management_group("mg")
        self.world.subscription("s", "mg")
        self.world.role(EVERYTHING, "Owner", OWNER)
        access = [{"actions": ["Microsoft.Authorization/*"]}]
        self.world.role(access, "User Access Administrator", ADMINISTRATORS)
        self.actor = self.world.principal(ACTOR)
        self.ids = {SELF: self.actor}
        for name, each in technique.existing.items():
            if each.existing != "AzureRoleAssignment":
                self.ids[name] = self._made(name, each)
        for name, each in technique.existing.items():
            if each.existing == "AzureRoleAssignment":
                self.ids[name] = self._assignment(name)
        for relation in technique.relations:
            self._join(relation)
        for requirement in technique.requires:
            if requirement != left_out and not self._is_of_eligibility(requirement):
                condition = ONLY_OTHERS if "RoleDefinitionId" in requirement.context else ""
                self._permit(requirement.action, self.actor, condition)
        if isinstance(left_out, Condition) and left_out.where is None:
            self.world.graph.remove_node(self.ids[left_out.resource])

    def _made(self, name: str, each: Existing) -> str:
        fields = {where.field: self._value(name, where) for where in each.where}
        label = each.existing
        if label in KINDS:
            return self._principal(name, each, fields)
        if label == "EntraGroup":
            return self.world.group(name)
        if label == "AzureRoleEligibility":
            requirement = next(one for one in self._technique.requires if one.on == name)
            other = requirement == self._left_out
            holder = self.world.principal("other") if other else self.actor
            return self.world.assign(holder, EVERYTHING, SUB, eligible=True)
        if label == "AzureLighthouseDelegation":
            delegation = self._delegation()
            if not any(one == self._left_out for one in self._technique.requires):
                self.actor = delegation
            return delegation
        if label == "AzureRoleDefinition":
            role = self.world.role([{"actions": ["*/read"]}], name)
            self.world.graph.nodes[role].update(assignable_scopes=[SUB], **fields)
            return role
        if label in OWN_IDS:
            id_ = OWN_IDS[label]
            if id_ not in self.world.graph:
                self.world.resource(label, id_)
            self.world.graph.nodes[id_].update(fields)
            return id_
        if label == Internet.label:
            return self.world.internet()
        fields = {"rbac_authorization": True, **fields} if label == "AzureKeyVault" else fields
        id_ = f"{GROUP}/providers/microsoft.test/{label.lower()}/{name}"
        return self.world.resource(label, id_, **fields)

    def _principal(self, name: str, each: Existing, fields: dict[str, Any]) -> str:
        """A principal that may do what it has to be allowed itself."""
        principal = self.world.principal(name, KINDS[each.existing], **fields)
        for action in each.can:
            self._permit(action, principal)
        return principal

    def _delegation(self) -> str:
        """A delegation that lets all be activated."""
        role = self.world.role(EVERYTHING, "Everything", DELEGATED)
        return self.world.resource(
            "AzureLighthouseDelegation",
            f"{SUB}/providers/microsoft.managedservices/registrationassignments/offer",
            scope=SUB,
            authorizations="[]",
            eligible_authorizations=json.dumps([{"roleDefinitionId": role}]),
            managed_by="//graph.microsoft.com/tenants/other",
        )

    def _assignment(self, name: str) -> str:
        targets = {each.edge: each.to for each in self._technique.relations if each.from_ == name}
        holder, role = self.ids[targets["GRANTED_TO"]], self.ids[targets["GRANTS_ROLE"]]
        return self.world.assign(holder, None, SUB, role=role)

    def _value(self, name: str, where: Where) -> Any:
        if self._left_out != Condition(name, where):
            return satisfying(where)
        return None if self._unread else failing(where)

    def _join(self, relation: Relation) -> None:
        if relation != self._left_out:
            source, target = self.ids[relation.from_], self.ids[relation.to]
            self.world.graph.add_edge(
                source, target, rel=relation.edge, via=relation.edge.lower(), **_reached(relation)
            )

    def _is_of_eligibility(self, requirement: Requirement) -> bool:
        asked = self._technique.existing.get(requirement.on)
        return asked is not None and asked.existing in _ACTIVATED

    def _permit(self, action: str, principal: str, condition: str = "") -> None:
        name = action.removeprefix("data:")
        kind = "dataActions" if name != action else "actions"
        self.world.assign(principal, [{kind: [name]}], "/", condition=condition)


def _reached(relation: Relation) -> dict[str, Any]:
    """What an edge says of how the internet reaches what it leads to."""
    if relation.edge != CAN_REACH:
        return {}
    port = next(iter(relation.tcp), 443)
    return {
        "protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "address_family": "ipv4",
        "path": "direct",
        "unread": [],
        "evidence": "{}",
    }
