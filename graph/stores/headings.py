"""What the columns of a query are called: by its own words, as Cypher has it, whatever an engine
makes of an expression."""

from collections.abc import Sequence

from .ordering import Item, projections
from .reading import tokens


def headings(cypher: str, columns: Sequence[str]) -> list[str]:
    """The names of the columns of a query, which the engine gives by these names."""
    clauses = projections(cypher, list(tokens(cypher)))
    items = next((each.items for each in clauses if each.clause.keyword == "RETURN"), [])
    if len(items) != len(columns):  # it returns `*`
        return list(columns)
    return [
        column if item.name else _words(cypher, item)
        for item, column in zip(items, columns, strict=True)
    ]


def _words(cypher: str, item: Item) -> str:
    last = item.words[-1]
    return cypher[item.words[0].offset : last.offset + len(last.value)]
