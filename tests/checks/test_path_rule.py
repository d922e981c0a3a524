"""Rules over attack paths."""

import pytest
from clew.checks import checks
from clew.checks.path_rule import PathRule, PathTarget, admin_of, any_admin, resource
from support.graphs import empty_graph


@pytest.mark.parametrize(
    ("sources", "target"),
    [("internet", any_admin), ("external", any_admin), ("principal", admin_of("AWSAccount"))],
)
def test_sources_and_targets_that_make_no_question_are_refused(
    sources: str, target: PathTarget
) -> None:
    with pytest.raises(ValueError, match="Paths of principals lead to any admin"):
        PathRule(sources, target)  # type: ignore[arg-type]


def test_the_target_of_a_check_is_what_it_is_about() -> None:
    for check in checks().values():
        if isinstance(check.rule, PathRule) and check.rule.target.kind != any_admin.kind:
            assert check.rule.target.label == check.resource, check.id


def test_what_attack_paths_do_not_include_is_never_a_pass() -> None:
    graph = empty_graph(reads=[])
    graph.add_node("vm", label="Machine", missing=None, account="a", tags=[])
    (row,) = PathRule("internet", resource("Machine")).rows(graph, "Machine")
    assert (row.passed, row.unread) == (None, ["attack paths do not include every Machine"])


def test_an_account_without_an_administrator_rests_on_its_own_listings() -> None:
    graph = empty_graph(reads=[])
    graph.add_node("1", label="AWSAccount", missing=None, account="1", tags=[])
    (row,) = PathRule("external", admin_of("AWSAccount")).rows(graph, "AWSAccount")
    assert (row.passed, [place.account for place in row.listing_scope]) == (True, ["1"])
