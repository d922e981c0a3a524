"""Amazon MQ: message brokers."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_CALL = "DescribeBroker"


class Broker(AWSResource):
    """A broker (ListBrokers)."""

    label = "AWSMQBroker"
    identity = "arn:{partition}:mq:{region}:{account}:broker:{name}:{broker_id}"

    id: str = field("ARN.", wire="BrokerArn")
    name: str | None = field("Name.", wire="BrokerName")
    broker_id: str | None = field("Id.")
    state: str | None = field("RUNNING …", wire="BrokerState")
    engine_type: str | None = field("ACTIVEMQ or RABBITMQ.", call="-")
    deployment_mode: str | None = field("SINGLE_INSTANCE …")
    created: Timestamp | None = field("When it was made.")
    engine_version: str | None = field("Version of the engine.", call=_CALL)
    authentication_strategy: str | None = field(
        "simple: it has users of its own; ldap; config_managed.", call=_CALL
    )
    user_names: list[str] | None = field("Names of its own users.", call=_CALL)
    publicly_accessible: bool | None = field("It can be reached from the internet.", call=_CALL)
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call=_CALL)
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call=_CALL
    )
    kms_key_id: str | None = ref(
        "AWSKMSKey", by=("id", "key_id", "alias_arns", "aliases"), rel="ENCRYPTED_BY", call=_CALL
    )
    log_groups: list[str] | None = ref("AWSLogGroup", by="name", rel="LOGS_TO", call=_CALL)


class MQ(AWSCollector):
    """Brokers."""

    service = "mq"
    permissions = ("mq:DescribeBroker", "mq:ListBrokers")

    @lists(Broker)
    def brokers(self, api: AWSApi) -> Iterator[Broker]:
        """Brokers."""

        def detailed(raw: dict[str, Any]) -> Broker:
            about = api.read("describe_broker", BrokerId=raw["BrokerId"])
            known = {} if about is None else _known(about)
            return Broker.load(
                raw, api.here, engine_type=answered(raw, "EngineType").upper(), **known
            )

        return api.each(detailed, api.pages("list_brokers", "BrokerSummaries"))


def _known(about: dict[str, Any]) -> dict[str, Any]:
    groups = (answered(about, f"Logs.{kind}LogGroup") for kind in ("General", "Audit"))
    return {
        "engine_version": answered(about, "EngineVersion"),
        "authentication_strategy": answered(about, "AuthenticationStrategy").lower(),
        "user_names": sorted(answered(about, "Users[].Username", [])),
        "publicly_accessible": answered(about, "PubliclyAccessible", False),
        "subnets": answered(about, "SubnetIds", []),
        "security_groups": answered(about, "SecurityGroups", []),
        "kms_key_id": answered(about, "EncryptionOptions.KmsKeyId"),
        "log_groups": sorted({group for group in groups if group}),
        "tags": answered(about, "Tags", {}),
    }
