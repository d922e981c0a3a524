"""Checks of AWS."""
