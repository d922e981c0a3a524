"""Checks of DynamoDB."""
