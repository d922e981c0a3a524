"""The values that typed condition operators compare: numbers, dates, addresses, bytes."""

import base64
import re
from binascii import Error as NoBase64
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?"
    r"([Zz]|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_YEAR = 4
"""A number of four digits is a year; any other is a time in seconds."""


@lru_cache(16384)
def number(text: str) -> Decimal | None:
    """A number; None if it is none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(16384)
def moment(text: str) -> Decimal | None:
    """A time as seconds since 1970, from its ISO 8601 form (as W3C profiles it; UTC if no zone is
    given) or from seconds; None if it is neither."""
    found = _DATE.fullmatch(text)
    if not found:
        return number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        base = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    seconds = Decimal(int(base.timestamp())) + int(second or 0) + Decimal(fraction or 0)
    if int(second or 0) > 60:
        return None
    if zone and zone not in "Zz":
        sign = -1 if zone[0] == "+" else 1
        seconds += sign * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)
    return seconds


@lru_cache(16384)
def network(text: str) -> IPv4Network | IPv6Network | None:
    """A range of addresses, or one address; None if it is neither."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


@lru_cache(16384)
def truth_value(text: str) -> bool | None:
    """``true`` or ``false`` in any case; None for anything else."""
    return {"true": True, "false": False}.get(text.lower())


@lru_cache(16384)
def binary(text: str) -> bytes | None:
    """What a text in base64 holds; None if it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (NoBase64, ValueError):
        return None
