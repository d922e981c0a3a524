"""Checks on Azure machines."""
