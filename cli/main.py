"""The entry point: the commands, and how errors are reported."""

import os
import sys
from typing import Annotated

import typer

from ..content import using
from .can import can
from .check import check
from .choke_points import choke_points
from .coverage import coverage
from .demo import demo
from .diff import diff
from .errors import ExitCode, UsageError, explain
from .export import export
from .import_ import import_
from .listing import listing
from .mcp import mcp
from .merge import merge
from .paths import paths
from .push import push
from .query import query
from .scan import scan
from .serve import serve
from .simulate import simulate
from .who_can import who_can

app = typer.Typer(
    name="clew",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo,
    scan,
    check,
    paths,
    choke_points,
    diff,
    query,
    serve,
    mcp,
    coverage,
    export,
    push,
    merge,
    simulate,
):
    app.command()(command)
app.command("choke", hidden=True)(choke_points)
app.command()(can)
app.command()(who_can)
app.command("import")(import_)
app.add_typer(listing, name="list")


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        typer.echo(f"clew {__version__}")
        raise typer.Exit


@app.callback()
def clew(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks. Works anywhere.")
    ] = False,
    content: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR",
            help="Use the checks, queries, techniques and collectors in this folder too. "
            "Repeatable, works anywhere. Also: CLEW_CONTENT.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Maps cloud resources as a graph; finds misconfigurations and attack paths."""


def run() -> None:
    """Runs the command line and ends the process."""
    code = main(sys.argv[1:])
    if code == ExitCode.INTERRUPTED:
        # Threads may still wait for a cloud's answer; nobody waits for them.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(arguments: list[str]) -> int:
    """Runs a command and answers its exit code."""
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    _log(debug=debug)
    try:
        arguments, folders = _content(arguments)
        with using(*folders):
            command = typer.main.get_command(app)
            code = command.main(arguments, prog_name="clew", standalone_mode=False)
        return int(code or ExitCode.DONE)
    except typer.exceptions.TyperException as error:
        if debug:
            raise
        return _misused(error)
    except Exception as error:
        if debug:
            raise
        sentence, code = explain(error)
        _complain(sentence)
        return code


def _content(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The arguments without ``--content``, and the folders that it names."""
    left, folders = [], []
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name != "--content":
            left.append(argument)
        elif equals:
            folders.append(value)
        elif (folder := next(rest, None)) is not None:
            folders.append(folder)
        else:
            raise UsageError("--content needs a folder. See: clew --help")
    return left, folders


def _log(*, debug: bool) -> None:
    """Lets what libraries log be seen only if it is asked for: what it comes to is said in a
    sentence."""
    import logging

    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler() if debug else logging.NullHandler())


def _misused(error: "typer.exceptions.TyperException") -> int:
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if context is None:
        _complain(message)
    elif message == context.get_help():
        typer.echo(message, err=True)
    else:
        sentence = " ".join(message.replace("Value error, ", "").split()).rstrip(".")
        _complain(f"{sentence}. See: {context.command_path} --help")
    return error.exit_code


def _complain(sentence: str) -> None:
    from rich.text import Text

    from .output import messages, printable

    lines = "\n".join(printable(line) for line in sentence.splitlines())
    messages().print(Text.assemble(("Error: ", "bold red"), lines))
