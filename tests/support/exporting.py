"""Graphs to export: in memory, and of whatever values resources may hold."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clew.graph.export import FORMATS, Flattened, FolderFormat, TextFormat
from clew.graph.schema import Column, EdgeType, Schema
from hypothesis import strategies as st

SCHEMA = Schema(
    labels={
        "AWSRole": {
            "id": Column.STRING,
            "name": Column.STRING,
            "missing": Column.STRING,
            "tags": Column.STRINGS,
            "parent": Column.STRING,
            "size": Column.INT64,
            "ports": Column.INTS,
            "open": Column.BOOL,
            "share": Column.DOUBLE,
        },
        "AWSS3Bucket": {"id": Column.STRING, "name": Column.STRING, "size": Column.STRING},
    },
    relationships={"TRUSTS": {"via": Column.STRING}, "CAN_REACH": {"from_port": Column.INT64}},
    pairs=[
        EdgeType("AWSRole", "CAN_REACH", "AWSS3Bucket"),
        EdgeType("AWSRole", "TRUSTS", "AWSRole"),
    ],
)


@dataclass
class Held:
    """A graph in memory that reads as a snapshot or a store does."""

    rows: dict[str, list[dict[str, Any]]]
    joined: dict[EdgeType, list[tuple[str, str, dict[str, Any]]]]
    schema: Schema = field(default_factory=lambda: SCHEMA)

    def nodes(self, label: str) -> Iterator[dict[str, Any]]:
        yield from self.rows.get(label, [])

    def edges(self, pair: EdgeType) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield from self.joined.get(pair, [])


NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("\x00\x01\x0b\x1b\x7f\x85\t\n\r\"'\\<>&;:[]{}|,=ü€😀\ud800\ufffe"),
        st.characters(),
    ),
    max_size=12,
)
VALUES = {
    Column.STRING: NASTY,
    Column.STRINGS: st.lists(NASTY, max_size=3),
    Column.INT64: st.integers(-(2**63), 2**63 - 1),
    Column.INTS: st.lists(st.integers(0, 65535), max_size=3),
    Column.BOOL: st.booleans(),
    Column.DOUBLE: st.floats(width=32),
}


def _row(label: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            name: NASTY.filter(bool) if name == "id" else st.none() | VALUES[kind]
            for name, kind in SCHEMA.labels[label].items()
        }
    )


@st.composite
def graphs(draw: st.DrawFn) -> Held:
    rows = {label: draw(st.lists(_row(label), max_size=4)) for label in SCHEMA.labels}
    seen: set[str] = set()
    for label, listed in rows.items():
        rows[label] = [row for row in listed if not (row["id"] in seen or seen.add(row["id"]))]
    joined = {}
    for pair in SCHEMA.pairs:
        sources = [row["id"] for row in rows[pair.source]]
        targets = [row["id"] for row in rows[pair.target]]
        if sources and targets:
            columns = SCHEMA.relationships[pair.rel]
            properties = st.fixed_dictionaries(
                {name: st.none() | VALUES[kind] for name, kind in columns.items()}
            )
            edge = st.tuples(st.sampled_from(sources), st.sampled_from(targets), properties)
            joined[pair] = sorted(draw(st.lists(edge, max_size=4)), key=repr)
    return Held(rows, joined)


def role(id_: str, **properties: Any) -> dict[str, Any]:
    """A role's row."""
    return {**dict.fromkeys(SCHEMA.labels["AWSRole"]), "id": id_, **properties}


TRUSTS = EdgeType("AWSRole", "TRUSTS", "AWSRole")
HOSTILE = (
    "",
    "arn:aws:iam::111122223333:role/path/na=me+,.@-_",
    "</script><script>alert(1)</script>",
    "\"double\" 'single' `back` \\ \\n \\u0027 \\\\",
    "tab\tline\nnext\r\x00\x1b[31m\x7f\x85",
    "a;b,c|d{e}[f](g)<h>&amp;&#65;%N\\N\\G$i",
    "üñï €😀 \u202eabc\u2028\u2029",
    "lone \ud800 surrogate \udfff",
    "]]> --> <!-- // /* -- end subgraph #quot; #35;",
    "9223372036854775808",
    "=cmd|' /C calc'!A0",
    " leading and trailing ",
)
"""Texts that some format or reader might take for something else."""


def hostile() -> Held:
    """A graph of the hostile values, as texts, in lists, as ids and on edges; with no value, empty
    lists, the greatest and smallest numbers, and a missing node."""
    rows = [
        role(
            f"{number} {text}",
            name=text,
            tags=[text, text],
            parent=text,
            size=(2**63 - 1, -(2**63), 2**53 + 1)[number % 3],
            ports=[number, 2**63 - 1],
            open=bool(number % 2),
            share=2.0**63 if number % 2 else 1e-7,
        )
        for number, text in enumerate(HOSTILE)
    ]
    rows.append(role("nothing known"))
    rows.append(role("nothing there", name="", tags=[], ports=[]))
    rows.append(role("blanks", tags=["", ""], parent=""))
    rows.append(role("blank", tags=[""]))
    missing = "arn:aws:iam::999900001111:role/elsewhere"
    rows.append(role(missing, name="elsewhere", missing="CROSS_ACCOUNT"))
    edges = [
        (rows[number]["id"], row["id"], {"via": row["parent"]})
        for number, row in enumerate(rows[1:])
    ]
    edges.append((rows[0]["id"], rows[1]["id"], {"via": "again"}))
    return Held({"AWSRole": rows}, {TRUSTS: sorted(edges, key=repr)})


def written(form: str, held: Held) -> str:
    """A graph in a format that is a text."""
    chosen = FORMATS[form]
    assert isinstance(chosen, TextFormat)
    stream = io.StringIO()
    numbers = chosen.write(Flattened(held), stream)
    assert numbers.nodes == sum(map(len, held.rows.values()))
    assert numbers.edges == sum(map(len, held.joined.values()))
    return stream.getvalue()


def filled(form: str, held: Held, folder: Path) -> Path:
    """A folder with a graph in a format that is several files."""
    chosen = FORMATS[form]
    assert isinstance(chosen, FolderFormat)
    folder.mkdir(exist_ok=True)
    numbers = chosen.write(Flattened(held), folder)
    assert numbers.nodes == sum(map(len, held.rows.values()))
    assert numbers.edges == sum(map(len, held.joined.values()))
    return folder
