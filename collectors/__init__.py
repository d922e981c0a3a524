"""Collectors: one module per cloud service, each alone."""
