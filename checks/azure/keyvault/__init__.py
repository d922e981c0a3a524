"""Checks on Azure Key Vault."""
