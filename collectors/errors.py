"""What can go wrong before a scan reads anything; each message says what to do."""


class CollectError(Exception):
    """A scan cannot begin: credentials, profile, region or an extra is missing or wrong."""
