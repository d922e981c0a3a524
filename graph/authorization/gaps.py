"""What an answer about permissions leaves out."""

from typing import NamedTuple


class Gap(NamedTuple):
    """Something that could not be read and that any answer may depend on; what does not apply is
    empty."""

    message: str
    label: str = ""
    account: str = ""
    region: str = ""
    operation: str = ""
    code: str = ""
