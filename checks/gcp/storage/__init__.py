"""Checks on Cloud Storage."""
