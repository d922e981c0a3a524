"""Checks on EC2 and its networks."""
