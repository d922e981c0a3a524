"""Where the internet begins."""

import pytest
from clew.graph.addresses import Family, block, covered, is_internet, is_public


@pytest.mark.parametrize(
    ("cidrs", "expected"),
    [
        (["0.0.0.0/0"], True),
        (["0.0.0.0/1", "128.0.0.0/1"], True),
        (["128.0.0.0/1"], True),
        ([f"{first}.0.0.0/8" for first in (1, 2, 3)], True),
        ([f"8.{second}.0.0/16" for second in range(256)], True),
        (["203.0.113.7/32"], False),
        (["198.51.0.0/16", "203.0.113.0/24"], False),
        (["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"], False),
        ([], False),
    ],
)
def test_what_counts_as_the_internet(cidrs: list[str], expected: bool) -> None:
    assert is_internet(covered(cidrs, Family.IPV4), Family.IPV4) is expected


@pytest.mark.parametrize(
    ("cidrs", "expected"),
    [
        (["::/0"], True),
        (["::/1"], True),
        (["2000::/3"], True),
        (["8000::/1"], False),
        (["2001:db8::/32"], False),
        (["fc00::/7"], False),
    ],
)
def test_what_counts_as_the_internet_in_ipv6(cidrs: list[str], expected: bool) -> None:
    assert is_internet(covered(cidrs, Family.IPV6), Family.IPV6) is expected


def test_families_are_kept_apart() -> None:
    assert not covered(["::/0"], Family.IPV4)
    assert not covered(["0.0.0.0/0"], Family.IPV6)
    assert block("no range") is None


def test_private_ipv6_addresses_are_not_public() -> None:
    assert is_public("2001:db8::1")
    assert not is_public("fd00::1")
    assert not is_public("10.0.0.1")
