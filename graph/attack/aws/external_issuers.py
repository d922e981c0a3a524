"""Issuers of tokens that AWS knows by itself."""

COGNITO = "cognito-identity.amazonaws.com"
GOOGLE = "accounts.google.com"
KNOWN_TO_AWS = frozenset({COGNITO, GOOGLE, "graph.facebook.com", "www.amazon.com"})
"""Issuers that trust policies name without there being a provider in the account."""
