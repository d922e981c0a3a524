"""An ACL decides as a packet filter does: entry by entry, the first that fits."""

from clew.graph.addresses import Family
from clew.graph.exposure.aws.filters import AclRule, first_match
from clew.graph.exposure.protocols import ANY_PROTOCOL, TCP, UDP
from clew.graph.intervals import Ranges
from hypothesis import given
from hypothesis import strategies as st

PORTS = (0, 21, 22, 23, 80, 443, 1024, 32768, 65535)
ADDRESSES = (0, 1, 100, 2**31, 2**32 - 1)


@st.composite
def entries(draw: st.DrawFn) -> list[AclRule]:
    numbers = draw(st.lists(st.integers(1, 32766), unique=True, max_size=6))
    return [
        AclRule(
            f"rule-{number}",
            False,
            number,
            draw(st.booleans()),
            draw(st.sampled_from([ANY_PROTOCOL, TCP, UDP])),
            tuple(sorted((draw(st.sampled_from(PORTS)), draw(st.sampled_from(PORTS))))),
            draw(st.sampled_from(Family)),
            Ranges(
                [
                    tuple(
                        sorted((draw(st.sampled_from(ADDRESSES)), draw(st.sampled_from(ADDRESSES))))
                    )
                ]
            ),
        )
        for number in numbers
    ]


def judge(rules: list[AclRule], protocol: int, family: Family, port: int, address: int) -> bool:
    for rule in sorted(rules, key=lambda rule: rule.number):
        if (
            rule.family == family
            and rule.protocol in (ANY_PROTOCOL, protocol)
            and rule.ports[0] <= port <= rule.ports[1]
            and address in rule.addresses
        ):
            return rule.allows
    return False


@given(entries(), st.sampled_from([TCP, UDP]), st.sampled_from(Family))
def test_every_packet_is_judged_as_by_the_first_entry_that_fits(
    rules: list[AclRule], protocol: int, family: Family
) -> None:
    allowed = first_match(rules, protocol, family)
    for port in PORTS:
        for address in ADDRESSES:
            expected = judge(rules, protocol, family, port, address)
            assert ((port, address) in allowed) is expected


@given(entries())
def test_the_order_in_which_entries_come_does_not_matter(rules: list[AclRule]) -> None:
    one = first_match(rules, TCP, Family.IPV4)
    assert first_match(list(reversed(rules)), TCP, Family.IPV4) == one
