"""The smallest world of Google Cloud in which a technique can be taken, made of its own
declaration."""

from typing import Any

from clew.graph.attack.engine.requirement import SELF, Existing, Relation, Where
from clew.graph.attack.engine.technique import Technique
from support.gcp_worlds import IAM, TREE, GCPWorld
from support.technique_conditions import Condition, LeftOut
from support.technique_estates import failing, satisfying

ORGANIZATION, HOME = f"{TREE}organizations/o", f"{TREE}projects/p"
POOL = "projects/p/locations/global/workloadIdentityPools/w"
MINTING = "iam.serviceAccounts.getAccessToken"


class TechniqueWorld:
    """A project in which ``actor`` has the permissions of a technique, less what is left out; or,
    of a condition that is ``unread``, nobody read the field."""

    def __init__(
        self, technique: Technique, left_out: LeftOut = None, *, unread: bool = False
    ) -> None:
        self._technique = technique
        self._left_out = left_out
        self._unread = unread
        self.world = GCPWorld()
        self.world.scope("organizations/o", name="example.com", customer_id="C1")
        self.world.scope("projects/p", "organizations/o")
        self.actor = self.world.principal("user:actor@example.com")
        self.ids = {SELF: self.actor}
        for name, each in technique.existing.items():
            self.ids[name] = self._made(name, each)
        for relation in technique.relations:
            self._join(relation)
        for requirement in technique.requires:
            if requirement != left_out:
                self.world.grant([self.actor], [requirement.action], ORGANIZATION)
        if isinstance(left_out, Condition) and left_out.where is None:
            self._remove(self.ids[left_out.resource])

    def _made(self, name: str, each: Existing) -> str:
        fields = {where.field: self._value(name, where) for where in each.where}
        label, world = each.existing, self.world
        if label == "GCPServiceAccount":
            id_ = world.principal(f"serviceAccount:{name}@p.iam.gserviceaccount.com")
        elif label == "GCPProject":
            # It may be left out, and nothing else with it that the technique is about.
            is_apart = bool(self._technique.relations)
            id_ = world.scope("projects/t", "organizations/o") if is_apart else HOME
            world.constrain("iam.disableServiceAccountKeyCreation", id_, True)
        elif label == "GCPFolder":
            # Of a folder without a project nothing was listed.
            id_ = world.scope("folders/t", "organizations/o")
            world.graph.remove_edge(HOME, ORGANIZATION)
            world.graph.add_edge(HOME, id_, rel="PART_OF", via="parent")
        elif label == "GCPTagValue":
            world.tag(HOME, "o/env", "test")
            asked = "resource.matchTag('o/env', 'test')"
            world.grant([self.actor], ["storage.buckets.list"], HOME, condition=asked)
            id_ = f"{TREE}tagValues/o/env/test"
        elif label == "GCPFederatedPrincipal":
            id_ = world.principal(f"principal://iam.googleapis.com/{POOL}/subject/s")
        elif label == "GCPRole":
            role = world.role(["storage.buckets.list"], "projects/p/roles/own")
            world.grant([self.actor], None, HOME, role=role)
            id_ = f"{IAM}{role}"
        elif label == "GCPDenyPolicy":
            id_ = world.deny([self.actor], ["storage.googleapis.com/buckets.delete"], HOME)
        else:
            id_ = world.resource(label, f"//test.googleapis.com/projects/p/{label}/{name}", "p")
        world.graph.nodes[id_].update(fields)
        return id_

    def _value(self, name: str, where: Where) -> Any:
        if self._left_out != Condition(name, where):
            return satisfying(where)
        return None if self._unread else failing(where)

    def _join(self, relation: Relation) -> None:
        if relation == self._left_out:
            return
        source, target = self.ids[relation.from_], self.ids[relation.to]
        if relation.edge == "CAN_ASSUME":
            name = source.rpartition("/")[2]
            self.world.grant([f"serviceAccount:{name}"], [MINTING], target)
        else:
            self.world.graph.add_edge(source, target, rel=relation.edge, via=relation.edge.lower())

    def _remove(self, id_: str) -> None:
        graph = self.world.graph
        granting = [
            each
            for each, fields in graph.nodes(data=True)
            if fields["label"] == "GCPPolicyBinding" and id_ == IAM + fields["name"]
        ]
        graph.remove_nodes_from([id_, *granting])
