"""Tokens and trust between providers: who can present what to whom."""
