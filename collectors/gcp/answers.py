"""What Google's products answer, held against Clew's own models: nothing else looks."""

from collections.abc import Mapping
from typing import Any

from ..failure import AnswerError
from ..fields import misread
from ..shape import misfit
from .base import AssetResource

_EVERY = {"name": str, "location": str, "selfLink": str}
"""What every resource looks like."""


def hold_to_the_fields(model: type[AssetResource], raw: Mapping[str, Any]) -> None:
    """Lets only a described resource pass that has a full name, and in which each field of the
    model finds a value of its type.

    :raises AnswerError: for any other.
    """
    wrong = misfit({**_EVERY, **model.shape}, raw) or next(misread(model, raw), "")
    if wrong:
        named = raw.get("fullName") or "A resource"
        raise AnswerError.malformed(f"{named}: {wrong.lstrip('.')} is of a wrong type")
    if not raw["fullName"]:
        raise AnswerError.malformed(f"A resource of type {model.__name__} has no name")
