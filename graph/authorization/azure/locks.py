"""What locks stop.

https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
"""

from ...logic import Truth
from .actions import Action

READ_ONLY, NO_DELETE = "ReadOnly", "CanNotDelete"
_OWN = "microsoft.authorization/locks/"


def stopped(level: str | None, action: Action) -> Truth:
    """Whether a lock stops an action: each stops deleting, one that lets only read all else that is
    not reading. It holds for nobody's data, and not for locks themselves."""
    if action.is_data or action.verb == "read" or action.name.startswith(_OWN):
        return False
    if level == NO_DELETE:
        return action.verb == "delete"
    return True if level == READ_ONLY or action.verb == "delete" else None
