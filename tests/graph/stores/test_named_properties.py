import pytest
from clew.graph.stores.named_properties import properties
from clew.graph.stores.reading import tokens


@pytest.mark.parametrize(
    ("cypher", "named"),
    [
        ("MATCH (n:Box) RETURN n", set()),
        (
            "MATCH (n:Box {color: 'red'}) WHERE n.size > 1.5 RETURN n.`at home`",
            {"color", "size", "at home"},
        ),
        ("MATCH (n)-[r]->(m) RETURN count(n), collect(DISTINCT m), toLower(m.name)", {"name"}),
        ("RETURN 'n.hidden' AS text", set()),
    ],
)
def test_properties_are_what_a_query_names(cypher: str, named: set[str]) -> None:
    found = properties(list(tokens(cypher)))
    assert found is not None
    assert found >= named
    assert "hidden" not in found


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n:Box) RETURN properties(n)",
        "MATCH (n:Box) RETURN keys ( n )",
        "MATCH (n:Box) RETURN toString(n)",
        "MATCH (n:Box) RETURN n {.*}",
    ],
)
def test_what_may_look_at_all_properties_needs_all(cypher: str) -> None:
    assert properties(list(tokens(cypher))) is None
