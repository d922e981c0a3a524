"""Checks on API keys."""
