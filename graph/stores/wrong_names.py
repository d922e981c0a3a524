"""What is meant where a query names a label, a type or a property that a scan does not have."""

import re

from ..cypher import edges_in, labels_in
from ..schema import Schema
from ..suggestions import nearest

_NO_TABLE = re.compile(r"Table (\w+) does not exist")
_NO_PROPERTY = re.compile(r"Cannot find property (\w+) for (\w+)")


def explained(message: str, cypher: str, schema: Schema) -> str:
    """What LadybugDB says is wrong with a query, in sentences that help."""
    if named := _NO_TABLE.search(message):
        return _table(named[1], cypher, schema)
    if named := _NO_PROPERTY.search(message):
        return _property(named[1], named[2], cypher, schema)
    return f"The query is wrong: {message}"


def _table(name: str, cypher: str, schema: Schema) -> str:
    if name in schema.newer_labels:
        return f"This scan was made before Clew collected {name}. Scan again."
    is_type = name in {edge.rel for edge in edges_in(cypher)} and name not in labels_in(cypher)
    kind, known = (
        ("relationship type", schema.relationships) if is_type else ("label", schema.labels)
    )
    sentences = (f"There is no {kind} '{name}'.", nearest(name, sorted(known)))
    return " ".join(filter(None, sentences))


def _property(name: str, variable: str, cypher: str, schema: Schema) -> str:
    labels = _labels_of(variable, cypher) & schema.labels.keys() or schema.labels.keys()
    known = {column for label in labels for column in schema.labels[label]}
    of = f" of {' or '.join(sorted(labels))}" if len(labels) < len(schema.labels) else ""
    sentences = (f"There is no property '{name}'{of}.", nearest(name, sorted(known)))
    return " ".join(filter(None, sentences))


def _labels_of(variable: str, cypher: str) -> set[str]:
    """The labels that patterns give a variable."""
    named = re.findall(rf"\(\s*{re.escape(variable)}\s*:\s*([\w|\s]+)", cypher)
    return {label.strip() for each in named for label in each.split("|")}
