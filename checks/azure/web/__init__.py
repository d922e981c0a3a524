"""Checks on web and function apps."""
