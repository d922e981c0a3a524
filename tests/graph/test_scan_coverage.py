"""What a scan read, asked by label and place."""

from clew.checks.check import Place
from clew.collectors.registry import models
from clew.graph.derivation import Derivation, Derived
from clew.graph.gaps import gaps
from clew.graph.model import Coverage, ListingStatus, MissingReason, Scope, Status
from clew.graph.scan_coverage import ScanCoverage
from clew.graph.schema import EdgeType, Schema

ACCOUNT = "111122223333"


class Scan:
    schema = Schema.of(models())
    scope = Scope(accounts={"aws": [ACCOUNT]})
    reads = ()

    def __init__(self, *failed: tuple[str, str]) -> None:
        self.coverage = [
            Coverage("aws", *call, ACCOUNT, "us-east-1", Status.DENIED, f"Denied{call[0]}")
            for call in failed
        ]


def test_the_failed_call_of_a_field_is_that_of_its_own_service() -> None:
    """Services give their operations the same names."""
    services = Scan.schema.services
    tried = 0
    for label, calls in Scan.schema.calls.items():
        for name, call in calls.items():
            others = sorted({*services.values()} - {services[label]})
            if ":" not in call:
                elsewhere = ScanCoverage(Scan(*((each, call) for each in others)))
                assert elsewhere.call_of(label, name, ACCOUNT) == ""
                here = ScanCoverage(Scan((services[label], call)))
                assert here.call_of(label, name, ACCOUNT) == f" ({call}: Denied{services[label]})"
                tried += 1
    assert tried > 100


def test_a_call_of_another_service_is_named_with_it() -> None:
    scan = Scan(("organizations", "iam:ListOrganizationsFeatures"))
    fields = [
        (label, name)
        for label, calls in Scan.schema.calls.items()
        for name, call in calls.items()
        if call == "iam:ListOrganizationsFeatures"
    ]
    assert fields
    for label, name in fields:
        assert "iam:ListOrganizationsFeatures" in ScanCoverage(scan).call_of(label, name, ACCOUNT)


def test_a_label_is_not_missed_in_accounts_of_other_clouds() -> None:
    """A path may lead over a tenant, in which nobody lists instances."""

    class OfTwo(Scan):
        scope = Scope(accounts={"aws": [ACCOUNT], "entra": ["tenant"]}, labels=["AWSRole"])
        reads = (ListingStatus("AWSRole", ACCOUNT, "global", Status.OK, "ListRoles", ""),)

    places = [Place(ACCOUNT), Place("tenant")]
    assert ScanCoverage(OfTwo()).why_open(["AWSRole"], "aws", places) is None
    OfTwo.reads = ()
    open_ = ScanCoverage(OfTwo()).why_open(["AWSRole"], "aws", places)
    assert open_
    assert ACCOUNT in open_[1]


def test_principals_in_an_account_that_was_left_out_are_missed() -> None:
    """The users of one tenant say nothing of the subscriptions of another."""

    class OfTwoTenants(Scan):
        scope = Scope(
            accounts={"azure": ["ours", "theirs"], "entra": ["tenant"]},
            directories={"ours": "tenant", "theirs": "another"},
            labels=["EntraUser", "AzureDisk"],
        )
        reads = (
            ListingStatus("EntraUser", "tenant", "global", Status.OK, "users", ""),
            *(
                ListingStatus("AzureDisk", each, "global", Status.OK, "disks", "")
                for each in ("ours", "theirs")
            ),
        )

    coverage = ScanCoverage(OfTwoTenants())
    labels = ["AzureDisk", "EntraUser"]
    assert coverage.why_open(labels, "azure", [Place("ours")]) is None
    assert coverage.why_open(labels, "entra", [Place("tenant")]) is None
    for places in ([Place("theirs")], [Place("ours"), Place("theirs")], [Place()]):
        open_ = coverage.why_open(labels, "azure", places)
        assert open_ == (
            MissingReason.CROSS_ACCOUNT,
            "EntraUser of another was not read: this scan left that account out",
        )


def test_where_principals_are_that_nobody_read_is_a_gap() -> None:
    class OfAnotherTenant(Scan):
        scope = Scope(
            accounts={"azure": ["theirs"], "entra": ["tenant"]},
            directories={"theirs": "another"},
            labels=["EntraUser"],
        )
        reads = (ListingStatus("EntraUser", "tenant", "global", Status.OK, "users", ""),)

    derivation = Derivation(
        name="steps",
        provider="azure",
        derive=lambda _: Derived([], ()),
        writes=frozenset({EdgeType("EntraUser", "CAN_ESCALATE_TO", "AzureDisk")}),
        reads=frozenset({"EntraUser"}),
    )
    found = gaps(ScanCoverage(OfAnotherTenant()), [derivation], [EdgeType("", "", "")])
    (gap,) = [each for each in found if each.label]
    assert (gap.account, gap.label, gap.provider) == ("another", "EntraUser", "azure")
