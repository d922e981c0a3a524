"""What answers of every cloud consist of."""

from clew.graph.authorization.model import PolicyStatement


def test_a_statement_is_referred_to_by_its_sid_or_its_place_from_one() -> None:
    assert PolicyStatement("shared", 0, "", "Allow").reference == "shared#1"
    assert PolicyStatement("shared", 2, "Read", "Allow").reference == "shared#Read"
