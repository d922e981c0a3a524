"""Times as AWS writes them."""

import re
from datetime import datetime

_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def moment(value: float | str) -> datetime:
    """The time that a value of an answer stands for.

    :raises ValueError: (or an error of arithmetic) if it stands for none.
    """
    # The SDK tries all formats of times, which costs a third of a listing's time.
    if isinstance(value, str) and _USUAL.fullmatch(value):
        return datetime.fromisoformat(value)
    from botocore.utils import parse_timestamp

    found: datetime = parse_timestamp(value)  # type: ignore[arg-type]
    return found
