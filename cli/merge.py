"""``clew merge``: several scans as one."""

from typing import Annotated

import typer

from . import scans
from .completing import scan_names
from .options import ScanOutputOption
from .output import count, messages


def merge(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="SCAN...",
            help="The scans, as other commands take a scan; their order does not matter.",
            autocompletion=scan_names,
        ),
    ],
    newest: Annotated[
        bool,
        typer.Option(
            "--newest",
            help="Of an account that is in several scans, take what the newest one says of it and "
            "nothing of the others. Without it that is an error.",
        ),
    ] = False,
    output: ScanOutputOption = None,
) -> None:
    """Merge scans of different accounts or clouds into one. Prints its folder.

    References between the scans are resolved, and exposure and privilege escalation are computed
    over all of them together.
    """
    from ..scans.merging import NamedScan
    from ..scans.several import merged_to
    from .progress import showing

    found = [NamedScan(name, scans.open_scan(name)) for name in arguments]
    with showing() as progress:
        written, uri = merged_to(output, found, progress, newest=newest)
    if uri:
        scans.hand_over(written, uri)
    typer.echo(uri or written.path)
    out = messages()
    nodes = sum(map(written.node_count, written.labels))
    accounts = count(len(written.scope.all_accounts), "account")
    out.print(f"{count(len(found), 'scan')} merged: {accounts}, {count(nodes, 'node')}.")
    named = scans.spelled(output)
    out.print(f"Next: clew paths{named}   or: clew check{named}")
