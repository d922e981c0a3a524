"""Checks on backups."""
