"""Addresses that AWS itself answers at on behalf of a resource: no network of the account's own
stands in between, only the resource's settings and policies."""

from collections.abc import Iterator
from typing import NamedTuple

from .addresses import Family, covered, is_internet
from .answers import Answer
from .aws_filters import TCP, protocol_name
from .reach import Arrival, Way
from .view import View

DIRECT = "direct"
HTTPS = (443, 443)


class Endpoint(NamedTuple):
    """An address of a resource on the internet, and whether it takes anyone's requests."""

    resource: str
    family: Family
    answer: Answer

    def arrival(self) -> tuple[Way, Arrival]:
        """The same, as exposure gathers it."""
        way = Way(self.resource, DIRECT, protocol_name(TCP), self.family)
        return way, Arrival(HTTPS, self.answer.unread, frozenset([("endpoints", self.resource)]))


def endpoints(view: View) -> Iterator[Endpoint]:
    """The endpoints that strangers reach, or cannot be excluded from."""
    for found in (*_clusters(view),):
        if found.answer.value is not False:
            yield found


def _clusters(view: View) -> Iterator[Endpoint]:
    """API servers of Kubernetes, which filter by address."""
    for cluster in view.labelled("AWSEKSCluster"):
        is_public = view.get(cluster, "endpoint_public_access")
        cidrs = view.get(cluster, "public_access_cidrs")
        name = view.name(cluster)
        for family in Family:
            if is_public is False:
                answer = Answer(False)
            elif cidrs is None:
                answer = Answer.doubt(f"public_access_cidrs of {name}")
            elif not is_internet(covered(cidrs, family), family):
                answer = Answer(False)
            elif is_public is None:
                answer = Answer.doubt(f"endpoint_public_access of {name}")
            else:
                answer = Answer(True)
            yield Endpoint(cluster, family, answer)
