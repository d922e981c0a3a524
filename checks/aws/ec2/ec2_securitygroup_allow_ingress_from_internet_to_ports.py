"""Security groups that open well-known ports to the internet."""

from typing import NamedTuple

from ....graph.exposure.protocols import TCP
from ....graph.intervals import Ranges
from ...check import Category, Check, Severity, Traversal
from .openings import GROUP, RULE, Opening, judged


class _Ports(NamedTuple):
    id: str
    name: str
    ports: tuple[int, ...]
    severity: Severity = Severity.HIGH
    compliance: tuple[str, ...] = ("AWS FSBP: EC2.19",)


_PORTS = (
    _Ports("tcp_port_22", "SSH", (22,), compliance=("AWS FSBP: EC2.13",)),
    _Ports("tcp_port_3389", "RDP", (3389,), compliance=("AWS FSBP: EC2.14",)),
    _Ports("tcp_port_cassandra_7199_9160_8888", "Cassandra", (7199, 8888, 9160)),
    _Ports(
        "tcp_port_elasticsearch_kibana_9200_9300_5601",
        "Elasticsearch and Kibana",
        (5601, 9200, 9300),
    ),
    _Ports("tcp_port_ftp_20_21", "FTP", (20, 21)),
    _Ports("tcp_port_kafka_9092", "Kafka", (9092,)),
    _Ports("tcp_port_memcached_11211", "Memcached", (11211,)),
    _Ports("tcp_port_mongodb_27017_27018", "MongoDB", (27017, 27018)),
    _Ports("tcp_port_mysql_3306", "MySQL", (3306,)),
    _Ports("tcp_port_oracle_1521_2483", "Oracle", (1521, 2483)),
    _Ports("tcp_port_postgres_5432", "PostgreSQL", (5432,)),
    _Ports("tcp_port_redis_6379", "Redis", (6379,)),
    _Ports("tcp_port_sql_server_1433_1434", "SQL Server", (1433, 1434)),
    _Ports("tcp_port_telnet_23", "Telnet", (23,)),
    _Ports(
        "high_risk_tcp_ports",
        "services that are attacked often",
        (25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088),
        Severity.CRITICAL,
    ),
)


def _rule(ports: tuple[int, ...]) -> Traversal:
    wanted = Ranges((port, port) for port in ports)

    def asked(opening: Opening) -> Opening:
        return opening.among(wanted if opening.protocol == TCP else Ranges())

    return judged(asked)


def _check(data: _Ports) -> Check:
    numbers = ", ".join(map(str, data.ports))
    return Check(
        id=f"ec2_securitygroup_allow_ingress_from_internet_to_{data.id}",
        title=f"No security group lets the internet in on TCP {numbers}",
        provider="aws",
        service="ec2",
        severity=data.severity,
        categories=(Category.EXPOSURE,),
        resource=GROUP,
        what=(
            f"No rules of the security group together let the internet in on any of the TCP ports "
            f"of {data.name} ({numbers}): IPv4, IPv6 and prefix lists, whole or in parts "
            "(docs/exposure.md says what counts as the internet). Every group is judged, also one "
            "that nothing uses yet, and whatever other checks say of it."
        ),
        why=("The group is one attached interface with a public address away from an open port."),
        remediation=(
            "Revoke the rules named in the evidence (aws ec2 revoke-security-group-ingress) and "
            "name the networks or groups that need the port instead."
        ),
        passes=f"Security group {{resource}} does not let the internet in on TCP {numbers}.",
        fails="Security group {resource} lets the internet in on {ports}.",
        rule=_rule(data.ports),
        pass_requires_listing=(RULE,),
        references=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
        compliance=data.compliance,
    )


family = tuple(_check(data) for data in _PORTS)
