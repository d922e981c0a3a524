"""Checks on Azure."""
