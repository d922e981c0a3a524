"""Checks of buckets."""
