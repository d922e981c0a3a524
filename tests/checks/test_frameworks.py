"""Compliance frameworks: what checks decide of them, and what they never let pass."""

import re
from dataclasses import replace

import pytest
from clew.checks import Category, Finding, checks
from clew.checks.finding import FindingStatus
from clew.checks.frameworks import (
    Framework,
    Requirement,
    RequirementStatus,
    controls_of,
    deciding,
    frameworks,
    requirement_rows,
)

ONE, TWO = (
    replace(check, compliance=compliance, categories=categories, provider=provider)
    for check, compliance, categories, provider in zip(
        list(checks().values())[:2],
        (("F: 1, 2", "G: 3"), ()),
        ((), (Category.BACKUP,)),
        ("aws", "azure"),
        strict=True,
    )
)
FRAMEWORK = Framework(
    id="f",
    name="F",
    title="F",
    source="https://example.com",
    requirements=[
        Requirement(id="1", title="decided", checks=(TWO.id,)),
        Requirement(id="2", title="in part", partly="the rest"),
        Requirement(id="3", title="none"),
        Requirement(id="4", title="never", undecidable="for people to judge"),
        Requirement(id="5", title="by category", categories=(Category.BACKUP,)),
    ],
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
    assert [row.status for row in rows[2:4]] == [
        RequirementStatus.NOT_COVERED,
        RequirementStatus.UNDECIDABLE,
    ]
    return " ".join(row.status for row in rows[:2])


def test_checks_decide_what_lists_them_what_names_their_category_and_what_they_claim() -> None:
    decided = deciding(FRAMEWORK, [ONE, TWO])
    assert {number: [check.id for check in those] for number, those in decided.items()} == {
        "1": [ONE.id, TWO.id],
        "2": [ONE.id],
        "3": [],
        "4": [],
        "5": [TWO.id],
    }


def test_what_a_check_decides_is_told_framework_by_framework() -> None:
    own = replace(checks()["kms_key_split_broken"], compliance=("G: 3", "CIS GCP 4.0: 9.9"))
    told = dict(each.split(": ", 1) for each in controls_of(own))
    assert told["G"] == "3"
    assert told["CIS GCP 4.0"] == "1.11, 9.9"
    assert "AC-5" in told["NIST 800-53 r5"].split(", ")


def test_a_requirement_stands_as_the_worst_of_its_findings() -> None:
    passed = finding(ONE.id, "PASS")
    assert statuses(passed) == "PASS PARTLY"
    assert statuses(passed, finding(TWO.id, "MANUAL")) == "MANUAL PARTLY"
    assert statuses(passed, finding(TWO.id, "FAIL"), finding(TWO.id, "MANUAL")) == "FAIL PARTLY"
    assert statuses(finding(ONE.id, "ERROR"), finding(ONE.id, "FAIL")) == "ERROR ERROR"


def test_nothing_is_passed_wholly_of_a_framework_that_checks_see_a_part_of() -> None:
    passed = finding(TWO.id, "PASS")
    framework = FRAMEWORK.model_copy(update={"partly": "what people do"})
    rows = requirement_rows(framework, [TWO], [TWO], [passed], {passed.id: "PASS"})
    assert [row.status for row in rows] == [
        RequirementStatus.PARTLY,
        RequirementStatus.NOT_COVERED,
        RequirementStatus.NOT_COVERED,
        RequirementStatus.UNDECIDABLE,
        RequirementStatus.PARTLY,
    ]


def test_what_own_content_claims_of_what_cannot_be_decided_is_passed_in_part_at_most() -> None:
    own = replace(ONE, compliance=("F: 4",))
    passed = finding(own.id, "PASS")
    rows = requirement_rows(FRAMEWORK, [own], [own], [passed], {passed.id: "PASS"})
    assert (rows[3].status, rows[3].note) == (RequirementStatus.PARTLY, "for people to judge")


def test_what_was_not_asked_or_found_nothing_is_not_passed() -> None:
    assert statuses() == "NO_RESOURCES NO_RESOURCES"
    assert statuses(ran=()) == "NOT_CHECKED NOT_CHECKED"
    assert statuses(ran=(TWO.id,)) == "NO_RESOURCES NOT_CHECKED"


def test_a_requirement_one_of_whose_clouds_was_not_scanned_is_passed_in_part_at_most() -> None:
    passed = finding(ONE.id, "PASS")
    assert statuses(passed, ran=(ONE.id,)) == "PARTLY PARTLY"
    row, *_ = requirement_rows(FRAMEWORK, [ONE, TWO], [ONE], [passed], {passed.id: "PASS"})
    assert (row.checks, row.not_run) == ([ONE.id, TWO.id], [TWO.id])


def test_what_is_muted_leaves_a_requirement_passed_in_part_at_most() -> None:
    failed = finding(ONE.id, "FAIL")
    assert statuses(failed, finding(TWO.id, "PASS"), muted=failed.id) == "PARTLY MUTED"


PUBLISHED = {
    "cis-aws-3.0": "1.1-22 2.1.1-4 2.2.1 2.3.1-3 2.4.1 3.1-9 4.1-16 5.1-6",
    "cis-aws-4.0": "1.1-22 2.1.1-4 2.2.1-4 2.3.1 3.1-9 4.1-16 5.1.1-2 5.2-7",
    "cis-aws-5.0": "1.1-21 2.1.1-4 2.2.1-4 2.3.1 3.1-9 4.1-16 5.1.1-2 5.2-7",
    "cis-aws-6.0": "2.1-21 3.1.1-4 3.2.1-4 3.3.1 4.1-9 5.1-16 6.1.1-2 6.2-7",
    "cis-aws-7.0": "2.1.1-6 2.2-21 3.1.1-4 3.2.1-4 3.3.1 4.1-10 5.1-16 6.1.1-2 6.2-8",
    "cis-azure-5.0": "2.1.1-11 3.1.1 5.1.1-3 5.2.1-8 5.3.1-7 5.4-28 6.1.1.1-10 6.1.2.1-11 6.1.3.1 "
    "6.1.4-5 6.2 7.1-16 8.1.1.1 8.1.2.1 8.1.3.1-5 8.1.4.1 8.1.5.1-2 8.1.6.1 8.1.7.1-4 8.1.8.1 "
    "8.1.9.1 8.1.10-16 8.2.1 8.3.1-11 8.4.1 8.5 9.1.1-3 9.2.1-3 9.3.1.1-3 9.3.2.1-3 9.3.3.1 "
    "9.3.4-11",
    "cis-gcp-3.0": "1.1-17 2.1-16 3.1-10 4.1-12 5.1-2 6.1.1-3 6.2.1-8 6.3.1-7 6.4-7 7.1-4 8.1",
    "cis-gcp-4.0": "1.1-17 2.1-16 3.1-10 4.1-12 5.1-2 6.1.1-3 6.2.1-8 6.3.1-7 6.4-7 7.1-4 8.1",
    "cis-gcp-5.0": "1.1.1-4 1.2-18 2.1-17 3.1-12 4.1-12 5.1-2 6.1.1-3 6.2.1-8 6.3.1-7 6.4-9 7.1-4 "
    "8.1",
    "cis-m365-7.0": "1.1.1-4 1.2.1-2 1.3.1-9 2.1.1-15 2.2.1 2.4.1-5 3.1.1 3.2.1-3 3.3.1 4.1-2 "
    "5.1.2.1-6 5.1.3.1-4 5.1.4.1-6 5.1.5.1-6 5.1.6.1-3 5.1.8.1 5.2.2.1-17 5.2.3.1-10 5.2.4.1-5 "
    "5.3.1-5 6.1.1-3 6.2.1-3 6.3.1-2 6.5.1-5 7.2.1-11 7.3.1 8.1.1-2 8.2.1-4 8.4.1 8.5.1-9 8.6.1 "
    "9.1.1-12",
    "hipaa": "164.308(a)(1)(i) 164.308(a)(1)(ii)(A-D) 164.308(a)(2) 164.308(a)(3)(i) "
    "164.308(a)(3)(ii)(A-C) 164.308(a)(4)(i) 164.308(a)(4)(ii)(A-C) 164.308(a)(5)(i) "
    "164.308(a)(5)(ii)(A-D) 164.308(a)(6)(i) 164.308(a)(6)(ii) 164.308(a)(7)(i) "
    "164.308(a)(7)(ii)(A-E) 164.308(a)(8) 164.308(b)(1-3) 164.310(a)(1) 164.310(a)(2)(i) "
    "164.310(a)(2)(ii) 164.310(a)(2)(iii) 164.310(a)(2)(iv) 164.310(b) 164.310(c) 164.310(d)(1) "
    "164.310(d)(2)(i) 164.310(d)(2)(ii) 164.310(d)(2)(iii) 164.310(d)(2)(iv) 164.312(a)(1) "
    "164.312(a)(2)(i) 164.312(a)(2)(ii) 164.312(a)(2)(iii) 164.312(a)(2)(iv) 164.312(b) "
    "164.312(c)(1-2) 164.312(d) 164.312(e)(1) 164.312(e)(2)(i) 164.312(e)(2)(ii) 164.314(a)(1) "
    "164.314(a)(2)(i)(A-C) 164.314(a)(2)(ii) 164.314(a)(2)(iii) 164.314(b)(1) 164.314(b)(2)(i) "
    "164.314(b)(2)(ii) 164.314(b)(2)(iii) 164.314(b)(2)(iv) 164.316(a) 164.316(b)(1)(i) "
    "164.316(b)(1)(ii) 164.316(b)(2)(i) 164.316(b)(2)(ii) 164.316(b)(2)(iii)",
    "iso-27001-2022": "5.1-37 6.1-8 7.1-14 8.1-34",
    "nist-800-53-r5": "AC-1-12 AC-14 AC-16-25 AT-1-4 AT-6 AU-1-14 AU-16 CA-1-3 CA-5-9 CM-1-14 "
    "CP-1-4 CP-6-13 IA-1-13 IR-1-9 MA-1-7 MP-1-8 PE-1-6 PE-8-23 PL-1-2 PL-4 PL-7-11 PM-1-32 "
    "PS-1-9 PT-1-8 RA-1-3 RA-5-10 SA-1-5 SA-8-11 SA-15-17 SA-20-24 SC-1-8 SC-10-13 SC-15-18 "
    "SC-20-32 SC-34-51 SI-1-8 SI-10-23 SR-1-12",
    "nist-csf-2.0": "GV.OC-01-05 GV.RM-01-07 GV.RR-01-04 GV.PO-01-02 GV.OV-01-03 GV.SC-01-10 "
    "ID.AM-01-05 ID.AM-07-08 ID.RA-01-10 ID.IM-01-04 PR.AA-01-06 PR.AT-01-02 PR.DS-01-02 "
    "PR.DS-10-11 PR.PS-01-06 PR.IR-01-04 DE.CM-01-03 DE.CM-06 DE.CM-09 DE.AE-02-04 DE.AE-06-08 "
    "RS.MA-01-05 RS.AN-03 RS.AN-06-08 RS.CO-02-03 RS.MI-01-02 RC.RP-01-06 RC.CO-03-04",
    "pci-dss-4.0": "1.1.1-2 1.2.1-8 1.3.1-3 1.4.1-5 1.5.1 2.1.1-2 2.2.1-7 2.3.1-2 3.1.1-2 3.2.1 "
    "3.3.1 3.3.1.1-3 3.3.2-3 3.4.1-2 3.5.1 3.5.1.1-3 3.6.1 3.6.1.1-4 3.7.1-9 4.1.1-2 4.2.1 "
    "4.2.1.1-2 4.2.2 5.1.1-2 5.2.1-3 5.2.3.1 5.3.1-2 5.3.2.1 5.3.3-5 5.4.1 6.1.1-2 6.2.1-3 "
    "6.2.3.1 6.2.4 6.3.1-3 6.4.1-3 6.5.1-6 7.1.1-2 7.2.1-5 7.2.5.1 7.2.6 7.3.1-3 8.1.1-2 8.2.1-8 "
    "8.3.1-10 8.3.10.1 8.3.11 8.4.1-3 8.5.1 8.6.1-3 9.1.1-2 9.2.1 9.2.1.1 9.2.2-4 9.3.1 9.3.1.1 "
    "9.3.2-4 9.4.1 9.4.1.1-2 9.4.2-5 9.4.5.1 9.4.6-7 9.5.1 9.5.1.1-2 9.5.1.2.1 9.5.1.3 10.1.1-2 "
    "10.2.1 10.2.1.1-7 10.2.2 10.3.1-4 10.4.1 10.4.1.1 10.4.2 10.4.2.1 10.4.3 10.5.1 10.6.1-3 "
    "10.7.1-3 11.1.1-2 11.2.1-2 11.3.1 11.3.1.1-3 11.3.2 11.3.2.1 11.4.1-7 11.5.1 11.5.1.1 11.5.2 "
    "11.6.1 12.1.1-4 12.2.1 12.3.1-4 12.4.1-2 12.4.2.1 12.5.1-2 12.5.2.1 12.5.3 12.6.1-3 "
    "12.6.3.1-2 12.7.1 12.8.1-5 12.9.1-2 12.10.1-4 12.10.4.1 12.10.5-7 A1.1.1-4 A1.2.1-3 A2.1.1-3",
    "soc-2": "CC1.1-5 CC2.1-3 CC3.1-4 CC4.1-2 CC5.1-3 CC6.1-8 CC7.1-5 CC8.1 CC9.1-2 A1.1-3 C1.1-2 "
    "PI1.1-5 P1.1 P2.1 P3.1-2 P4.1-3 P5.1-2 P6.1-7 P7.1 P8.1",
}
"""What each framework's publisher numbers, with runs of numbers or letters drawn together."""


def numbers(runs: str) -> list[str]:
    found = []
    for run in runs.split():
        if ends := re.search(r"(\d+)-(\d+)(?=\)?$)", run):
            width = len(ends[1])
            middle = [str(each).zfill(width) for each in range(int(ends[1]), int(ends[2]) + 1)]
        elif ends := re.search(r"([A-Z])-([A-Z])(?=\)$)", run):
            middle = [chr(each) for each in range(ord(ends[1]), ord(ends[2]) + 1)]
        else:
            found.append(run)
            continue
        found += [run[: ends.start()] + each + run[ends.end() :] for each in middle]
    return found


def test_runs_of_numbers_are_drawn_apart() -> None:
    assert numbers("1.9-11 AC-2-3 AC-14 X.Y-09-10 4(A-B) 4(1-2)") == [
        *("1.9", "1.10", "1.11", "AC-2", "AC-3", "AC-14", "X.Y-09", "X.Y-10"),
        *("4(A)", "4(B)", "4(1)", "4(2)"),
    ]


def test_the_published_numbering_of_every_framework_is_known() -> None:
    assert {*frameworks()} == {*PUBLISHED}
    names = {each.name for each in frameworks().values()}
    assert len(names) == len(PUBLISHED)
    assert not any(":" in name for name in names)  # what separates a framework from its numbers


@pytest.mark.parametrize("framework", frameworks().values(), ids=frameworks())
def test_each_requirement_that_is_published_stands_once(framework: Framework) -> None:
    listed = [each.id for each in framework.requirements]
    assert sorted(listed) == sorted(numbers(PUBLISHED[framework.id]))


@pytest.mark.parametrize("framework", frameworks().values(), ids=frameworks())
def test_each_framework_says_of_what_nothing_decides_why_and_of_what_is_decided_how_far(
    framework: Framework,
) -> None:
    decided = deciding(framework, checks().values())
    for each in framework.requirements:
        assert {*each.checks} <= {*checks()}, each.id
        assert not (each.undecidable and (each.checks or each.categories)), each.id
        assert not (each.partly and not decided[each.id]), each.id
        assert not (each.categories and not framework.partly), each.id
        for check in decided[each.id]:
            assert check.provider in (framework.providers or [check.provider]), check.id
    assert any(decided.values())


def test_every_check_decides_a_part_of_some_general_framework() -> None:
    general = {each.name for each in frameworks().values() if not each.providers}
    assert len(general) == 6
    for check in checks().values():
        assert not general.isdisjoint(each.partition(": ")[0] for each in controls_of(check)), (
            check.id
        )


def test_checks_name_requirements_that_there_are() -> None:
    by_name = {each.name: {one.id for one in each.requirements} for each in frameworks().values()}
    for check in checks().values():
        for each in check.compliance:
            name, _, listed = each.partition(":")
            if name in by_name:
                assert {number.strip() for number in listed.split(",")} <= by_name[name], check.id


def test_every_check_is_of_a_category_and_every_category_has_checks() -> None:
    assert not [check.id for check in checks().values() if not check.categories]
    assert {each for check in checks().values() for each in check.categories} == {*Category}
    assert all(each.meaning.endswith(".") for each in Category)
