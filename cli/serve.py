"""``clew serve``: the explorer in the browser."""

from typing import Annotated

import typer

from . import scans
from .asked_query import Bounds
from .completing import scan_names
from .errors import ClewError
from .options import ScanArgument
from .output import messages

OldOption = Annotated[
    str | None,
    typer.Option(
        metavar="OLD",
        help="A scan before, for the page of changes; as other commands take a scan.",
        autocompletion=scan_names,
        show_default=False,
    ),
]


def serve(
    scan: ScanArgument = None,
    old: OldOption = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1 (0 = any that is free).")
    ] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open the address in the browser.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Maximum rows of a query.")] = 1000,
    timeout: Annotated[
        float, typer.Option(min=0.001, max=3600, help="Give up a query after this many seconds.")
    ] = 30.0,
    memory: Annotated[
        float, typer.Option(min=1, max=1024, help="Maximum GiB of memory for a query.")
    ] = 1.0,
) -> None:
    """Explore a scan in the browser: findings, attack paths, resources, the map.

    Answers on this machine only. The address that is printed is good for one browser.
    """
    from .explorer.answers import Answers
    from .explorer.server import ExplorerServer

    snapshot = scans.open_scan(scan)
    answers = Answers(snapshot, Bounds(limit, timeout, int(memory * 2**30)), old)
    try:
        server = ExplorerServer(answers, port)
    except OSError as error:
        raise ClewError(f"Port {port} cannot be used ({error.strerror}); try another.") from None
    try:
        typer.echo(server.address)
        messages().print("Open this address in a browser of this machine. Ctrl-C ends the server.")
        if open_:
            import webbrowser

            webbrowser.open(server.address)
        server.serve_forever()
    except KeyboardInterrupt:
        messages().print("Ended.")
    finally:
        server.server_close()
