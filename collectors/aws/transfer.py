"""AWS Transfer Family: file servers, and as whom their users read and write files."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...graph.model import Document, Location, Resource, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, function_arn
from .session import AWSApi

_SERVER = "DescribeServer"
_USER = "DescribeUser"
_MANAGED = "SERVICE_MANAGED"


class Server(AWSResource):
    """A server for SFTP, FTPS, FTP or AS2 (ListServers)."""

    label = "AWSTransferServer"
    identity = "arn:{partition}:transfer:{region}:{account}:server/{server_id}"

    id: str = field("ARN.", wire="Arn")
    server_id: str | None = field("Id.")
    domain: str | None = field("S3 or EFS: where the files lie.")
    state: str | None = field("ONLINE, OFFLINE …")
    identity_provider_type: str | None = field(
        "SERVICE_MANAGED: it keeps its users itself; else who keeps them: API_GATEWAY, "
        "AWS_DIRECTORY_SERVICE, AWS_LAMBDA."
    )
    endpoint_type: str | None = field("PUBLIC: on the internet; VPC or VPC_ENDPOINT.")
    logging_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    protocols: list[str] | None = field("SFTP, FTPS, FTP, AS2.", call=_SERVER)
    security_policy_name: str | None = field("Name of what sets its cryptography.", call=_SERVER)
    identity_function: str | None = ref("AWSLambda", by="id", rel="INVOKES", call=_SERVER)
    identity_role: str | None = ref("AWSRole", by="id", rel="USES_ROLE", call=_SERVER)
    workflow_roles: list[str] | None = ref("AWSRole", by="id", rel="USES_ROLE", call=_SERVER)
    vpc_endpoint_id: str | None = ref(
        "AWSVpcEndpoint", by="vpc_endpoint_id", rel="ATTACHED_TO", call=_SERVER
    )
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_SERVER
    )
    certificate: str | None = ref(
        "AWSACMCertificate", by="id", rel="USES_CERTIFICATE", call=_SERVER
    )


class User(AWSResource):
    """A user that a server keeps itself (ListUsers)."""

    label = "AWSTransferUser"
    identity = "arn:{partition}:transfer:{region}:{account}:user/{server_id}/{name}"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="UserName")
    server_id: str | None = ref("AWSTransferServer", by="server_id", rel="PART_OF", call="-")
    role: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    ssh_public_key_count: int | None = field("Keys that it may sign in with.")
    home_directory_type: str | None = field(
        "PATH: it may leave its home; LOGICAL: it sees only what is mapped."
    )
    policy: Document | None = field("Session policy that narrows the role.", call=_USER)
    home_buckets: list[str] | None = ref("AWSS3Bucket", by="name", rel="SERVES_FROM", call=_USER)


class Transfer(AWSCollector):
    """Servers with the users that they keep."""

    service = "transfer"
    permissions = (
        "transfer:DescribeServer",
        "transfer:DescribeUser",
        "transfer:ListServers",
        "transfer:ListUsers",
    )

    @lists(Server, User)
    def servers(self, api: AWSApi) -> Iterator[Resource]:
        """Servers and all that is listed by server."""

        def detailed(raw: dict[str, Any]) -> list[Resource]:
            id_ = raw["ServerId"]
            about = api.read("describe_server", ServerId=id_)
            server = _server(raw, about and about["Server"], api.here)
            # No other server keeps users itself.
            managed = server.identity_provider_type == _MANAGED
            users = api.details("list_users", "Users", lists=User, ServerId=id_) if managed else []
            return [server, *(_user(api, each, server) for each in users or [])]

        return chain.from_iterable(api.each(detailed, api.pages("list_servers", "Servers")))


def _server(raw: dict[str, Any], about: dict[str, Any] | None, here: Location) -> Server:
    return Server.load(
        raw,
        here,
        name=raw["ServerId"],
        # What AWS leaves out is as it is if nobody chooses.
        domain=answered(raw, "Domain", "S3"),
        identity_provider_type=answered(raw, "IdentityProviderType", _MANAGED),
        endpoint_type=answered(raw, "EndpointType", "PUBLIC"),
        protocols=answered(about, "Protocols", []),
        security_policy_name=answered(about, "SecurityPolicyName"),
        identity_function=about
        and function_arn(answered(about, "IdentityProviderDetails.Function")),
        identity_role=answered(about, "IdentityProviderDetails.InvocationRole"),
        workflow_roles=_workflow_roles(about),
        vpc_endpoint_id=answered(about, "EndpointDetails.VpcEndpointId"),
        subnet_ids=answered(about, "EndpointDetails.SubnetIds", []),
        certificate=answered(about, "Certificate"),
        tags=answered(about, "Tags", []),
    )


def _workflow_roles(about: dict[str, Any] | None) -> list[str] | None:
    """The roles by which what is uploaded is worked on."""
    if about is None:
        return None
    workflows = answered(about, "WorkflowDetails", {}).values()
    return sorted({one["ExecutionRole"] for each in workflows for one in each})


def _user(api: AWSApi, raw: dict[str, Any], server: Server) -> User:
    answer = api.read("describe_user", ServerId=server.server_id, UserName=raw["UserName"])
    about = answer and answer["User"]
    return User.load(
        raw,
        api.here,
        server_id=server.server_id,
        policy=answered(about, "Policy"),
        home_buckets=_home_buckets(about) if server.domain == "S3" else [],
        tags=answered(about, "Tags", []),
    )


def _home_buckets(about: dict[str, Any] | None) -> list[str] | None:
    """The buckets that a user's home lies in: `/bucket/prefix` or what is mapped into it."""
    if about is None:
        return None
    homes = [
        answered(about, "HomeDirectory"),
        *answered(about, "HomeDirectoryMappings[].Target", []),
    ]
    return sorted({home.strip("/").partition("/")[0] for home in homes} - {""})
