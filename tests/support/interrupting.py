"""Processes that tests interrupt."""

import signal


def as_from_a_terminal() -> None:
    """Called in a new process, lets it be interrupted: what a shell starts in the background, and
    all that this starts, ignores interrupts otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
