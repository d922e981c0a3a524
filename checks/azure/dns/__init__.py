"""Checks on Azure DNS."""
