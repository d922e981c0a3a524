"""Checks on Google Cloud."""
