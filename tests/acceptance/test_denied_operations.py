"""Nothing unread becomes safe, nor certain: each operation that a scan of the demo estate calls is
denied in turn, in all accounts and regions at once, and what the scan then says is held against
what it says undenied. All of them take a quarter of an hour, so that one of three is tried unless
CLEW_TEST_EVERY_DENIAL says otherwise."""

import gc
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from types import MappingProxyType
from typing import NamedTuple

import pytest
from clew.checks import Finding, Severity, checks
from clew.checks.path_rule import PathRule
from clew.collectors.registry import collectors, providers
from clew.graph.model import Status
from support.comparing import Kind, violations
from support.denial import DeniableEstate, Operation, deniable_estate
from support.outcomes import Derivations, Known, Outcome, Parts, outcome_of, paths_rest_on

_SAID_ONCE = "which control policies bind an account is not known, which is said once as a gap"
_CONTROLS = MappingProxyType(
    {
        Kind.BECAME_FAIL: _SAID_ONCE,
        Kind.EDGE_CERTAIN: _SAID_ONCE,
        Kind.PATH_CERTAIN: _SAID_ONCE,
    }
)

VIOLATIONS: Mapping[Operation, Mapping[Kind, str]] = MappingProxyType(
    {
        **{
            Operation("aws", "organizations", name): _CONTROLS
            for name in (
                "DescribeOrganization",
                "ListAccounts",
                "ListAccountsForParent",
                "ListOrganizationalUnitsForParent",
                "ListPolicies",
                "ListRoots",
                "ListTargetsForPolicy",
            )
        },
        Operation("aws", "eks", "DescribeNodegroup"): dict.fromkeys(
            (Kind.EDGE_GONE, Kind.EDGE_CERTAIN),
            "the ARN of a node group has an id that its description alone tells: without it the "
            "same edges lead to the group by its name",
        ),
        Operation("azure", "resources", "Microsoft.Resources/subscriptions/resourceGroups"): {
            Kind.EDGE_CERTAIN: "who may give itself roles on a group of resources is shown to do "
            "so there alone; where groups were not listed, on each resource, which is as certain"
        },
    }
)
"""What is known to be said wrongly, by the operation that is denied, and why. A test fails on what
is not listed, and on what is listed and mended."""

SERVICES = sorted(
    {(each.provider, each.service) for one in providers() for each in collectors(one)}
)
GROUPS = 2
"""Into how many workers the work is split: each has to read the estate once."""
EVERY = "CLEW_TEST_EVERY_DENIAL"
"""The variable by which every operation is denied, not one of a few."""
TOGETHER = 8
"""How many operations what they took is kept of: to look for it takes seconds."""
done = count(1)


def chosen(operations: Sequence[Operation], one_of: int = 3) -> Sequence[Operation]:
    """The operations to deny: one of so many, or all of them."""
    return operations if os.environ.get(EVERY) else operations[::one_of]


def kept_small(operations: Sequence[Operation]) -> Iterator[Operation]:
    """The operations, with what the last ones took being freed."""
    for operation in operations:
        yield operation
        # Attack graphs and what explains them refer to each other.
        if next(done) % TOGETHER == 0:
            gc.collect()


class Undenied(NamedTuple):
    """The estate, and what a scan of it comes to if nothing is denied."""

    estate: DeniableEstate
    outcome: Outcome


@pytest.fixture(scope="module")
def undenied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undenied]:
    with deniable_estate(tmp_path_factory.mktemp("denied")) as estate:
        with estate.read() as reading:
            outcome = outcome_of(reading, estate.scope)
        yield Undenied(estate, outcome)


