"""Certificates as the account has them."""

from pathlib import Path
from typing import Any

import pytest
from clew.collectors.aws.acm import ACM
from clew.graph.model import Status
from servers.aws_replay import AwsReplay
from support.collecting import aws_account, collect

ARN = "arn:aws:acm:us-east-1:111122223333:certificate/11111111-aaaa-4aaa-8aaa-00000000000"


@pytest.fixture
def read(aws_replay: AwsReplay, tmp_path: Path) -> Any:
    def run() -> dict[str, Any]:
        found = collect(tmp_path, [aws_account(aws_replay.url)], ACM)
        return {"": found, **{resource.id: resource for resource in found.resources}}

    return run


def test_a_certificate_says_for_what_and_how_long_it_holds(read: Any) -> None:
    found = read()
    used, expired = found[f"{ARN}1"], found[f"{ARN}2"]
    assert (used.name, used.status, used.type) == ("clew.example", "ISSUED", "AMAZON_ISSUED")
    assert used.subject_alternative_names == ["clew.example", "www.clew.example"]
    assert len(used.in_use_by) == 2
    assert used.tags == ["team=web"]
    assert (expired.status, expired.not_after, expired.in_use_by) == (
        "EXPIRED",
        "2024-12-31T00:00:00Z",
        [],
    )


def test_keys_of_every_algorithm_are_asked_for(read: Any, aws_replay: AwsReplay) -> None:
    read()
    listing = next(call for call in aws_replay.calls if call.operation == "ListCertificates")
    assert {"RSA_4096", "EC_prime256v1"} <= set(listing.params["Includes"]["keyTypes"])


def test_refused_details_are_unread(read: Any, aws_replay: AwsReplay) -> None:
    aws_replay.deny("acm", "DescribeCertificate", code="AccessDeniedException")
    aws_replay.deny("acm", "ListTagsForCertificate", code="AccessDeniedException")
    found = read()
    certificate = found[f"{ARN}1"]
    assert certificate.name == "clew.example"
    assert (certificate.status, certificate.in_use_by, certificate.tags) == (None, None, None)
    assert {r.status for r in found[""].reads} == {Status.OK}


def test_a_refused_listing_leaves_certificates_unread(read: Any, aws_replay: AwsReplay) -> None:
    aws_replay.deny("acm", "ListCertificates", code="AccessDeniedException")
    found = read()[""]
    assert [(r.label, r.status) for r in found.reads] == [("AWSACMCertificate", Status.DENIED)]
