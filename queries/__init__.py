"""The Cypher library: one file a query, in folders by theme."""

from .library import Parameter, ParameterError, Query, QueryFileError, library, parse

__all__ = ["Parameter", "ParameterError", "Query", "QueryFileError", "library", "parse"]
