"""What is suggested for a name that nothing has."""

from difflib import SequenceMatcher

import pytest
from clew.graph.suggestions import nearest


def test_what_is_alike_comes_before_all_there_is() -> None:
    assert nearest("alise", ["bob", "alice"]) == "Did you mean alice?"
    assert nearest("zzz", ["bob", "alice"]) == "There is: bob, alice."
    assert nearest("zzz", []) == ""
    assert nearest("zzz", [f"name-{number}" for number in range(100)]) == ""


def test_of_many_names_few_are_compared_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"role-number-{number}" for number in range(50_000)]
    compared = []

    class Counting(SequenceMatcher[str]):
        def ratio(self) -> float:
            compared.append(self)
            return super().ratio()

    monkeypatch.setattr("difflib.SequenceMatcher", Counting)
    assert "role-number-777" in nearest("role-numbr-777", names)
    assert 0 < len(compared) < len(names) / 4
