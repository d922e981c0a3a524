"""AWS Amplify Hosting: apps, whose builds and servers act with roles."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, TaggedResource, answered
from .session import AWSApi


class App(TaggedResource):
    """An app (ListApps). Of its environment only the names are kept, of its build nothing."""

    label = "AWSAmplifyApp"
    identity = "arn:{partition}:amplify:{region}:{account}:apps/{app_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="appArn")
    app_id: str | None = field("Id.")
    platform: str | None = field("WEB, WEB_COMPUTE or WEB_DYNAMIC.")
    repository: str | None = field("Repository that it is built from.")
    default_domain: str | None = field("Domain name it is served under.")
    create_time: Timestamp | None = field("When it was made.")
    environment_names: list[str] | None = field("Names of its environment variables.", call="-")
    enable_basic_auth: bool | None = field("Visitors need a password.")
    service_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="iamServiceRoleArn")
    compute_role: str | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="computeRoleArn")
    branch_names: list[str] | None = field("Branches that it deploys.", call="ListBranches")
    branch_compute_roles: list[str] | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", call="ListBranches"
    )


class Amplify(AWSCollector):
    """Apps with the roles of their branches."""

    service = "amplify"
    permissions = ("amplify:ListApps", "amplify:ListBranches")

    @lists(App)
    def apps(self, api: AWSApi) -> Iterator[App]:
        """Apps."""

        def detailed(raw: dict[str, Any]) -> App:
            branches = api.details("list_branches", "branches", appId=raw["appId"])
            return App.load(
                raw,
                api.here,
                environment_names=sorted(answered(raw, "environmentVariables", {})),
                branch_names=branches and sorted(branch["branchName"] for branch in branches),
                branch_compute_roles=branches
                and sorted({answered(branch, "computeRoleArn") for branch in branches} - {""}),
                tags=raw.get("tags", {}),
            )

        return api.each(detailed, api.pages("list_apps", "apps"))
