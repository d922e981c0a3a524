"""AWS's policies: what they say, and what they decide together."""
