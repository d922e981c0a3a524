"""What gives a principal something: a directory role, an app role on Microsoft Graph, ownership."""

from typing import NamedTuple

from ...logic import Truth

TENANT, UNIT, OBJECT, OWNED = "tenant", "unit", "object", "owned"
"""Kinds of scope: all of the tenant, what is in a unit, one object, or what somebody owns."""

ROLE, CUSTOM_ROLE, APP_ROLE, OWNED_APP_ROLE, OWNERSHIP = (
    "role",
    "custom role",
    "app role",
    "owned app role",
    "ownership",
)
"""How a power is held: by a directory role of Microsoft's or of the tenant's own, by an app role on
Microsoft Graph, by one that holds for what its holder owns, or as an owner."""


class Power(NamedTuple):
    """What is given, however it is held; equal ones decide alike."""

    called: str
    """In words: ``Helpdesk Administrator``."""
    actions: frozenset[str]
    kind: str = ""
    """How it is held: see ``ROLE`` and the others; empty if that is not known."""
    is_certain: bool = True
    """All that it allows is known."""
    resets: frozenset[str] = frozenset()
    """Ids of the only roles that users may hold on whom it is used."""
    resets_everybody: bool = False
    over_units: bool = True
    """It holds where it is given over an administrative unit."""
    condition: str = ""
    """The condition of a role's own that is not understood."""


class Grant(NamedTuple):
    """That somebody holds a power somewhere."""

    power: Power
    scope: str
    """Kind of scope."""
    on: str = ""
    """Id of the unit, of the object, or of whose things they are; empty for the tenant."""
    needs_reading: bool = False
    """The holder is a guest or a service principal, and a unit's things are all that it sees."""
    evidence: tuple[str, ...] = ()
    """Ids of what it comes from: the assignment, and the group that holds it."""
    truth: Truth = True
    """Whether it is held at all; None if that could not be read."""
    doubt: str = ""
    """What could not be read then."""


OF_GROUP_OWNERS = Power(
    "owner",
    frozenset(
        "microsoft.directory/" + each
        for kind in ("groups", "groupsAssignableToRoles")
        for each in (f"{kind}/members/update", f"{kind}/owners/update", f"{kind}/basic/update")
    ),
    OWNERSHIP,
)
OF_APPLICATION_OWNERS = Power(
    "owner",
    frozenset(
        f"microsoft.directory/{kind}/{each}/update"
        for kind in ("applications", "agentIdentityBlueprints")
        for each in ("credentials", "owners", "basic", "permissions", "authentication")
    ),
    OWNERSHIP,
)
OF_SERVICE_PRINCIPAL_OWNERS = Power(
    "owner",
    frozenset(
        f"microsoft.directory/servicePrincipals/{each}/update"
        for each in ("credentials", "owners", "basic", "appRoleAssignedTo")
    ),
    OWNERSHIP,
)
