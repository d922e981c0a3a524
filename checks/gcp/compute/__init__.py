"""Checks on Compute Engine."""
