"""Labels that a rule names, and what stands for those of a scan's schema."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..graph.schema import Schema


@dataclass(frozen=True)
class Referring:
    """Stands for all labels whose references lead to a label, whatever these are in a scan."""

    label: str

    def labels(self, schema: Schema) -> tuple[str, ...]:
        """The labels, as a scan's schema has them."""
        return schema.referring(self.label)


@dataclass(frozen=True)
class Referred:
    """Stands for all labels that a label's references of a type lead to."""

    label: str
    rel: str

    def labels(self, schema: Schema) -> tuple[str, ...]:
        """The labels, as a scan's schema has them."""
        return schema.referred(self.label, self.rel)


Label = str | Referring | Referred


def resolved(labels: Iterable[Label], schema: Schema) -> tuple[str, ...]:
    """Labels, with those of a schema in the place of what stands for them."""
    each = ((one,) if isinstance(one, str) else one.labels(schema) for one in labels)
    return tuple(dict.fromkeys(label for some in each for label in some))


def plain(labels: Iterable[Label]) -> tuple[str, ...]:
    """The labels of a check that is resolved.

    :raises TypeError: if one still stands for those of a schema.
    """
    named = tuple(labels)
    for label in named:
        if not isinstance(label, str):
            raise TypeError(f"{label} has not been resolved")
    return tuple(label for label in named if isinstance(label, str))
