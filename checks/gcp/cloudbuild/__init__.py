"""Checks of Cloud Build."""
