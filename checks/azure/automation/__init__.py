"""Checks on what automates: automation accounts, logic apps, functions, data factories."""
