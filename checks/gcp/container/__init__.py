"""Checks on Google Kubernetes Engine."""
