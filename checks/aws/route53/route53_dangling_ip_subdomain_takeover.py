"""Names that lead to an address or a website which anyone may claim."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...check import Category, Check, Place, Row, Severity, Traversal
from ...neighbours import present, targets
from ..s3.presence import exists

if TYPE_CHECKING:
    import networkx

RECORD, INTERFACE, ADDRESS = "AWSRoute53Record", "AWSNetworkInterface", "AWSElasticIP"
UNKNOWN, BUCKET = "UnknownResource", "AWSS3Bucket"


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    held = set(_held(graph))
    for record in present(graph, RECORD):
        properties = graph.nodes[record]
        if properties["public_addresses"]:
            yield _addresses(graph, record, held)
        if properties["is_s3_website"]:
            yield from _websites(graph, record)


def _held(graph: "networkx.MultiDiGraph") -> Iterator[str]:
    """The public addresses that the scanned accounts hold."""
    for interface in present(graph, INTERFACE):
        properties = graph.nodes[interface]
        yield from properties["public_ip_addresses"] or ()
        yield from properties["ipv6_addresses"] or ()
    for address in present(graph, ADDRESS):
        yield graph.nodes[address]["public_ip"]


def _addresses(graph: "networkx.MultiDiGraph", record: str, held: set[str]) -> Row:
    """Whether an address of EC2's that the record gives is held by nobody who was scanned."""
    properties = graph.nodes[record]
    nobodys = set(properties["public_addresses"]) - held
    of_ec2 = properties["aws_addresses"]
    free = None if of_ec2 is None else nobodys & set(of_ec2)
    return Row(
        record,
        True if not nobodys else None if free is None else not free,
        evidence=[
            each
            for label in (INTERFACE, ADDRESS, UNKNOWN)
            for each in targets(graph, record, "RESOLVES_TO", label)
        ],
        unread=["the list of AWS's address ranges could not be read"] if free is None else (),
        values={"where": ", ".join(sorted(free or properties["public_addresses"]))},
        # Any account may hold it, in the region whose range it lies in.
        listing_scope=[Place(region=each) for each in properties["aws_address_regions"] or [None]],
    )


def _websites(graph: "networkx.MultiDiGraph", record: str) -> Iterator[Row]:
    """Whether the bucket of the website that the record names is there."""
    for bucket in targets(graph, record, "RESOLVES_TO", BUCKET):
        properties = graph.nodes[bucket]
        there = exists(properties)
        yield Row(
            record,
            there,
            undecided_by=bucket if there is None else None,
            evidence=[bucket],
            values={"where": f"the website of bucket {properties['name']}"},
        )


check = Check(
    id="route53_dangling_ip_subdomain_takeover",
    title="No name leads to an address or a website that anyone may claim",
    provider="aws",
    service="route53",
    severity=Severity.HIGH,
    categories=(Category.UNUSED,),
    resource=RECORD,
    what=(
        "The addresses of a public A or AAAA record that lie in EC2's published ranges are held "
        "by a network interface or an elastic IP of one of the scanned accounts, and the bucket of "
        "a website record exists in one of them. Scan all of your accounts together: an address "
        "that another one holds looks free. A website in a bucket that nobody scanned owns is "
        "MANUAL. An address that nobody scanned holds is MANUAL where some account's addresses "
        "could not be listed, where its region was not scanned, and where the published ranges "
        "cannot be fetched."
    ),
    why=(
        "EC2 gives a released address to the next who asks. Anyone who gets it, or makes a bucket "
        "of the name, speaks for your domain: phishing, stolen cookies, certificates."
    ),
    remediation=(
        "Delete the record, or point it at something you hold: aws route53 "
        "change-resource-record-sets --hosted-zone-id ZONE --change-batch FILE"
    ),
    passes="{resource} leads to {where}, which is not free to claim.",
    fails="{resource} leads to {where}, which anyone may claim.",
    rule=Traversal((RECORD, INTERFACE, ADDRESS, UNKNOWN, BUCKET), _walk),
    fail_requires_listing=(INTERFACE, ADDRESS),
    references=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/protection-from-dangling-dns.html",
    ),
)