@pytest.mark.parametrize(
    ("provider", "service"),
    [
        pytest.param(*each, marks=pytest.mark.xdist_group(f"denied-{number % GROUPS}"))
        for number, each in enumerate(SERVICES)
    ],
)
def test_a_denied_operation_makes_nothing_safe_or_certain(
    provider: str, service: str, undenied: Undenied
) -> None:
    estate, before = undenied
    operations = [each for each in chosen(estate.operations) if each[:2] == (provider, service)]
    kinds: Counter[str] = Counter()
    wrong: list[str] = []
    for operation in kept_small(operations):
        with estate.read(operation) as reading:
            assert operation.name in {
                each.operation.rpartition(":")[2]
                for each in reading.collected.coverage
                if each.status == "denied" and each.provider == provider
            } | {"HeadBucket"}, f"{operation} was not denied"
            after = outcome_of(reading, estate.scope, before)
        found = list(violations(before, after))
        kinds.update(each.kind.value for each in found)
        known = VIOLATIONS.get(operation, {})
        wrong += [
            f"{operation}: {each.kind}: {each.about}" for each in found if each.kind not in known
        ]
        wrong += [
            f"{operation}: mended, take it off the list: {kind}"
            for kind in known.keys() - {each.kind for each in found}
        ]
    compared = (
        f"{len(operations)} operations of {provider} {service} denied; compared each time: "
        f"{len(before.findings)} findings, {len(before.edges.possible)} derived edges, "
        f"{len(before.paths.possible)} paths; violations: {dict(kinds) or 'none'}"
    )
    print(compared)
    assert not wrong, "\n".join([compared, *wrong])


@pytest.mark.xdist_group("denied-0")
def test_every_operation_is_denied_and_all_that_is_known_is_of_one(undenied: Undenied) -> None:
    operations = undenied.estate.operations
    assert {each[:2] for each in operations} <= {*SERVICES}
    assert {each.provider for each in operations} == {*providers()}
    assert VIOLATIONS.keys() <= {*operations}
    print(f"{len(operations)} operations: {dict(Counter(each.provider for each in operations))}")


# Of the demo estate's own refusals one alone leaves nearly every path verdict open, so that a
# further one shows nothing: here they count as answered, and only checks of attack paths are run.

PATHS = [each for each in checks().values() if isinstance(each.rule, PathRule)]


@pytest.fixture(scope="module")
def whole(undenied: Undenied) -> Undenied:
    estate = undenied.estate
    with estate.read(is_whole=True) as reading:
        assert {each.status for each in reading.collected.coverage} == {Status.OK}
        return Undenied(estate, outcome_of(reading, estate.scope, selected=PATHS))


def test_some_paths_are_certain_and_some_certainly_not_there(whole: Undenied) -> None:
    found = Counter(each.status.value for each in whole.outcome.findings.values())
    assert found.keys() == {"PASS", "MANUAL", "FAIL"}
    passed = {each.provider for each in whole.outcome.findings.values() if each.status == "PASS"}
    assert {"aws", "azure", "entra"} <= passed


@pytest.mark.parametrize(
    "provider",
    [
        pytest.param(each, marks=pytest.mark.xdist_group(f"denied-{number % GROUPS}"))
        for number, each in enumerate(providers())
    ],
)
def test_a_denied_operation_leaves_no_path_out_for_certain(provider: str, whole: Undenied) -> None:
    """What is denied leads to no PASS, and where it lists what paths may lead over none stays in
    the accounts that it was asked in: from a folder that a project does not lie in, none need lead
    there."""
    estate, before = whole
    operations = [each for each in estate.operations if each.provider == provider]
    wrong: list[str] = []
    for operation in kept_small(chosen(operations, 20)):
        with estate.read(operation, is_whole=True) as reading:
            after = outcome_of(reading, estate.scope, before, PATHS)
        over = paths_rest_on(operation.provider)
        lost: dict[str, set[str]] = defaultdict(set)
        for each in reading.collected.reads:
            if each.status != Status.OK and each.label in over:
                lost[each.account or ""].add(each.label)
        known = VIOLATIONS.get(operation, {})
        wrong += [
            f"{operation}: {each.kind}: {each.about}"
            for each in violations(before, after)
            if each.kind not in known and each.kind in _OF_FINDINGS
        ]
        wrong += [
            f"{operation}: {one.check} {one.resource} passes without "
            + ", ".join(sorted(lost[one.account or ""]))
            for one in after.findings.values()
            if one.status == "PASS"
            and one.provider == operation.provider
            and lost.get(one.account or "")
        ]
    assert not wrong, "\n".join(wrong)


