"""Checks on Cloud Logging."""
