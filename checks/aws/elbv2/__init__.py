"""Checks on load balancers."""
