"""What the host names that AWS gives to its resources stand for."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
_BUCKET = re.compile(
    rf"(?P<bucket>.+)\.s3(?:-website|-accelerate)?(?:[.-](?:dualstack\.)?{_REGION})?"
    r"\.amazonaws\.com(?:\.cn)?"
)
_WEBSITE = re.compile(rf"(?:.+\.)?s3-website[.-]{_REGION}\.amazonaws\.com(?:\.cn)?")
_LOAD_BALANCER = re.compile(r"(?:dualstack\.)?(?P<host>[^.]+(?:\.[^.]+)*\.elb\..*amazonaws\.com.*)")


def _plain(value: Any) -> Any:
    return value.lower().removesuffix(".") if isinstance(value, str) else value


HostName = Annotated[str, BeforeValidator(_plain)]
"""A host name in lower case, without the root's dot."""


def bucket_of(host: str) -> str:
    """The bucket that a host name of S3 names; empty for any other host."""
    match = _BUCKET.fullmatch(_plain(host))
    return match["bucket"] if match else ""


def is_website(host: str) -> bool:
    """Whether it is a website endpoint of S3, with or without a bucket in front."""
    return _WEBSITE.fullmatch(_plain(host)) is not None


def load_balancer_of(host: str) -> str:
    """The load balancer's own host name that a host name stands for; empty for any other host."""
    match = _LOAD_BALANCER.fullmatch(_plain(host))
    return match["host"] if match else ""


def distribution_of(host: str) -> str:
    """The host name of a CloudFront distribution; empty for any other host."""
    plain: str = _plain(host)
    return plain if plain.endswith(".cloudfront.net") else ""
