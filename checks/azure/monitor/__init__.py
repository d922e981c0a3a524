"""Checks on Azure Monitor."""
