"""Which checks there are, and what is imported for one."""

import subprocess
import sys

import pytest
from clew.checks import check_named, checks
from clew.collectors.registry import collectors, providers

ONE = "cloudtrail_bucket_requires_mfa_delete"


def test_every_check_is_found_by_its_name() -> None:
    assert {id_: check_named(id_) for id_ in checks()} == checks()


@pytest.mark.parametrize("id_", ["", "nope", "openings", "../check", "*", "check"])
def test_what_is_no_check_is_none(id_: str) -> None:
    assert check_named(id_) is None


def modules_after(program: str) -> set[str]:
    """The modules that are loaded after a program in a process of its own."""
    listing = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_for_one_check_no_other_is_imported() -> None:
    loaded = modules_after(f"from clew.checks import check_named\ncheck_named({ONE!r})")
    mine = {name for name in loaded if name.startswith("clew.checks.aws.")}
    assert mine == {"clew.checks.aws.cloudtrail", f"clew.checks.aws.cloudtrail.{ONE}"}
    assert not {"networkx", "boto3", "yaml"} & loaded
    assert not {name for name in loaded if name.startswith(("clew.collectors", "clew.pipeline"))}


def test_a_scan_can_be_narrowed_to_the_service_of_each_check() -> None:
    """Else a scan of that service alone would say that there is nothing to find."""
    known = {(cloud, each.service) for cloud in providers() for each in collectors(cloud)}
    over_all = {(cloud, "paths") for cloud in providers()}
    named = {(each.provider, each.service) for each in checks().values()}
    assert named - over_all <= known