_OF_FINDINGS = {
    Kind.BECAME_PASS,
    Kind.BECAME_FAIL,
    Kind.VANISHED,
    Kind.APPEARED,
    Kind.RENAMED,
}


# That what must not be said is noticed at all.


def finding(
    status: str, check: str = "c", resource: str = "r", target: str | None = None
) -> Finding:
    return Finding.model_validate(
        {
            "id": f"{check} {resource} {target}",
            "check": check,
            "status": status,
            "severity": Severity.LOW,
            "provider": "aws",
            "service": "s",
            "account": "a",
            "region": None,
            "resource": resource,
            "resource_label": "L",
            "target": target,
            "message": "",
        }
    )


def outcome(
    *findings: Finding, edges: Known | None = None, paths: Known | None = None, gaps: str = ""
) -> Outcome:
    nothing = Known(frozenset(), frozenset())
    return Outcome(
        {one.id: one for one in findings},
        edges or nothing,
        paths or nothing,
        frozenset([gaps] if gaps else ()),
        NOTHING_READ,
        Derivations(NOTHING_READ, {}),
    )


NOTHING_READ = Parts({}, {}, frozenset())
EDGE = ("from", "CAN_ASSUME", "to", "")
CERTAIN = Known(frozenset([EDGE]), frozenset([EDGE]))
POSSIBLE = Known(frozenset(), frozenset([EDGE]))
FROM_ANYONE = Known(frozenset(), frozenset([("internet", *EDGE[1:])]))


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([finding("FAIL")], [finding("FAIL")], []),
        ([finding("FAIL")], [finding("MANUAL")], []),
        ([finding("FAIL")], [finding("PASS")], [Kind.BECAME_PASS]),
        ([finding("MANUAL")], [finding("PASS")], [Kind.BECAME_PASS]),
        ([finding("PASS")], [finding("FAIL")], [Kind.BECAME_FAIL]),
        ([finding("FAIL")], [], [Kind.VANISHED]),
        ([finding("FAIL")], [finding("MANUAL", "other")], [Kind.VANISHED]),
        ([finding("FAIL")], [finding("MANUAL", resource="a")], []),
        ([finding("FAIL", target="t")], [finding("MANUAL", target="unread:r#t")], []),
        ([finding("FAIL")], [finding("MANUAL", target="t")], [Kind.RENAMED]),
        ([], [finding("FAIL")], [Kind.APPEARED]),
        ([], [finding("PASS")], []),
        (
            [finding("FAIL")],
            [finding("PASS", target="t"), finding("MANUAL", target="unread:r#t")],
            [Kind.APPEARED],
        ),
        ([], [finding("MANUAL")], []),
    ],
)
def test_findings_are_compared(
    before: list[Finding], after: list[Finding], kinds: list[Kind]
) -> None:
    found = violations(outcome(*before), outcome(*after))
    assert [each.kind for each in found] == kinds


@pytest.mark.parametrize(
    ("before", "after", "gap", "kinds"),
    [
        (CERTAIN, POSSIBLE, "", []),
        (POSSIBLE, CERTAIN, "", [Kind.EDGE_CERTAIN]),
        (None, CERTAIN, "said once", [Kind.EDGE_CERTAIN]),
        (None, POSSIBLE, "", []),
        (CERTAIN, None, "", [Kind.EDGE_GONE]),
        (CERTAIN, None, "said once", []),
        (CERTAIN, FROM_ANYONE, "", []),
    ],
)
def test_edges_are_compared(
    before: Known | None, after: Known | None, gap: str, kinds: list[Kind]
) -> None:
    found = violations(outcome(edges=before), outcome(edges=after, gaps=gap))
    assert [each.kind for each in found] == kinds
    found = violations(outcome(paths=before), outcome(paths=after, gaps=gap))
    to_path = {Kind.EDGE_CERTAIN: Kind.PATH_CERTAIN, Kind.EDGE_GONE: Kind.PATH_GONE}
    assert [each.kind for each in found] == [to_path[kind] for kind in kinds]
