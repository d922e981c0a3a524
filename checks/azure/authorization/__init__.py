"""Checks on roles of Azure."""
