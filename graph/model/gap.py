"""What an answer leaves out."""

from typing import Any, NamedTuple, Self


class Gap(NamedTuple):
    """Something that was not read, or that Clew does not model, and on which any answer may
    depend; what does not apply is empty."""

    message: str
    """One sentence."""
    label: str = ""
    """What was not listed whole."""
    account: str = ""
    region: str = ""
    operation: str = ""
    """The call that failed."""
    code: str = ""
    provider: str = ""
    types: tuple[str, ...] = ()
    """The relationship types of derived edges that may be missing, or not certain."""
    derivations: tuple[str, ...] = ()
    """What derives them."""

    @classmethod
    def of(cls, written: dict[str, Any]) -> Self:
        """A gap as JSON has it, which has lists for tuples."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in written.items()
        }
        return cls(**values)

    def filled(self) -> dict[str, Any]:
        """What applies, by name."""
        return {name: value for name, value in self._asdict().items() if value}
