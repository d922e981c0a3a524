"""Checks on Cloud DNS."""
