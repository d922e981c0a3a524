"""What is wrong with a saved query, or with what it was given."""


class QueryFileError(Exception):
    """A query's file is not what it should be."""


class ParameterError(Exception):
    """A parameter is unknown, missing, of another type, or names what the scan does not hold; the
    message says what it should be."""
