"""The relationship types: few, read from subject to object, each meaning one thing everywhere."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Relationship(NamedTuple):
    """What a relationship type says, and the properties its edges carry in addition to ``via``."""

    meaning: str
    properties: Mapping[str, type] = MappingProxyType({})


RELATIONSHIPS: dict[str, Relationship] = {
    "ADMINISTERS": Relationship(
        "the subject may do in the object, an account, whatever it likes",
        {"reason": str, "conditions": list[str], "evidence": str},
    ),
    "ALLOWS_FROM": Relationship("a rule lets traffic in from the object"),
    "ALLOWS_TO": Relationship("a rule lets traffic out to the object"),
    "APPROVED_BY": Relationship("the object may approve what is asked for under the subject"),
    "ATTACHED_TO": Relationship("the subject is plugged into the object"),
    "AUDITS": Relationship("the subject records the object's data events"),
    "BACKS_UP": Relationship("the subject is a copy of the object, kept to restore it"),
    "BOUNDED_BY": Relationship("the object limits what policies can grant to or on the subject"),
    "CAN_ACCESS": Relationship(
        "the subject, which is outside the scan, can read the object's data",
        {"permissions": list[str], "conditions": list[str], "evidence": str},
    ),
    "CAN_ASSUME": Relationship(
        "the subject can take on the object, a role",
        {"targets": int, "conditions": list[str], "evidence": str},
    ),
    "CAN_ESCALATE_TO": Relationship(
        "the subject can take over the object, by a technique",
        {
            "technique": str,
            "difficulty": int,
            "permissions": list[str],
            "conditions": list[str],
            "yields": str,
            "admin": bool,
            "targets": int,
            "evidence": str,
        },
    ),
    "CAN_REACH": Relationship(
        "packets from the subject arrive at the object",
        {
            "protocol": str,
            "from_port": int,
            "to_port": int,
            "address_family": str,
            "path": str,
            "unread": list[str],
            "evidence": str,
        },
    ),
    "CONNECTS_TO": Relationship("the subject is a way to the object, a service, from elsewhere"),
    "COVERS": Relationship("the subject holds for the object, or for what it lists"),
    "DEAD_LETTERS_TO": Relationship("what the subject cannot deliver goes to the object"),
    "DELIVERS_TO": Relationship("the subject hands what it receives on to the object"),
    "ENCRYPTED_BY": Relationship("the object is the key that encrypts the subject"),
    "EXCLUDES": Relationship("the subject does not hold for the object, or for what it lists"),
    "FORWARDS_TO": Relationship("the subject passes requests on to the object"),
    "GRANTED_TO": Relationship("the subject is a grant, the object holds it"),
    "GRANTS_ON": Relationship("the subject is a grant, the object is what it opens"),
    "GRANTS_ROLE": Relationship("the subject is a grant, the object is the role that it gives"),
    "HAS_POLICY": Relationship("the object is a policy attached to the subject"),
    "IN_ACCOUNT": Relationship("the subject belongs to the object, an account or a part of one"),
    "IN_NETWORK": Relationship("the subject lies in the object, a virtual network"),
    "IN_SUBNET": Relationship("the subject lies in the object, a subnet"),
    "INVOKES": Relationship("the subject runs the object's code"),
    "LOGS_TO": Relationship("the subject writes its logs to the object"),
    "MANAGES": Relationship("the subject made the object for its own use, and keeps it"),
    "MEMBER_OF": Relationship("the subject is a member of the object"),
    "NOTIFIES": Relationship("the subject sends its events to the object"),
    "OWNED_BY": Relationship("the object is an owner of the subject, and may change it"),
    "PART_OF": Relationship("the subject exists only within the object"),
    "PEERS_WITH": Relationship("the subject's network is joined with the object's"),
    "PROTECTED_BY": Relationship("the object filters the subject's traffic"),
    "READS_FROM": Relationship("the subject takes its input from the object"),
    "REPLICATES_TO": Relationship("the subject copies its data to the object"),
    "RESOLVES_TO": Relationship("the subject is a name that leads to the object"),
    "ROUTES_TO": Relationship("the subject sends traffic on by way of the object"),
    "RUNS_AS": Relationship("what the subject runs has the object's identity and credentials"),
    "RUNS_CODE_FROM": Relationship("who writes to the object decides what the subject runs"),
    "SCALES": Relationship("the subject sets the object's capacity"),
    "SERVES_FROM": Relationship("the subject serves content that it takes from the object"),
    "TRUSTS": Relationship("the subject lets the object assume it"),
    "USES_CERTIFICATE": Relationship("the subject proves its identity with the object"),
    "USES_IMAGE": Relationship("the subject runs from the object, a machine or container image"),
    "USES_LAYER": Relationship("the subject runs the object's code together with its own"),
    "USES_ROLE": Relationship(
        "a cloud service uses the object, a role, for the subject, whose code cannot"
    ),
    "USES_SECRET": Relationship("the subject reads the object, a secret"),
    "WATCHES": Relationship("the subject raises an alarm on the object"),
}

DERIVED = frozenset(name for name, one in RELATIONSHIPS.items() if one.properties)
"""The types of the edges that derivations write: only what Clew works out has properties."""
