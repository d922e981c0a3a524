"""Gaps name what was not read, where, and what may be missing for that."""

from dataclasses import dataclass, field

from clew.graph.derivation import Derivation, Derived
from clew.graph.gaps import gaps
from clew.graph.model import Coverage, Gap, ListingStatus, Scope, Status
from clew.graph.scan_coverage import Place, ScanCoverage
from clew.graph.schema import EdgeType, Schema

REACH = EdgeType("Internet", "CAN_REACH", "Box")
EXPOSURE = Derivation(
    name="exposure",
    provider="aws",
    derive=lambda _: Derived(()),
    writes=frozenset([REACH]),
    reads=frozenset(["Balancer", "Rule"]),
    notices=frozenset(["Rule"]),
    not_modelled=("Firewalls are not read.",),
)
STEPS = Derivation(
    name="steps",
    provider="aws",
    derive=lambda _: Derived(()),
    writes=frozenset([EdgeType("Role", "CAN_ESCALATE_TO", "Role")]),
    reads=frozenset(["Balancer"]),
    reads_edges=frozenset([REACH]),
)
ELSEWHERE = Derivation(
    name="elsewhere",
    provider="gcp",
    derive=lambda _: Derived(()),
    writes=frozenset([EdgeType("Internet", "CAN_REACH", "Machine")]),
    reads=frozenset(["Network"]),
)
KNOWN = (EXPOSURE, STEPS, ELSEWHERE)
ONE, TWO = "111111111111", "222222222222"


@dataclass
class Scan:
    reads: list[ListingStatus]
    scope: Scope
    coverage: list[Coverage] = field(default_factory=list)
    schema: Schema = field(
        default_factory=lambda: Schema(
            labels={}, relationships={}, pairs=sorted(edge for one in KNOWN for edge in one.writes)
        )
    )


def scan(*failed: tuple[str, str, str], labels: tuple[str, ...] = ("Balancer", "Rule")) -> Scan:
    """Two accounts with two regions, where some labels were denied in a place."""
    reads = [
        ListingStatus(label, account, region, Status.DENIED, f"Describe{label}s", "AccessDenied")
        if (label, account, region) in failed
        else ListingStatus(label, account, region, Status.OK)
        for label in labels
        for account in (ONE, TWO)
        for region in ("eu-west-1", "us-east-1")
    ]
    regions = {account: ["eu-west-1", "us-east-1"] for account in (ONE, TWO)}
    return Scan(reads, Scope(accounts={"aws": [ONE, TWO]}, regions=regions, labels=list(labels)))


def found(scan_: Scan, *edges: EdgeType, labels: tuple[str, ...] = ()) -> list[Gap]:
    return gaps(ScanCoverage(scan_), KNOWN, edges, labels)


def test_what_is_not_modelled_is_the_only_gap_of_a_scan_that_read_everything() -> None:
    assert found(scan(), REACH) == [
        Gap(
            "Firewalls are not read.",
            provider="aws",
            types=("CAN_REACH",),
            derivations=("exposure",),
        )
    ]


def test_a_failed_listing_is_a_gap_where_it_failed() -> None:
    (gap, _) = found(scan(("Balancer", TWO, "eu-west-1")), REACH)
    assert gap == Gap(
        f"Balancer of {TWO}, eu-west-1 could not be listed (DescribeBalancers: AccessDenied); "
        "CAN_REACH edges that depend on it may be missing.",
        "Balancer",
        TWO,
        "eu-west-1",
        "DescribeBalancers",
        "AccessDenied",
        "aws",
        ("CAN_REACH",),
        ("exposure",),
    )


def test_what_edges_show_themselves_is_a_gap_all_the_same() -> None:
    assert [gap.label for gap in found(scan(("Rule", ONE, "eu-west-1")), REACH)] == ["Rule", ""]


def test_a_gap_names_all_that_reads_it_on_the_way() -> None:
    (gap, *_) = found(scan(("Balancer", ONE, "us-east-1")), EdgeType("", "CAN_ESCALATE_TO", ""))
    assert gap.derivations == ("exposure", "steps")
    assert gap.types == ("CAN_ESCALATE_TO", "CAN_REACH")


def test_a_label_that_the_filters_left_out_is_one_gap() -> None:
    (gap, *_) = found(scan(labels=("Rule",)), REACH)
    assert (gap.label, gap.account) == ("Balancer", "")
    assert gap.message == (
        "Balancer was left out by this scan's filters; CAN_REACH edges that depend on it may be "
        "missing."
    )


def test_a_place_that_was_never_reached_is_a_gap() -> None:
    cut_short = scan()
    cut_short.reads = [one for one in cut_short.reads if one.account == ONE]
    found_ = [gap for gap in found(cut_short, REACH) if gap.label == "Rule"]
    assert {(gap.account, gap.region, gap.operation) for gap in found_} == {
        (TWO, "eu-west-1", ""),
        (TWO, "us-east-1", ""),
    }
    assert found_[0].message.startswith(f"Rule of {TWO}, eu-west-1 was never reached; ")


def test_clouds_that_were_not_scanned_have_no_gaps() -> None:
    assert not [
        gap for gap in found(scan(), EdgeType("", "CAN_REACH", "")) if gap.provider == "gcp"
    ]


def test_labels_can_be_asked_for_by_themselves() -> None:
    denied = scan(("Rule", ONE, "eu-west-1"))
    assert [gap.message for gap in found(denied, labels=("Rule", "Balancer", "Internet"))] == [
        f"Rule of {ONE}, eu-west-1 could not be listed (DescribeRules: AccessDenied)."
    ]
    assert [gap.message for gap in found(denied, labels=("Other",))] == [
        "Other is not among what this scan listed."
    ]


def test_a_scan_that_is_older_than_a_derivation_has_a_gap() -> None:
    older = scan()
    older.schema = Schema(labels={}, relationships={}, pairs=[])
    messages = [gap.message for gap in found(older, REACH)]
    assert "The scan was made before Clew derived CAN_REACH edges to Box; scan again." in messages


USERS_OF = Derivation(
    name="of users",
    provider="aws",
    derive=lambda _: Derived(()),
    writes=frozenset([EdgeType("User", "CAN_ESCALATE_TO", "Role")]),
    reads=frozenset(["User"]),
)


def test_a_label_of_another_cloud_is_missed_where_that_cloud_is() -> None:
    """Users of a directory act in accounts of another cloud: they are listed in the directory."""
    for status, expected in ((Status.OK, []), (Status.DENIED, ["tenant"])):
        reads = [ListingStatus("User", "tenant", "global", status, "users", "Denied")]
        scope = Scope(accounts={"aws": [ONE, TWO], "entra": ["tenant"]}, labels=["User"])
        schema = Schema(labels={"User": {}}, relationships={}, pairs=sorted(USERS_OF.writes))
        coverage = ScanCoverage(Scan(reads, scope, schema=schema))
        found = gaps(coverage, [USERS_OF], USERS_OF.writes)
        assert [gap.account for gap in found] == expected
        open_ = coverage.why_open(["User"], "aws", [Place(ONE, "eu-west-1")])
        assert (open_ is None) is (not expected)
