"""Checks of service principals."""
