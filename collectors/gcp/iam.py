"""Google Cloud IAM: so far only what other services refer to."""

from ...graph.model import field
from .base import SERVICE_ACCOUNT, GCPResource


class ServiceAccount(GCPResource):
    """A service account."""

    label = "GCPServiceAccount"
    identity = SERVICE_ACCOUNT
    unique_within = "global"

    email: str | None = field("Address.")
