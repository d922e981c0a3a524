"""Conditions of a statement: an operator, a key and values, and whether they hold.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from ...logic import Truth, all_of, any_of, negation
from .context import Context, NotBefore, Open
from .values import binary, moment, network, number, truth_value
from .variables import Form, Template, template


class Quantifier(Enum):
    """How a condition takes a key of several values."""

    NONE = ""
    ANY = "ForAnyValue"
    ALL = "ForAllValues"


class Family(NamedTuple):
    """Operators that compare values of one type."""

    read: Callable[[str], Any]
    """The value that a text stands for; None if it stands for none."""
    compare: Callable[[Any, Any], bool]
    """Whether a request's value (first) is as the policy's value (second) asks."""


class Text(NamedTuple):
    """Operators that compare texts, in which variables are filled."""

    form: Form
    wildcards: bool


class Operator(NamedTuple):
    """A condition operator without its prefix and suffix."""

    compares: Family | Text
    negated: bool = False


def _within(address: Any, expected: Any) -> bool:
    return address.version == expected.version and bool(address.subnet_of(expected))


_ORDERS: Mapping[str, tuple[Callable[[Any, Any], bool], bool]] = MappingProxyType(
    {
        "Equals": (operator.eq, False),
        "NotEquals": (operator.eq, True),
        "LessThan": (operator.lt, False),
        "LessThanEquals": (operator.le, False),
        "GreaterThan": (operator.gt, False),
        "GreaterThanEquals": (operator.ge, False),
    }
)
_EXACT = Text(Form.TEXT, wildcards=False)
_ANY_CASE = Text(Form.ANY_CASE, wildcards=False)
_LIKE = Text(Form.TEXT, wildcards=True)
_ARN = Text(Form.ARN, wildcards=True)
_ADDRESS = Family(network, _within)

OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        name.lower(): found
        for name, found in {
            "StringEquals": Operator(_EXACT),
            "StringNotEquals": Operator(_EXACT, negated=True),
            "StringEqualsIgnoreCase": Operator(_ANY_CASE),
            "StringNotEqualsIgnoreCase": Operator(_ANY_CASE, negated=True),
            "StringLike": Operator(_LIKE),
            "StringNotLike": Operator(_LIKE, negated=True),
            "ArnEquals": Operator(_ARN),
            "ArnLike": Operator(_ARN),
            "ArnNotEquals": Operator(_ARN, negated=True),
            "ArnNotLike": Operator(_ARN, negated=True),
            "Bool": Operator(Family(truth_value, operator.eq)),
            "BinaryEquals": Operator(Family(binary, operator.eq)),
            "IpAddress": Operator(_ADDRESS),
            "NotIpAddress": Operator(_ADDRESS, negated=True),
            **{
                f"{kind}{name}": Operator(Family(read, compare), negated)
                for kind, read in (("Numeric", number), ("Date", moment))
                for name, (compare, negated) in _ORDERS.items()
            },
        }.items()
    }
)
"""By name in lower case, without ``Null``."""

_END_OF_TIME = Decimal("Infinity")
_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?", re.IGNORECASE | re.ASCII)
_QUANTIFIERS = {
    None: Quantifier.NONE,
    "forallvalues": Quantifier.ALL,
    "foranyvalue": Quantifier.ANY,
}


@dataclass(frozen=True, slots=True)
class Presence:
    """``Null``: whether a key is absent."""

    name: str
    """Of the key, as it is written."""
    key: str
    """In lower case."""
    keys: frozenset[str]
    """The key alone."""
    absent: tuple[bool | None, ...]
    """What the condition accepts; None for a value that is neither true nor false."""

    def truth(self, context: Context) -> Truth:
        """Whether it holds."""
        values = context.get(self.key)
        if values is Open.UNKNOWN:
            return True if {True, False} <= {*self.absent} else None
        is_absent = values == ()
        return any_of(
            None if accepted is None else accepted is is_absent for accepted in self.absent
        )

    def open_keys(self, context: Context) -> frozenset[str]:
        """The key, as it is written, if it is not known whether it is there."""
        return frozenset((self.name,) if context.get(self.key) is Open.UNKNOWN else ())

    @property
    def is_readable(self) -> bool:
        """Whether every value means something to the operator."""
        return None not in self.absent


@dataclass(frozen=True, slots=True)
class Comparison:
    """Any condition but ``Null``: the key's values compared with the policy's."""

    name: str
    """Of the key, as it is written."""
    key: str
    """In lower case."""
    keys: frozenset[str]
    """The key, and those of variables in its values, in lower case."""
    operator: Operator
    quantifier: Quantifier
    if_exists: bool
    expected: tuple[Any, ...]
    """Templates or typed values; None for a value that the operator cannot read."""

    def truth(self, context: Context) -> Truth:
        """Whether it holds.

        What AWS does with a key of several values under an operator that takes one is not
        documented: None.
        """
        values = context.get(self.key)
        if isinstance(values, Open):
            return None
        if isinstance(values, NotBefore):
            return self._accepts_from(values.seconds)
        if self.quantifier is Quantifier.ALL:
            return all_of(self._accepts(value, context) for value in values)
        if not values:
            return self.if_exists or (self.quantifier is Quantifier.NONE and self.operator.negated)
        if self.quantifier is Quantifier.ANY:
            return any_of(self._accepts(value, context) for value in values)
        return self._accepts(values[0], context) if len(values) == 1 else None

    @property
    def is_readable(self) -> bool:
        """Whether every value means something to the operator."""
        return None not in self.expected

    def open_keys(self, context: Context) -> frozenset[str]:
        """Its keys whose values are not known, as they are written."""
        own = () if isinstance(context.get(self.key), tuple) else (self.name,)
        return frozenset(own).union(
            *(one.open_keys(context) for one in self.expected if isinstance(one, Template))
        )

    def _accepts(self, value: str, context: Context) -> Truth:
        compares = self.operator.compares
        if isinstance(compares, Text):
            alike = any_of(expected.matches(value, context) for expected in self.expected)
        else:
            alike = self._alike(compares, value)
        return negation(alike) if self.operator.negated else alike

    def _accepts_from(self, earliest: Decimal) -> Truth:
        """Whether it holds at every time from the earliest on; None if it does at some only."""
        compares = self.operator.compares
        if isinstance(compares, Text) or any(
            not isinstance(each, Decimal) for each in self.expected
        ):
            return None
        times = (earliest, *(each for each in self.expected if each > earliest), _END_OF_TIME)
        found = {any(compares.compare(time, each) for each in self.expected) for time in times}
        if len(found) > 1:
            return None
        return found.pop() is not self.operator.negated

    def _alike(self, family: Family, value: str) -> Truth:
        found = family.read(value)
        if found is None:
            return False
        return any_of(
            None if expected is None else family.compare(found, expected)
            for expected in self.expected
        )


Condition = Presence | Comparison


def compile_condition(name: str, key: str, values: Sequence[str], *, variables: bool) -> Condition:
    """The condition that a policy writes as ``{name: {key: values}}``.

    Raises ValueError, saying why, for an operator that does not exist.
    """
    lower = key.lower()
    if name.lower() == "null":
        return Presence(key, lower, frozenset((lower,)), tuple(map(truth_value, values)))
    found = _NAME.fullmatch(name)
    known = OPERATORS.get(found[2].lower()) if found else None
    if not found or known is None:
        raise ValueError(f"unknown operator '{name}'")
    compares = known.compares
    keys = {lower}
    expected: tuple[Any, ...]
    if isinstance(compares, Text):
        expected = tuple(
            template(value, variables=variables, wildcards=compares.wildcards, form=compares.form)
            for value in values
        )
        keys.update(*(value.keys for value in expected))
    else:
        expected = tuple(map(compares.read, values))
    quantifier = _QUANTIFIERS[found[1].lower() if found[1] else None]
    return Comparison(key, lower, frozenset(keys), known, quantifier, bool(found[3]), expected)
