"""Checks on keys that encrypt."""
