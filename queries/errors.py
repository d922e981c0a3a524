"""What is wrong with a saved query, or with what it was given."""

from ..errors import ClewError, UsageError


class QueryFileError(ClewError):
    """A query's file is not what it should be."""


class ParameterError(UsageError):
    """A parameter is unknown, missing, of another type, or names what the scan does not hold; the
    message says what it should be."""
