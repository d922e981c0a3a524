"""Checks of attack paths."""
