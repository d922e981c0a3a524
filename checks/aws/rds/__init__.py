"""Checks of RDS."""
