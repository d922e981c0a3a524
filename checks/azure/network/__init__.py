"""Checks on Azure networks."""
