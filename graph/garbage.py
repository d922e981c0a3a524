"""Python's search for garbage in cycles, which work that makes millions of objects can spare."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Lets no search for cycles begin: for work that makes none, of which it costs a third. What it
    has made counts as old afterwards, else all of it would be searched at once."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@contextmanager
def gc_spared() -> Iterator[None]:
    """Lets searches for cycles pass over what there is already: for work that leaves many behind,
    in a process whose modules and models alone take a tenth of a second to search."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
