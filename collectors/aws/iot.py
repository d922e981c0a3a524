"""AWS IoT Core: role aliases, by which devices' certificates are exchanged for credentials."""

from collections.abc import Iterator

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class RoleAlias(AWSResource):
    """A name by which devices ask for a role's credentials (ListRoleAliases)."""

    label = "AWSIoTRoleAlias"
    identity = "arn:{partition}:iot:{region}:{account}:rolealias/{name}"
    wire_case = "camel"

    name: str | None = field("Name.", call="-")
    owner: str | None = field("Account that owns it.", call="DescribeRoleAlias")
    role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS", call="DescribeRoleAlias")
    credential_duration_seconds: int | None = field(
        "How long the credentials are valid.", call="DescribeRoleAlias"
    )
    creation_date: Timestamp | None = field("When it was made.", call="DescribeRoleAlias")
    last_modified_date: Timestamp | None = field(
        "When it was last changed.", call="DescribeRoleAlias"
    )


class IoT(AWSCollector):
    """Role aliases."""

    service = "iot"
    permissions = ("iot:DescribeRoleAlias", "iot:ListRoleAliases", "iot:ListTagsForResource")

    @lists(RoleAlias)
    def role_aliases(self, api: AWSApi) -> Iterator[RoleAlias]:
        """Role aliases with their roles."""

        def detailed(name: str) -> RoleAlias:
            arn = RoleAlias.unread(api.here, name=name).id
            about = api.read("describe_role_alias", roleAlias=name)
            return RoleAlias.load(
                answered(about, "roleAliasDescription") or {},
                api.here,
                name=name,
                tags=api.details("list_tags_for_resource", "tags", resourceArn=arn),
            )

        return api.each(detailed, api.pages("list_role_aliases", "roleAliases"))
