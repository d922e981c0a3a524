"""Checks of alarms."""
