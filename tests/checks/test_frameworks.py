"""Compliance frameworks: what checks decide of them, and what they never let pass."""

from clew.checks import Finding, checks
from clew.checks.finding import FindingStatus
from clew.checks.frameworks import (
    Framework,
    Requirement,
    RequirementStatus,
    deciding,
    frameworks,
    requirement_rows,
    requirements_of,
)

FRAMEWORK = Framework(
    id="f",
    name="F",
    title="F",
    requirements=[
        Requirement(id="1", title="decided"),
        Requirement(id="2", title="in part", partly="the rest"),
        Requirement(id="3", title="none"),
        Requirement(id="4", title="never", undecidable="for people to judge"),
    ],
)
ONE, TWO = (
    check.__class__(**{**vars(check), "compliance": compliance})
    for check, compliance in zip(
        list(checks().values())[:2], (("F: 1, 2", "G: 3"), ("F: 1",)), strict=True
    )
)


def finding(check: str, status: str, number: int = 0) -> Finding:
    known = next(iter(checks().values()))
    return Finding(
        id=f"{check}-{status}-{number}",
        check=check,
        status=FindingStatus(status),
        severity=known.severity,
        provider="aws",
        service="s3",
        account="1",
        region="r",
        resource="x",
        resource_label="L",
        message="m",
    )


def statuses(*findings: Finding, ran: tuple[str, ...] = (ONE.id, TWO.id), muted: str = "") -> str:
    counts = {one.id: "" if one.id == muted else str(one.status) for one in findings}
    asked = [check for check in (ONE, TWO) if check.id in ran]
    rows = requirement_rows(FRAMEWORK, [ONE, TWO], asked, findings, counts)
    assert [row.status for row in rows[2:]] == [
        RequirementStatus.NOT_COVERED,
        RequirementStatus.UNDECIDABLE,
    ]
    return " ".join(row.status for row in rows[:2])


def test_a_requirement_stands_as_the_worst_of_its_findings() -> None:
    passed = finding(ONE.id, "PASS")
    assert statuses(passed) == "PASS PARTLY"
    assert statuses(passed, finding(TWO.id, "MANUAL")) == "MANUAL PARTLY"
    assert statuses(passed, finding(TWO.id, "FAIL"), finding(TWO.id, "MANUAL")) == "FAIL PARTLY"
    assert statuses(finding(ONE.id, "ERROR"), finding(ONE.id, "FAIL")) == "ERROR ERROR"


def test_what_was_not_asked_or_found_nothing_is_not_passed() -> None:
    assert statuses() == "NO_RESOURCES NO_RESOURCES"
    assert statuses(ran=()) == "NOT_CHECKED NOT_CHECKED"
    assert statuses(ran=(TWO.id,)) == "NO_RESOURCES NOT_CHECKED"


def test_what_is_muted_leaves_a_requirement_passed_in_part_at_most() -> None:
    failed = finding(ONE.id, "FAIL")
    assert statuses(failed, finding(TWO.id, "PASS"), muted=failed.id) == "PARTLY PARTLY"


def test_each_framework_is_whole_and_checks_name_requirements_that_there_are() -> None:
    by_name = {each.name: each for each in frameworks().values()}
    assert by_name
    for framework in by_name.values():
        numbers = [each.id for each in framework.requirements]
        assert len(numbers) == len({*numbers})
        decided = deciding(framework, checks().values())
        for each in framework.requirements:
            assert not (each.undecidable and decided[each.id]), each.id
            assert not (each.partly and not decided[each.id]), each.id
    for check in checks().values():
        for name, number in requirements_of(check):
            if name in by_name:
                assert number in {each.id for each in by_name[name].requirements}, check.id
