"""Checks on Kubernetes clusters."""
