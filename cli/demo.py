"""``clew demo``: a bundled estate, from scan to findings."""


def demo() -> None:
    """Look at a bundled multi-cloud estate. Needs no account and no server."""
