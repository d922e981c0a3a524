"""AWS in the attack graph."""

from .provider import AWSProvider

PROVIDER = AWSProvider

__all__ = ["PROVIDER", "AWSProvider"]
