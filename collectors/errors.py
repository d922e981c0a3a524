"""What can go wrong before a scan reads anything; each message says what to do."""

from ..errors import ClewError


class CollectError(ClewError):
    """A scan cannot begin: credentials, profile, region or an extra is missing or wrong."""
