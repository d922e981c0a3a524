"""A service of Cloud Run called `s`, and roles on resources."""

from typing import Any

from clew.collectors.gcp.iam import Role
from clew.collectors.gcp.iam_policies import PolicyBinding
from clew.collectors.gcp.run import CloudRunService
from clew.graph.model import Resource
from support.gcp_estates import PROJECT, resource

SERVICE = f"//run.googleapis.com/projects/{PROJECT}/locations/l/services/s"
INVOKE = "run.routes.invoke"


def granted(
    permissions: list[str] | None,
    on: str,
    member: str = "allUsers",
    condition: str = "",
) -> list[Resource]:
    """A role for somebody on a resource."""
    role = "//iam.googleapis.com/roles/r"
    return [
        resource(Role, role, account="google", role="roles/r", permissions=permissions),
        resource(
            PolicyBinding,
            f"{on}/iamPolicyBindings/b",
            name="roles/r",
            scope=on,
            granted_on=on,
            role=role,
            members=[member],
            condition=condition,
        ),
    ]


def run(**fields: Any) -> Any:
    known = {
        "ingress": "INGRESS_TRAFFIC_ALL",
        "invoker_iam_disabled": False,
        "default_uri_disabled": False,
        "iap_enabled": False,
    }
    return resource(CloudRunService, SERVICE, **{**known, **fields})
