"""Where a field's value lies in an answer."""

from typing import Any

import pytest
from clew.graph.model.reference import WireError, wire_reader


@pytest.mark.parametrize(
    ("path", "raw", "value"),
    [
        ("A.B", {"A": {"B": 1}}, 1),
        ("A.B", {"A": {}}, None),
        ("A.B", {"A": None}, None),
        ("A[].B", {"A": [{"B": 1}, {}, {"B": 2}]}, [1, 2]),
        ("A[].B", {}, None),
        ("A", {"A": "text"}, "text"),
    ],
)
def test_a_path_is_read(path: str, raw: dict[str, Any], value: object) -> None:
    assert wire_reader(path)(raw) == value


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("A.B", {"A": "text"}),
        ("A.B", {"A": []}),
        ("A[].B", {"A": {}}),
        ("A[].B", {"A": "text"}),
        ("A[].B", {"A": ["text"]}),
        ("A[]", {"A": "text"}),
    ],
)
def test_something_else_on_the_path_is_not_taken_for_absent(path: str, raw: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        wire_reader(path)(raw)
