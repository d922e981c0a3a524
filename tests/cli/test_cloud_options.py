"""What clouds declare are options of ``clew scan``."""

from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from clew import pipeline
from clew.cli.begun import Begun
from clew.cli.errors import UsageError
from clew.collectors.options import Options, Patience, flags
from clew.scans.connecting import CLOUDS, ScanOptions, _part

from .conftest import Clew

PROVIDERS = [kind.provider for kind in CLOUDS]


@pytest.mark.parametrize("kind", CLOUDS)
def test_each_option_is_on_the_command_line_and_means_nothing_by_default(
    clew: Clew, kind: type[Options]
) -> None:
    said = clew("scan", "--help").out
    default = kind()
    for name, flag in flags(kind):
        assert said.count(f"  {flag.name} ") == 1, name
        assert not getattr(default, name), name
        assert getattr(ScanOptions(), name) == getattr(default, name)


def test_every_option_has_a_default() -> None:
    assert all(each.default is not MISSING for each in fields(ScanOptions) if each.name)


def test_every_cloud_is_given_what_is_for_it() -> None:
    wanted = ScanOptions(
        regions=["eu-west-1"],
        excluded_regions=["us-east-1"],
        projects=["p"],
        tenant="t",
        attempts=2,
    )
    options = {kind.provider: _part(wanted, kind) for kind in CLOUDS}
    for provider, name, value in (
        ("aws", "regions", ["eu-west-1"]),
        ("aws", "excluded_regions", ["us-east-1"]),
        ("gcp", "projects", ["p"]),
        ("entra", "tenant", "t"),
        ("azure", "tenant", ""),
    ):
        assert getattr(options[provider], name) == value
    assert {each.attempts for each in options.values()} == {2}


@pytest.mark.parametrize(
    ("option", "cloud"),
    [("--region", "aws"), ("--subscription", "azure"), ("--project", "gcp"), ("--tenant", "entra")],
)
def test_an_option_for_a_cloud_that_is_not_scanned_is_refused(
    clew: Clew, option: str, cloud: str
) -> None:
    others = [each for each in PROVIDERS if each != cloud]
    done = clew("scan", *others, option, "any")
    assert done.code == 2
    assert f"{option} is for {cloud}, which is not being scanned" in " ".join(done.err.split())


@pytest.mark.parametrize("kind", CLOUDS)
def test_calls_are_as_patient_as_is_wished(kind: type[Options]) -> None:
    usual = kind().patience
    assert (usual.connect_seconds, usual.read_seconds) == (10, 60)
    assert kind(attempts=2, timeout=5.0).patience == Patience(2, 5.0, 5.0)
    assert kind(timeout=90.0).patience == Patience(usual.attempts, 10, 90.0)


def test_a_scan_is_resumed_with_all_its_options(tmp_path: Path) -> None:
    place = pipeline.partial(tmp_path / "scan")
    place.mkdir()
    wanted = ScanOptions(profiles=["a"], tenant="t", timeout=7.0, mfa_token="1", projects=["p"])
    Begun(providers=PROVIDERS, tags=["team=a"], wanted=wanted).write(place)
    assert "mfa_token" not in (place / "begun").read_text()
    known = Begun.read(place)
    assert known
    again = known.resumed(Begun(providers=PROVIDERS, wanted=ScanOptions(mfa_token="2")))
    assert (again.tags, again.wanted.mfa_token) == (["team=a"], "2")
    assert (again.wanted.profiles, again.wanted.projects) == (["a"], ["p"])
    assert (again.wanted.tenant, again.wanted.timeout) == ("t", 7.0)
    for other in (
        Begun(providers=PROVIDERS, tags=["team=b"]),
        Begun(providers=PROVIDERS, wanted=ScanOptions(tenant="other")),
    ):
        with pytest.raises(UsageError, match="begun with another --t"):
            known.resumed(other)
