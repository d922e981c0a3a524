"""Instances whose ports for administration, file sharing and data the internet can reach."""

from typing import NamedTuple

from ...check import Category, Check, Severity
from ...reach import WORDS, on_ports, reached


class _Service(NamedTuple):
    id: str
    name: str
    tcp: tuple[int, ...]
    udp: tuple[int, ...]
    why: str


_SERVICES = (
    _Service(
        "cassandra",
        "Cassandra",
        (7000, 7001, 7199, 9042, 9160),
        (),
        "Cassandra ships without authentication, and its JMX port runs anybody's code.",
    ),
    _Service(
        "cifs",
        "SMB and CIFS",
        (139, 445),
        (137, 138),
        "Worms have spread over file sharing for twenty years, and passwords can be guessed.",
    ),
    _Service(
        "elasticsearch_kibana",
        "Elasticsearch and Kibana",
        (5601, 9200, 9300),
        (),
        "Open search clusters are found within hours, copied and held to ransom.",
    ),
    _Service(
        "ftp",
        "FTP",
        (20, 21),
        (),
        "FTP sends passwords and files in the clear.",
    ),
    _Service(
        "kafka",
        "Kafka",
        (9092,),
        (),
        "Anyone reaching a broker's plain listener reads and writes every topic it does not guard.",
    ),
    _Service(
        "kerberos",
        "Kerberos",
        (88, 464, 749, 750),
        (88, 464, 750),
        "Accounts can be enumerated and tickets collected to crack passwords offline.",
    ),
    _Service(
        "ldap",
        "LDAP",
        (389, 636),
        (389,),
        "A directory tells who there is to attack, and over UDP it amplifies floods.",
    ),
    _Service(
        "memcached",
        "Memcached",
        (11211,),
        (11211,),
        "Memcached asks nobody for a password, and over UDP it amplifies floods.",
    ),
    _Service(
        "mongodb",
        "MongoDB",
        (27017, 27018),
        (),
        "Open databases are found within hours, copied and held to ransom.",
    ),
    _Service(
        "mysql",
        "MySQL",
        (3306,),
        (),
        "A password is all that stands between the data and everyone.",
    ),
    _Service(
        "oracle",
        "Oracle",
        (1521, 2483, 2484),
        (),
        "The listener names the databases behind it, whose passwords can then be guessed.",
    ),
    _Service(
        "postgresql",
        "PostgreSQL",
        (5432,),
        (),
        "A password is all that stands between the data and everyone.",
    ),
    _Service(
        "rdp",
        "RDP",
        (3389,),
        (3389,),
        "Remote desktops are the most common entry point of ransomware.",
    ),
    _Service(
        "redis",
        "Redis",
        (6379,),
        (),
        "Redis without a password writes files for anyone who connects, and so runs their code.",
    ),
    _Service(
        "sqlserver",
        "SQL Server",
        (1433, 1434),
        (1434,),
        "Guessing the password of its administrator ends with commands on the machine.",
    ),
    _Service(
        "ssh",
        "SSH",
        (22,),
        (),
        "Every stolen key, guessed password or flaw of the server is a login from anywhere.",
    ),
    _Service(
        "telnet",
        "Telnet",
        (23,),
        (),
        "Telnet sends passwords in the clear, and its hosts are scanned for without pause.",
    ),
)


def _check(service: _Service) -> Check:
    ports = ", ".join(
        f"{protocol} {', '.join(map(str, numbers))}"
        for protocol, numbers in (("TCP", service.tcp), ("UDP", service.udp))
        if numbers
    )
    return Check(
        id=f"ec2_instance_port_{service.id}_exposed_to_internet",
        title=f"No instance can be reached from the internet on the ports of {service.name}",
        provider="aws",
        service="ec2",
        severity=Severity.CRITICAL,
        categories=(Category.EXPOSURE,),
        resource="AWSEC2Instance",
        what=(
            f"No packet from the internet arrives at the instance on {ports}, neither at a public "
            "address of its own nor through a load balancer (the load balancer's port may be "
            "another). Security groups, prefix lists, network ACLs and routes all have their say; "
            "docs/exposure.md tells how. Where one of them could not be read the verdict is "
            "MANUAL."
        ),
        why=service.why,
        remediation=(
            "Let only those in who need it: aws ec2 revoke-security-group-ingress for the rule "
            "named in the evidence. For administration use Session Manager or a VPN instead."
        ),
        passes=f"Instance {{resource}} cannot be reached from the internet on {ports}.",
        fails=(
            f"Instance {{resource}} can be reached from the internet for {service.name} {WORDS}."
        ),
        rule=reached(
            "AWSEC2Instance",
            only="resource.state IS NULL OR NOT resource.state IN ['shutting-down', 'terminated']",
            on=on_ports(service.tcp, service.udp),
            severity="CASE reach.path WHEN 'load balancer' THEN 'high' ELSE 'critical' END",
        ),
        references=(
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-rules-reference.html",
        ),
        compliance=("AWS FSBP: EC2.19",),
    )


family = tuple(_check(service) for service in _SERVICES)
