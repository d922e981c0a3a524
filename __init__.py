"""Clew follows the thread between cloud resources, across services, accounts and clouds."""

__version__ = "0.1.0"
