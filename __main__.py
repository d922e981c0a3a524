"""Runs the command line: ``python -m clew``."""

from .cli.main import run

if __name__ == "__main__":
    run()
