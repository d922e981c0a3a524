"""The attack graph that rules over attack paths share."""

from typing import Any

import pytest
from clew.checks import attack, checks, run
from clew.checks.access_rule import AccessRule
from clew.checks.path_rule import PathRule
from clew.graph.attack.model import AttackGraph
from clew.scans.scan import open_scan


def over_paths() -> list[Any]:
    return [each for each in checks().values() if each.service == "paths"]


def test_all_checks_of_a_run_share_one_attack_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[AttackGraph] = []
    make = attack.attack_graph

    def counted(*arguments: Any) -> AttackGraph:
        built.append(make(*arguments))
        return built[-1]

    monkeypatch.setattr(attack, "attack_graph", counted)
    rules = {type(each.rule) for each in over_paths()}
    assert rules == {PathRule, AccessRule}
    report = run(over_paths(), None, open_scan("demo").snapshot)
    assert not any(each.status == "ERROR" for each in report.findings)
    assert len(built) == 1
