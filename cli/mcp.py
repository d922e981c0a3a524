"""``clew mcp``: a scan for assistants, by the Model Context Protocol."""

import os
import signal
import sys
from typing import Annotated

import typer

from . import scans
from .asked_query import Bounds
from .errors import ClewError, ExitCode
from .options import ScanArgument
from .output import messages


def mcp(
    scan: ScanArgument = None,
    limit: Annotated[
        int, typer.Option(min=1, max=10_000, help="Maximum rows of an answer.")
    ] = 1000,
    timeout: Annotated[
        float, typer.Option(min=0.001, max=3600, help="Give up a query after this many seconds.")
    ] = 30.0,
    memory: Annotated[
        float, typer.Option(min=1, max=1024, help="Maximum GiB of memory for a query.")
    ] = 1.0,
) -> None:
    """Answer an assistant's questions about a scan, over standard input and output.

    An assistant starts this command by itself: see docs/assistants.md. Its tools only read.
    """
    try:
        from .assistant.server import ScanServer
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise ClewError(
            "The Model Context Protocol needs its extra: pip install 'clew[mcp]'"
        ) from None
    from .assistant.tools import Tools

    tools = Tools(scans.open_scan(scan), Bounds(limit, timeout, int(memory * 2**30)))
    if sys.stdin.isatty():
        messages().print("Waits for an assistant on standard input. Ctrl-C ends it.")
    signal.signal(signal.SIGINT, _end)
    ScanServer(tools).run("stdio")


def _end(*_: object) -> None:
    """Ends the process. A thread waits for input that nobody may give, and nothing is unsaved."""
    messages().print("Ended.")
    os._exit(ExitCode.INTERRUPTED)
