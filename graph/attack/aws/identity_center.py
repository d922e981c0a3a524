"""Users of IAM Identity Center: which roles they are assigned to, and whence they were taken."""

from collections.abc import Iterator
from typing import NamedTuple

from ...model import Gap
from ...view import GraphView

USER, GROUP, ASSIGNMENT = "AWSSSOUser", "AWSSSOGroup", "AWSSSOAccountAssignment"
READS = frozenset({USER, GROUP, ASSIGNMENT})
"""Labels that decide on who signs in to what."""
BY_ID, BY_NAME = "scim:id", "scim:name"
"""What stands for the issuer where a directory sends its users: known by an id of the directory's,
or by name alone."""


class Assigned(NamedTuple):
    """That a user signs in to a role."""

    user: str
    role: str
    assignment: str


def assigned(view: GraphView) -> Iterator[Assigned]:
    """All of them, by groups too."""
    for assignment in view.labelled(ASSIGNMENT):
        users = {*view.targets(assignment, "user")}
        for group in view.targets(assignment, "group"):
            users.update(view.sources(group, USER, "members"))
        for role in view.targets(assignment, "role"):
            for user in sorted(users):
                if view.get(user, "user_status") != "DISABLED":
                    yield Assigned(user, role, assignment)


def unread_groups(view: GraphView) -> Iterator[Gap]:
    """The groups with a role of which it could not be read who is in them: of these nobody is
    followed."""
    for group in sorted(view.labelled(GROUP)):
        if view.get(group, "members") is None and view.sources(group, ASSIGNMENT, "group"):
            message = f"Who is in {view.name(group)} of IAM Identity Center could not be read."
            yield Gap(message, account=view.get(group, "account") or "")


def assignment_issuer(each: Assigned) -> str:
    """What stands for the issuer of what a user shows by one assignment."""
    return f"{each.assignment}#{each.user}"
