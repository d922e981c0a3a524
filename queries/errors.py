"""What is wrong with a saved query, or with what it was given."""

from ..content import ContentError
from ..errors import UsageError


class QueryFileError(ContentError):
    """A query's file is not what it should be."""


class ParameterError(UsageError):
    """A parameter is unknown, missing, of another type, or names what the scan does not hold; the
    message says what it should be."""
