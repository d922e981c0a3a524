"""The vocabulary every part of Clew shares: resources, references, relationships, coverage."""

from .coverage import Coverage, ListingStatus, Scope, Status, qualified
from .derived import DerivedEdge
from .gap import Gap
from .identity import Identity
from .reference import (
    Document,
    KeyValues,
    PolicyField,
    Reference,
    Timestamp,
    WireError,
    field,
    ref,
)
from .resource import ExternalSubject, Internet, Location, MissingReason, Resource, UnknownResource
from .vocabulary import RELATIONSHIPS, Relationship

__all__ = [
    "RELATIONSHIPS",
    "Coverage",
    "DerivedEdge",
    "Document",
    "ExternalSubject",
    "Gap",
    "Identity",
    "Internet",
    "KeyValues",
    "ListingStatus",
    "Location",
    "MissingReason",
    "PolicyField",
    "Reference",
    "Relationship",
    "Resource",
    "Scope",
    "Status",
    "Timestamp",
    "UnknownResource",
    "WireError",
    "field",
    "qualified",
    "ref",
]
