"""Checks of DNS."""
