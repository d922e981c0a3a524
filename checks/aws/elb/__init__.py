"""Checks on classic load balancers."""
