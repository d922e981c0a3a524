"""Checks on Cloud KMS."""
