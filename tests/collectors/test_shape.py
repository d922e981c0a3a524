"""What JSON an API answers, as data."""

from typing import Any

import pytest
from clew.collectors.shape import misfit

PERSON = {"name": str, "active": bool, "keys": [{"ends": str}], "web": {"urls": [str]}}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"name": "a", "active": True, "keys": [{"ends": "x"}], "web": {"urls": ["u"]}}, ""),
        ({}, ""),
        ({"name": None, "keys": [None], "unheard": 7}, ""),
        ([], "it"),
        ({"name": 7}, ".name"),
        ({"active": 1}, ".active"),
        ({"active": "true"}, ".active"),
        ({"keys": ""}, ".keys"),
        ({"keys": {}}, ".keys"),
        ({"keys": [{"ends": "x"}, {"ends": []}]}, ".keys[1].ends"),
        ({"web": []}, ".web"),
        ({"web": {"urls": [7]}}, ".web.urls[0]"),
    ],
)
def test_the_first_value_of_another_type_is_named(value: Any, place: str) -> None:
    assert misfit(PERSON, value) == place


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({}, ""),
        ({"a": {"type": "x"}, "b": None}, ""),
        ({"a": {"type": "x"}, "b": {"type": 7}}, ".b.type"),
        ({"a": "text"}, ".a"),
        ({"kept": 7}, ".kept"),
    ],
)
def test_every_member_may_have_a_shape(value: Any, place: str) -> None:
    assert misfit({"*": {"type": str}, "kept": str}, value) == place
