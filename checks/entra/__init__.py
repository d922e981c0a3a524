"""Checks on Entra ID."""
