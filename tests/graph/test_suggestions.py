"""What is suggested for a name that nothing has."""

import time

from clew.graph.suggestions import nearest


def test_what_is_alike_comes_before_all_there_is() -> None:
    assert nearest("alise", ["bob", "alice"]) == "Did you mean alice?"
    assert nearest("zzz", ["bob", "alice"]) == "There is: bob, alice."
    assert nearest("zzz", []) == ""
    assert nearest("zzz", [f"name-{number}" for number in range(100)]) == ""


def test_many_names_are_compared_in_good_time() -> None:
    names = [f"role-number-{number}" for number in range(50_000)]
    start = time.process_time()
    assert "role-number-777" in nearest("role-numbr-777", names)
    assert time.process_time() - start < 5
