"""Checks on IAM."""
