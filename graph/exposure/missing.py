"""How exposure names what a reference leads to and is not there."""

from ..model import MissingReason
from ..view import GraphView


def missing_words(view: GraphView, kind: str, id_: str) -> str:
    """A whole phrase: what is missing, and why."""
    return f"{kind} {view.name(id_)} {MissingReason(view.get(id_, 'missing')).meaning}"
