"""The graph and what is computed on it."""
