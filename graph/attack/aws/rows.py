"""Sets of a table's rows of which some are in for certain and others only may be."""

from typing import NamedTuple


class MaySet(NamedTuple):
    """Rows of a table as whole numbers: bit *i* stands for row *i*."""

    certain: int
    possible: int
    """Holds the certain ones too."""

    def __and__(self, other: "MaySet") -> "MaySet":
        return MaySet(self.certain & other.certain, self.possible & other.possible)

    def __or__(self, other: "MaySet") -> "MaySet":
        return MaySet(self.certain | other.certain, self.possible | other.possible)

    def holds(self, row: int) -> bool | None:
        """Whether a row is in; None if it only may be."""
        if self.certain >> row & 1:
            return True
        return None if self.possible >> row & 1 else False

    @property
    def any(self) -> bool | None:
        """Whether there is a row; None if there only may be one."""
        return True if self.certain else None if self.possible else False

    @property
    def open(self) -> int:
        """The rows that only may be in."""
        return self.possible & ~self.certain

    def uncertain(self) -> "MaySet":
        """The same rows, none of them for certain."""
        return MaySet(0, self.possible)


NONE = MaySet(0, 0)


def exactly(rows: int) -> MaySet:
    """These rows, all for certain."""
    return MaySet(rows, rows)
