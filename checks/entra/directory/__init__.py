"""Checks on the directory."""
