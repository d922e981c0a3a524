"""Checks of Conditional Access."""
