"""Checks of applications."""
