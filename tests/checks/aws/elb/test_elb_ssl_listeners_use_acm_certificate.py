"""Certificates that renew themselves, and those that do not."""

from clew.collectors.aws.acm import Certificate
from clew.collectors.aws.elb import Listener, LoadBalancer
from clew.graph.model import Location, Resource
from support.judging import ACCOUNT, REGION, Estate, verdicts

CHECK = "elb_ssl_listeners_use_acm_certificate"
HERE = Location(ACCOUNT, REGION, "aws")


def certificate(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:acm:{REGION}:{account}:certificate/{name}"


def balancer(name: str, *listeners: tuple[int, str, str]) -> list[Resource]:
    return [
        LoadBalancer.load({"LoadBalancerName": name}, HERE, access_log_bucket=""),
        *(
            Listener.load(
                {
                    "Listener": {
                        "LoadBalancerPort": port,
                        "Protocol": protocol,
                        "SSLCertificateId": arn,
                    }
                },
                HERE,
                load_balancer_name=name,
            )
            for port, protocol, arn in listeners
        ),
    ]


def issued(name: str, type_: str | None) -> Resource:
    raw = {"CertificateArn": certificate(name), "DomainName": name}
    return Certificate.load(raw, HERE, certificate_id=name, type=type_)


def test_each_listener_is_judged_by_its_certificate() -> None:
    estate = Estate(
        [
            *balancer("good", (443, "HTTPS", certificate("amazon"))),
            *balancer("own", (443, "SSL", certificate("private"))),
            *balancer("imported", (443, "HTTPS", certificate("imported"))),
            *balancer("old", (443, "HTTPS", f"arn:aws:iam::{ACCOUNT}:server-certificate/x")),
            *balancer("plain", (80, "HTTP", "")),
            *balancer("blind", (443, "HTTPS", certificate("unread"))),
            *balancer("dangling", (443, "HTTPS", certificate("deleted"))),
            *balancer(
                "two",
                (443, "HTTPS", certificate("amazon")),
                (8443, "HTTPS", certificate("imported")),
            ),
            issued("amazon", "AMAZON_ISSUED"),
            issued("private", "PRIVATE"),
            issued("imported", "IMPORTED"),
            issued("unread", None),
        ]
    )
    assert verdicts(CHECK, estate) == {
        "good → amazon": "PASS",
        "own → private": "PASS",
        "imported → imported": "FAIL",
        "old": "FAIL",
        "blind → unread": ("MANUAL", "UNREADABLE_FIELD"),
        "dangling → deleted": ("MANUAL", "NOT_FOUND"),
        "two → amazon": "PASS",
        "two → imported": "FAIL",
    }


def test_certificates_that_were_not_listed_are_manual() -> None:
    estate = Estate(
        balancer("any", (443, "HTTPS", certificate("amazon"))), unread=["AWSACMCertificate"]
    )
    assert verdicts(CHECK, estate) == {"any → amazon": ("MANUAL", "UNREADABLE")}
