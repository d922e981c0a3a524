"""Checks on container registries."""
