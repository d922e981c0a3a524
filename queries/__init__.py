"""The Cypher library: one file a query, in folders by theme."""

from .errors import ParameterError, QueryFileError
from .library import Query, library, parse
from .parameters import Parameter
from .scan_names import ScanNames

__all__ = [
    "Parameter",
    "ParameterError",
    "Query",
    "QueryFileError",
    "ScanNames",
    "library",
    "parse",
]
