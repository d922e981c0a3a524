"""Every rule is tried where it passes, where it fails, and where it is left to a person."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from clew.checks import Check, FindingStatus, checks

HERE = Path(__file__).parent
VERDICTS = (FindingStatus.PASS, FindingStatus.FAIL, FindingStatus.MANUAL)


def by_rule() -> Mapping[str, list[str]]:
    """The ids of checks by the module that declares them; those of a family are one rule."""
    checks()  # imports them
    found: dict[str, list[str]] = {}
    for name, module in sorted(sys.modules.items()):
        declared = [vars(module).get("check"), *vars(module).get("family", ())]
        ids = [each.id for each in declared if isinstance(each, Check)]
        if ids and name.startswith("clew.checks."):
            found[name] = ids
    return found


TESTS = {path: path.read_text(encoding="utf-8") for path in HERE.rglob("*/test_*.py")}
RULES = by_rule()


@pytest.mark.parametrize("module", sorted(RULES))
def test_a_rule_is_tried_with_each_verdict(module: str) -> None:
    name, ids = module.rpartition(".")[2], RULES[module]
    mentioned = re.compile(rf"\b({'|'.join(map(re.escape, (name, *ids)))})\b")
    folder = HERE.joinpath(*module.split(".")[2:-1])
    own = [
        text
        for path, text in TESTS.items()
        if mentioned.search(text)
        or (path.parent == folder and path.stem.removeprefix("test_") in name)
    ]
    place = f"{folder.relative_to(HERE.parents[1])}/test_{name}.py"
    assert own, f"{ids[0]} has no test: add {place}"
    for verdict in VERDICTS:
        expected = re.compile(rf'"{verdict.value}"|\.{verdict.name}\b')
        assert any(expected.search(text) for text in own), (
            f"No test of {', '.join(ids)} expects {verdict.value}: add a small estate of which "
            f"that is the verdict to {place}"
        )
