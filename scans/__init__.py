"""Scans: where they are, and what is asked of one. The command line and Python share it."""
