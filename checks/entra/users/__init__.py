"""Checks of users."""
