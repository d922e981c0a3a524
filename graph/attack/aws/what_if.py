"""What would be left if a policy, or one statement of it, were taken away."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...view import GraphView

if TYPE_CHECKING:
    import networkx

    from ...schema import Schema

_OWN = ("trust", "policy")
"""What the whole policy of a resource itself is called, after the ``#``."""
_EMPTY = '{"Version": "2012-10-17", "Statement": []}'


class UnknownPolicyError(Exception):
    """What was to be taken away is not there; the message says why."""

    def __init__(self, message: str, name: str = "", known: list[str] | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.known = known or []
        """What may have been meant."""


def remove_policy(graph: "networkx.MultiDiGraph", reference: str) -> None:
    """Takes a policy, or a statement, away from a graph.

    ``POLICY`` is detached from all that has it: an identity policy, or a service or resource
    control policy, by its ARN or unique name. ``POLICY#STATEMENT`` loses that statement, named by
    its Sid or its place from 1. ``RESOURCE#trust`` and ``RESOURCE#policy`` are the trust policy of
    a role and the policy of any other resource itself, ``RESOURCE#STATEMENT`` one statement of it.
    As a permissions boundary a policy stays in force: to take it away would give, not take.

    Raises UnknownPolicyError.
    """
    name, _, part = reference.partition("#")
    id_ = _id(graph, name)
    properties = graph.nodes[id_]
    own = GraphView(graph).own_policies.get(properties["label"])
    field = own.name if own else "document"
    if not part:
        if own:
            raise UnknownPolicyError(
                f"{id_} is not a policy. Its own policy is {whole_policy(graph, id_)}; those "
                "attached to it have ARNs of their own"
            )
        _detach(graph, id_)
        return
    if not isinstance(properties.get(field), str):
        raise UnknownPolicyError(f"The policy of {id_} was not read")
    left = (
        _EMPTY
        if own and part in _OWN
        else _without_statement(id_, properties[field], part, own=own is not None)
    )
    properties[field] = left
    if properties["label"] == "AWSRole":
        _forget_trust(graph, id_, left)


def whole_policy(graph: "networkx.MultiDiGraph", id_: str) -> str:
    """How the whole policy is referred to of which an id is that of the policy, or of the resource
    that it is the own policy of."""
    label = graph.nodes[id_]["label"]
    if label not in GraphView(graph).own_policies:
        return id_
    return f"{id_}#{_OWN[0] if label == 'AWSRole' else _OWN[1]}"


def policies(graph: "networkx.MultiDiGraph") -> Mapping[str, str]:
    """The name of all that can be taken policies from, by id."""
    own = GraphView(graph).own_policies
    return {
        id_: properties.get("name") or id_
        for id_, properties in graph.nodes(data=True)
        if "document" in properties or properties["label"] in own
    }


def policy_labels(schema: "Schema") -> set[str]:
    """The labels of all that can be taken policies from."""
    documents = {label for label, columns in schema.labels.items() if "document" in columns}
    return documents | {*(schema.own_policies or ())}


def _id(graph: "networkx.MultiDiGraph", name: str) -> str:
    known = policies(graph)
    if name in known:
        return name
    if name in graph:
        raise UnknownPolicyError(f"{name} has no policy that can be taken away")
    ids = sorted(id_ for id_, called in known.items() if called == name)
    if len(ids) > 1:
        raise UnknownPolicyError(f"'{name}' can be {' or '.join(ids)}")
    if not ids:
        everything = [*set(known.values()), *known]
        raise UnknownPolicyError(f"There is no policy '{name}'", name, everything)
    return ids[0]


def _detach(graph: "networkx.MultiDiGraph", policy: str) -> None:
    """Takes a policy from all that has it, in edges as in fields."""
    attached = [
        (holder, key, properties.get("via"))
        for holder, _, key, properties in graph.in_edges(policy, keys=True, data=True)
        if properties["rel"] == "HAS_POLICY"
    ]
    for holder, key, field in attached:
        graph.remove_edge(holder, policy, key)
        listed = graph.nodes[holder].get(field)
        if isinstance(listed, list):
            graph.nodes[holder][field] = [each for each in listed if each != policy]


def _without_statement(id_: str, document: str, which: str, *, own: bool) -> str:
    """A policy's text without one statement. In its place stands one that denies nothing, so that
    the others keep their numbers."""
    try:
        policy = json.loads(document)
        statements = policy["Statement"]
    except (ValueError, KeyError, TypeError):
        raise UnknownPolicyError(f"The policy of {id_} cannot be read") from None
    listed: list[Any] = statements if isinstance(statements, list) else [statements]
    sids = [each.get("Sid", "") if isinstance(each, dict) else "" for each in listed]
    if which in sids:
        gone = sids.index(which)
    elif which.isdecimal() and 0 < int(which) <= len(listed):
        gone = int(which) - 1
    else:
        named = [sid or str(place) for place, sid in enumerate(sids, 1)]
        raise UnknownPolicyError(f"The policy of {id_} has no statement '{which}'", which, named)
    inert = {"Effect": "Deny", "Action": "clew:Nothing", "Resource": "*"}
    listed[gone] = inert | {"Principal": "*"} if own else inert
    return json.dumps({**policy, "Statement": listed})


def _forget_trust(graph: "networkx.MultiDiGraph", role: str, trust: str) -> None:
    """Removes the edges to whom a role's trust policy names no more."""
    gone = [
        (trusted, key)
        for _, trusted, key, properties in graph.out_edges(role, keys=True, data=True)
        if properties["rel"] == "TRUSTS"
        and not any(
            name and str(name) in trust
            for name in (trusted, graph.nodes[trusted].get("sessions_arn"))
        )
    ]
    for trusted, key in gone:
        graph.remove_edge(role, trusted, key)
