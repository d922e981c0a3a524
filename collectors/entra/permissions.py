"""The permissions of Microsoft Graph that calls need (Graph permissions reference)."""

PERMISSIONS = ("Directory.Read.All",)
"""What finding the tenant of a scan needs."""


def permission_of(service: str, operation: str) -> str:  # noqa: ARG001
    """What a call needs."""
    return "Directory.Read.All"
