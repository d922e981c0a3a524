"""Checks of access packages."""
