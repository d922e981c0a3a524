"""The options that clouds declare, as options of a command."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from ..collectors.options import flags
from ..scans.connecting import ScanOptions, usual_attempts

GIVEN = "given"
"""The parameter of a command that takes them all."""


def with_cloud_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of all clouds in the place of its parameter ``given``, which gets
    those that are given."""
    options = {each.name: each for each in _parameters()}

    @wraps(command)
    def run(**values: Any) -> None:
        given = {name: values.pop(name) for name in options}
        command(**values, given={name: value for name, value in given.items() if value})

    own = [*inspect.signature(command).parameters.values()]
    place = [each.name for each in own].index(GIVEN)
    own[place : place + 1] = options.values()
    parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _parameters() -> Iterator[inspect.Parameter]:
    types = get_type_hints(ScanOptions)
    for name, flag in flags(ScanOptions):
        several = get_origin(types[name]) is Sequence
        info = typer.Option(
            flag.name,
            metavar=flag.metavar,
            help=flag.help.format(usual=usual_attempts()),
            show_default=False,
            min=0 if types[name] in (int, float) else None,
            max=flag.most,
        )
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None if several else types[name](),
            annotation=Annotated[list[str] | None if several else types[name], info],
        )
