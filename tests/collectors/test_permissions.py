"""What calls need, in every cloud."""

import pytest
from clew.cli.scans import open_scan
from clew.collectors.registry import permission_of, permissions, providers

NOT_ASKED_FOR = {"s3:ListBucket"}
"""A refusal tells too whether a bucket exists; the permission would let objects be listed."""


@pytest.mark.parametrize("provider", providers())
def test_every_call_of_a_scan_needs_a_permission_that_is_asked_for(provider: str) -> None:
    calls = {record.call for record in open_scan("demo").coverage if record.provider == provider}
    needed = {permission_of(provider, call) for call in calls} - {""} - NOT_ASKED_FOR
    assert needed
    known = {each.lower() for each in permissions(provider)}
    missing = {each for each in needed if each.lower() not in known}
    assert missing == set(), "add to the collector's `permissions`, or permissions.py of its cloud"
