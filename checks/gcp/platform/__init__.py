"""Checks on services at addresses of Google's own."""
