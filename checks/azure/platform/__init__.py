"""Checks on services of Azure's platform."""
