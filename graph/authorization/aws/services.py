"""AWS services as principals, whose names come in several forms.

``ec2.amazonaws.com`` is also ``ec2.amazonaws.com.cn`` in China; in a single region a service may
be called ``ec2.eu-south-1.amazonaws.com``.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .context import Spellings

_FORM = re.compile(
    r"(?P<name>.+?)(?:\.(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]))?\.amazonaws\.com(?:\.cn)?"
)
_SUFFIXES = {"aws-cn": ("amazonaws.com", "amazonaws.com.cn")}


class Service(NamedTuple):
    """A service."""

    name: str
    """``ec2``; the whole text, if it has none of the forms."""
    region: str = ""
    """Where, if it is meant in one region only."""

    def is_meant_by(self, other: "Service") -> bool:
        """Whether another name may be that of this service, in some region."""
        return self.name == other.name and ("" in (self.region, other.region) or self == other)


@lru_cache(4096)
def read_service(principal: str) -> Service:
    """The service that a name of a principal is the name of."""
    found = _FORM.fullmatch(principal)
    return Service(found["name"], found["region"] or "") if found else Service(principal)


@lru_cache(4096)
def spellings(principal: str, partition: str) -> str | Spellings:
    """How a service may be called in a partition: by its name, or by that of a region."""
    service = read_service(principal)
    if service.name == principal or service.region:
        return principal
    suffixes = _SUFFIXES.get(partition, ("amazonaws.com",))
    forms = [f"{service.name}{region}.{end}" for end in suffixes for region in ("", ".{name}")]
    return Spellings(principal, also=tuple(forms))
