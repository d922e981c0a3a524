"""Checks of the directory of IAM Identity Center."""
