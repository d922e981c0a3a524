"""Entra ID, through Microsoft Graph."""
