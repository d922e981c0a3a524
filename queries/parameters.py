"""The parameters of saved queries: of which kind they are, and the values that texts stand for."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from .errors import ParameterError
from .scan_names import ScanNames

Value = str | int | bool | list[str]
Kind = Literal[
    "string",
    "integer",
    "boolean",
    "strings",
    "resource",
    "account",
    "tag",
    "label",
    "date",
    "duration",
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DURATION = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Parameter(BaseModel):
    """A value that a query takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Kind
    """``resource``, ``account``, ``tag`` and ``label`` are looked up in the scan. The value of a
    ``resource`` is the id, by whichever of the ``keys`` it is named; that of a ``date`` (a day, a
    moment, or a duration before the scan) and of a ``duration`` (``90d``, ``12h``, back from the
    scan) is a text that orders as timestamps do."""
    description: str
    default: Value | None = None
    """Empty for a query that takes that for "any"."""
    example: str | None = None
    """A value that means something in the demo; there is one wherever there is no default."""
    labels: tuple[str, ...] = ()
    """The labels of a ``resource``; none for any."""
    keys: tuple[str, ...] = ("id",)
    """The fields by which a ``resource`` is named; a list field holds several keys."""
    minimum: int | None = None
    maximum: int | None = None

    @model_validator(mode="after")
    def _can_be_tried(self) -> Self:
        if self.default is None and self.example is None:
            raise ValueError("a parameter needs a default or an example")
        return self

    def value(self, name: str, text: str, scan: ScanNames) -> Value:
        """The value that a text stands for; lists are separated by commas.

        :raises ParameterError: if it stands for none, or for nothing in the scan.
        """
        if text == "" and self.default == "":
            return ""
        kinds: dict[Kind, Callable[[], Value]] = {
            "string": lambda: text,
            "integer": lambda: self._integer(name, text),
            "boolean": lambda: _boolean(name, text),
            "strings": lambda: [part.strip() for part in text.split(",") if part.strip()],
            "resource": lambda: scan.resource(self.labels, self.keys, text),
            "account": lambda: scan.account(text),
            "tag": lambda: scan.tag(text),
            "label": lambda: scan.label(text),
            "date": lambda: _date(name, text, scan.scanned_at),
            "duration": lambda: _duration(name, text, scan.scanned_at),
        }
        return kinds[self.type]()

    def _integer(self, name: str, text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ParameterError(f"{name} must be an integer, not '{text}'.") from None
        if self.minimum is not None and number < self.minimum:
            raise ParameterError(f"{name} must be {self.minimum} or more, not {number}.")
        if self.maximum is not None and number > self.maximum:
            raise ParameterError(f"{name} must be {self.maximum} or less, not {number}.")
        return number


def _boolean(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ParameterError(f"{name} must be true or false, not '{text}'.")
    return text.lower() == "true"


def _date(name: str, text: str, scanned_at: datetime) -> str:
    if _DURATION.fullmatch(text):
        return _duration(name, text, scanned_at)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(
            f"{name} must be a date such as 2025-12-31, or how long before the scan, such as 90d; "
            f"not '{text}'."
        ) from None
    if _DAY.fullmatch(text):
        return text
    return _timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _duration(name: str, text: str, scanned_at: datetime) -> str:
    """The moment so long before the scan."""
    match = _DURATION.fullmatch(text)
    try:
        if match:
            return _timestamp(scanned_at - timedelta(**{_UNITS[match[2]]: int(match[1])}))
    except OverflowError:
        pass
    raise ParameterError(f"{name} must be a duration such as 90d or 12h, not '{text}'.")


def _timestamp(moment: datetime) -> str:
    """As the graph has it: RFC 3339 in UTC, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
