"""The conformance suite: what any store must do, as tests that a backend's tests inherit.

It needs pytest and hypothesis (``pip install 'clew[test]'``). A backend subclasses
:class:`StoreConformance` and makes its store in the fixture ``store``::

    class TestMyStore(StoreConformance):
        @pytest.fixture
        def store(self):
            with MyStore() as store:
                yield store
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..linking import Edge, ResourceGraph
from ..model import MissingReason, Resource, Scope, UnknownResource, field, ref
from ..schema import EdgeType, Schema
from ..snapshot import Snapshot, write
from ..traversal import SnapshotReader
from .store import Node, Path, QueryError, Relationship, Step, Store, StoreError

_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


class Box(Resource):
    """Has a column of every type."""

    provider = "test"
    label = "ConformanceBox"
    identity = "box:{name}"

    note: str | None = field("Text.")
    size: int | None = field("A whole number.")
    weight: float | None = field("A number.")
    sealed: bool | None = field("A truth.")
    marks: list[str] | None = field("Texts.")
    counts: list[int] | None = field("Whole numbers.")
    holds: list[str] | None = ref("ConformanceBox", by="name", rel="PART_OF")
    stands_on: str | None = ref("ConformanceBox", by="name", rel="PART_OF")
    belongs_to: str | None = ref(("Trail", "Group"), by="name", rel="LOGS_TO")


class Trail(Resource):
    """Its label is a keyword of some engines."""

    provider = "test"
    label = "Trail"
    identity = "trail:{name}"

    size: int | None = field("A column that other labels have too.")
    only_here: str | None = field("A column that no other label has.")
    watched: str | None = ref("ConformanceBox", by="name", rel="WATCHES")


class Group(Resource):
    """Its label is a keyword too, and it never has a node here but in one test."""

    provider = "test"
    label = "Group"
    identity = "group:{name}"


MODELS = (Box, Trail, Group, UnknownResource)
SCHEMA = Schema.of(MODELS, derived=[EdgeType("Trail", "CAN_REACH", "ConformanceBox")])
PART_OF = EdgeType("ConformanceBox", "PART_OF", "ConformanceBox")
LOGS_TO = EdgeType("ConformanceBox", "LOGS_TO", "Trail")
WATCHES = EdgeType("Trail", "WATCHES", "ConformanceBox")
CAN_REACH = EdgeType("Trail", "CAN_REACH", "ConformanceBox")

Link = tuple[EdgeType, str, str, Mapping[str, Any]]


def box(name: str, **values: Any) -> Box:
    """A box; its name is its id."""
    return Box(id=name, name=name, **values)


def trail(name: str, **values: Any) -> Trail:
    """A trail; its name is its id."""
    return Trail(id=name, name=name, **values)


def link(pair: EdgeType, source: str, target: str, **properties: Any) -> Link:
    """An edge, by default of the field ``field``."""
    return pair, source, target, {"via": "field", **properties}


def chain(*names: str) -> list[Link]:
    """PART_OF edges from each box to the next."""
    return [link(PART_OF, *ends) for ends in pairwise(names)]


def snapshot_at(
    path: FilePath, resources: Iterable[Resource], links: Iterable[Link] = ()
) -> Snapshot:
    """Writes a snapshot of resources and links."""
    graph = ResourceGraph({resource.id: resource for resource in resources})
    for pair, source, target, properties in links:
        graph.edges[pair].append(Edge(source, target, dict(properties)))
    return write(
        path,
        graph,
        SCHEMA,
        scope=Scope(),
        coverage=[],
        reads=[],
        started=_MOMENT,
        finished=_MOMENT,
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INTEGERS = st.integers(-(2**63), 2**63 - 1)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Resource], list[Link]]:
    """Small graphs with anything in their columns."""
    names = draw(st.lists(TEXTS.filter(bool), max_size=6, unique=True))
    resources: list[Resource] = []
    for name in names:
        if draw(st.booleans()):
            resources.append(
                box(
                    name,
                    note=draw(st.none() | TEXTS),
                    size=draw(st.none() | INTEGERS),
                    weight=draw(st.none() | st.floats(allow_nan=False)),
                    sealed=draw(st.none() | st.booleans()),
                    marks=draw(st.none() | st.lists(TEXTS, max_size=3)),
                    counts=draw(st.none() | st.lists(INTEGERS, max_size=3)),
                    missing=draw(st.none() | st.sampled_from(MissingReason)),
                )
            )
        else:
            resources.append(trail(name, only_here=draw(st.none() | TEXTS)))
    if not resources:
        return [], []
    labels = {resource.id: resource.label for resource in resources}
    links = []
    for source, target in draw(st.lists(st.tuples(*[st.sampled_from(names)] * 2), max_size=10)):
        fitting = [
            pair for pair in SCHEMA.pairs if (pair[0], pair[2]) == (labels[source], labels[target])
        ]
        if fitting:
            pair = draw(st.sampled_from(fitting))
            links.append(link(pair, source, target, via=draw(TEXTS)))
    return resources, links


class StoreConformance:
    """Inherit this and define the fixture ``store``."""

    @pytest.fixture
    def store(self) -> Any:
        """An open store, which may hold anything; the subclass makes it."""
        raise NotImplementedError

    @pytest.fixture
    def snapshot_of(self, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Snapshot]:
        """Makes a snapshot of resources and links."""

        def make(resources: Iterable[Resource], links: Iterable[Link] = ()) -> Snapshot:
            return snapshot_at(tmp_path_factory.mktemp("scan") / "it's [one]", resources, links)

        return make

    @pytest.fixture
    def holding(self, store: Store, snapshot_of: Callable[..., Snapshot]) -> Callable[..., Store]:
        """Makes the store hold resources and links."""

        def load(resources: Iterable[Resource], links: Iterable[Link] = ()) -> Store:
            store.load(snapshot_of(resources, links))
            return store

        return load

    # What is there, and what is not.

    def test_labels_and_types_exist_without_data(self, holding: Callable[..., Store]) -> None:
        """A query on what has no data answers nothing."""
        store = holding([])
        for label in SCHEMA.labels:
            assert store.query(f"MATCH (n:`{label}`) RETURN n AS n") == []
            assert list(store.nodes(label)) == []
        for pair in SCHEMA.pairs:
            pattern = f"(s:`{pair.source}`)-[r:{pair.rel}]->(t:`{pair.target}`)"
            assert store.query(f"MATCH {pattern} RETURN r.via AS via, s.id AS s") == []
            assert list(store.edges(pair)) == []
        for rel in SCHEMA.relationships:
            assert store.query(f"MATCH ()-[r:{rel}]->() RETURN r AS r") == []

    def test_a_name_that_the_model_lacks_is_an_error(self, holding: Callable[..., Store]) -> None:
        """Misspelling must not look as if there were nothing."""
        store = holding([box("a")])
        for query, name in (
            ("MATCH (n:ConformanceBax) RETURN n", "ConformanceBax"),
            ("MATCH (:ConformanceBox)-[:PART_OFF]->(n:ConformanceBox) RETURN n", "PART_OFF"),
            ("MATCH (n:ConformanceBox) RETURN n.no_such_column AS x", "no_such_column"),
        ):
            with pytest.raises(QueryError, match=name):
                store.query(query)

    def test_every_type_of_column_returns_as_it_was(self, holding: Callable[..., Store]) -> None:
        """Values, empty values and unread ones stay apart."""
        full = box(
            "full",
            note="text",
            size=-(2**63),
            weight=0.1,
            sealed=True,
            marks=["b", "a", "b"],
            counts=[3, -1],
            tags=["k=v"],
        )
        empty = box("empty", note="", size=0, weight=0.0, sealed=False, marks=[], counts=[])
        store = holding([full, empty, box("unread")])
        for resource in (full, empty, box("unread")):
            expected = {"provider": "test", **resource.model_dump(mode="json")}
            (row,) = store.query(
                "MATCH (n:ConformanceBox {id: $id}) "
                "RETURN n AS n, n.marks AS marks, n.size AS size",
                {"id": resource.id},
            )
            assert row["n"] == Node("ConformanceBox", expected)
            assert row["n"].id == resource.id
            assert list(row["n"].properties) == list(SCHEMA.labels["ConformanceBox"])
            assert (row["marks"], row["size"]) == (expected["marks"], expected["size"])

    @pytest.mark.parametrize(
        "text",
        ["é漢🧶\u202e", "\x00\x01\x1f\x7f", "'\"\\`$x;//*{}\r\n\t", "x" * 1_000_000, "\ufeff", " "],
        ids=["unicode", "control", "quotes", "long", "mark", "blank"],
    )
    def test_text_returns_as_it_was(self, holding: Callable[..., Store], text: str) -> None:
        """In a column, in a list, and where an index allows it, in an id."""
        id_ = text[:2000]
        store = holding(
            [box(id_, note=text, marks=[text, text]), box("b")], [link(PART_OF, id_, "b", via=text)]
        )
        (row,) = store.query(
            "MATCH (n:ConformanceBox)-[r:PART_OF]->(b:ConformanceBox) WHERE n.note = $text "
            "RETURN n AS n, r AS r",
            {"text": text},
        )
        assert row["n"].id == id_
        assert row["n"].properties["marks"] == [text, text]
        assert row["r"] == Relationship("PART_OF", {"via": text})

    def test_what_no_engine_can_hold_loses_nothing_else(
        self, holding: Callable[..., Store]
    ) -> None:
        """Half a surrogate pair is spelled out, a number without bounds is unread."""
        half, long = "half \ud800 pair", "x" * 10_000_000
        store = holding(
            [
                box(half, note=half, marks=[half, "whole"]),
                box("nul\0", note="a\0b"),
                box("long", note=long),
                box("wide", size=1 << 63, counts=[1, 1 << 64], weight=float("nan")),
                box("low", size=-(1 << 63) - 1, weight=float("-inf"), sealed=True),
                box("edge", size=(1 << 63) - 1, counts=[-(1 << 63)]),
            ],
            [link(PART_OF, half, "nul\0"), link(PART_OF, "nul\0", "wide")],
        )
        nodes = _by_id(store.nodes("ConformanceBox"))
        spelled = "half \\ud800 pair"
        assert nodes.keys() == {spelled, "nul\0", "long", "wide", "low", "edge"}
        assert (nodes[spelled]["note"], nodes[spelled]["marks"]) == (spelled, [spelled, "whole"])
        assert nodes["nul\0"]["note"] == "a\0b"
        assert nodes["long"]["note"] == long
        for name in ("wide", "low"):
            assert [nodes[name][field] for field in ("size", "counts", "weight")] == [None] * 3
        assert nodes["low"]["sealed"] is True
        assert (nodes["edge"]["size"], nodes["edge"]["counts"]) == ((1 << 63) - 1, [-(1 << 63)])
        ends = {(source, target) for source, target, _ in store.edges(PART_OF)}
        assert ends == {(spelled, "nul\0"), ("nul\0", "wide")}

    def test_missing_nodes_are_ordinary(self, holding: Callable[..., Store]) -> None:
        """They match by label and say why they are missing."""
        store = holding(
            [box("here"), Box.absent("gone", MissingReason.NOT_FOUND, name="gone")],
            chain("here", "gone"),
        )
        rows = store.query(
            "MATCH (n:ConformanceBox)-[:PART_OF]->(m:ConformanceBox) "
            "RETURN n.missing AS n, m.missing AS m, m.sealed AS sealed"
        )
        assert rows == [{"n": None, "m": "NOT_FOUND", "sealed": None}]

    def test_edges_of_different_fields_stay_apart(self, holding: Callable[..., Store]) -> None:
        """Two edges of one type may join the same two nodes."""
        links = [link(PART_OF, "a", "b", via=via) for via in ("holds", "stands_on", "stands_on")]
        store = holding([box("a"), box("b")], links)
        rows = store.query(
            "MATCH (:ConformanceBox)-[r:PART_OF]->(:ConformanceBox) "
            "RETURN r.via AS via ORDER BY via"
        )
        assert [row["via"] for row in rows] == ["holds", "stands_on", "stands_on"]

    def test_edges_carry_their_properties(self, holding: Callable[..., Store]) -> None:
        """A relationship has its own columns, read or not."""
        known = {"via": "", "protocol": "tcp", "from_port": 22, "unread": ["a", "b"]}
        store = holding([trail("t"), box("b")], [link(CAN_REACH, "t", "b", **known)])
        (row,) = store.query("MATCH (:`Trail`)-[r:CAN_REACH]->(:ConformanceBox) RETURN r AS r")
        columns = SCHEMA.relationships["CAN_REACH"]
        assert row["r"].type == "CAN_REACH"
        assert row["r"].properties == dict.fromkeys(columns) | known

    # Loading.

    def test_loading_again_changes_nothing(
        self, store: Store, snapshot_of: Callable[..., Snapshot]
    ) -> None:
        """Neither nodes nor edges double."""
        snapshot = snapshot_of([box("a"), box("b")], chain("a", "b"))
        for _ in range(2):
            store.load(snapshot)
            assert store.schema == snapshot.schema
            assert [node["id"] for node in store.nodes("ConformanceBox")] == ["a", "b"]
            assert len(list(store.edges(PART_OF))) == 1

    def test_loading_another_leaves_nothing(self, holding: Callable[..., Store]) -> None:
        """Neither nodes, edges, nor properties of the scan before."""
        holding([box("a", note="old"), box("b"), trail("t")], chain("a", "b"))
        store = holding([box("a")])
        assert store.query("MATCH (n) RETURN n.id AS id") == [{"id": "a"}]
        assert store.query("MATCH (n:ConformanceBox) RETURN n.note AS note") == [{"note": None}]
        assert store.query("MATCH ()-[r]->() RETURN r") == []

    def test_an_id_may_change_its_label(self, holding: Callable[..., Store]) -> None:
        """What was missing under one label may be found under another."""
        holding([trail("x")])
        store = holding([box("x")])
        assert list(store.nodes("Trail")) == []
        assert [node["id"] for node in store.nodes("ConformanceBox")] == ["x"]

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(graph=graphs())
    def test_what_goes_in_comes_out(
        self,
        store: Store,
        snapshot_of: Callable[..., Snapshot],
        graph: tuple[list[Resource], list[Link]],
    ) -> None:
        """The store's nodes and edges are the snapshot's."""
        snapshot = snapshot_of(*graph)
        store.load(snapshot)
        reader = SnapshotReader(snapshot)
        for label in SCHEMA.labels:
            assert _by_id(store.nodes(label)) == _by_id(reader.nodes(label))
        for pair in SCHEMA.pairs:
            assert _sorted(store.edges(pair)) == _sorted(reader.edges(pair))

    # Queries.

    @pytest.fixture
    def estate(self, holding: Callable[..., Store]) -> Store:
        """a → b → c → a, c → d, and a trail that watches a and that b logs to."""
        return holding(
            [
                box("a", size=1, marks=["x=1", "y"], note="alpha"),
                box("b", size=2, marks=[], note="beta", sealed=True),
                box("c", size=3, note="Alphabet", sealed=False),
                box("d"),
                trail("t", size=9, only_here="yes"),
            ],
            [
                *chain("a", "b", "c", "a"),
                *chain("c", "d"),
                link(WATCHES, "t", "a"),
                link(LOGS_TO, "b", "t"),
            ],
        )

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("MATCH (n:ConformanceBox) WHERE n.sealed RETURN n.id AS x", ["b"]),
            ("MATCH (n:ConformanceBox) WHERE NOT n.sealed RETURN n.id AS x", ["c"]),
            ("MATCH (n:ConformanceBox) WHERE n.sealed IS NULL RETURN n.id AS x", ["a", "d"]),
            ("MATCH (n:ConformanceBox) RETURN n.size > 1 AS x", [False, True, True, None]),
            ("MATCH (n:ConformanceBox) WHERE 'y' IN n.marks RETURN n.id AS x", ["a"]),
            ("MATCH (n:ConformanceBox {id: 'd'}) RETURN 'y' IN n.marks AS x", [None]),
            (
                "MATCH (n:ConformanceBox) WHERE any(m IN n.marks WHERE m STARTS WITH 'x=') "
                "RETURN n.id AS x",
                ["a"],
            ),
            ("MATCH (n:ConformanceBox) WHERE n.size IN [1, 3] RETURN n.id AS x", ["a", "c"]),
            ("MATCH (n:ConformanceBox) WHERE n.note CONTAINS 'et' RETURN n.id AS x", ["b", "c"]),
            ("MATCH (n:ConformanceBox) WHERE n.note =~ 'al.*' RETURN n.id AS x", ["a"]),
            ("MATCH (n:ConformanceBox) WHERE n.note =~ '(?i)ALPHA.*' RETURN n.id AS x", ["a", "c"]),
            ("MATCH (n:ConformanceBox) WHERE n.note =~ 'alph' RETURN n.id AS x", []),
            ("MATCH (n:ConformanceBox|`Trail`) WHERE n.size > 2 RETURN n.id AS x", ["c", "t"]),
            ("MATCH (n) WHERE n.size > 2 RETURN n.id AS x", ["c", "t"]),
            (
                "MATCH (n:ConformanceBox) "
                "WHERE EXISTS { MATCH (n)-[:LOGS_TO]->(:`Trail`) } RETURN n.id AS x",
                ["b"],
            ),
            (
                "MATCH (n:ConformanceBox) "
                "WHERE NOT EXISTS { MATCH (n)-[:PART_OF]->(m:ConformanceBox) WHERE m.size > 0 } "
                "RETURN n.id AS x",
                ["d"],
            ),
            (
                "MATCH (n:ConformanceBox) WHERE NOT (n)-[:PART_OF]->(:ConformanceBox) "
                "RETURN n.id AS x",
                ["d"],
            ),
            (
                "MATCH (n:ConformanceBox) "
                "RETURN n.id AS id, COUNT { MATCH (n)-[:PART_OF]->(:ConformanceBox) } AS x",
                [0, 1, 1, 2],
            ),
            (
                "MATCH (n:ConformanceBox) OPTIONAL MATCH (n)-[:LOGS_TO]->(t:`Trail`) "
                "RETURN t.id AS x",
                ["t", None, None, None],
            ),
            (
                "MATCH (:ConformanceBox {id: 'a'})-[:PART_OF*1..2]->(n:ConformanceBox) "
                "RETURN DISTINCT n.id AS x",
                ["b", "c"],
            ),
            (
                "MATCH (:ConformanceBox {id: 'a'})-[:PART_OF|LOGS_TO*1..3]->(n) "
                "RETURN DISTINCT n.id AS x",
                ["a", "b", "c", "d", "t"],
            ),
            ("MATCH (n:ConformanceBox)<-[:WATCHES]-(:`Trail`) RETURN n.id AS x", ["a"]),
            ("MATCH (n:ConformanceBox)-[:LOGS_TO]-(m:`Trail`) RETURN n.id AS x", ["b"]),
            ("MATCH (n:ConformanceBox) RETURN count(n.size) AS x", [3]),
            ("MATCH (n:ConformanceBox) RETURN sum(n.size) AS x", [6]),
            ("MATCH (n:ConformanceBox) RETURN size(collect(n.size)) AS x", [3]),
            ("MATCH (n:ConformanceBox) WITH n.sealed AS s, count(*) AS k RETURN k AS x", [1, 1, 2]),
            (
                "MATCH (n:ConformanceBox) RETURN n.id AS x ORDER BY x DESC SKIP 1 LIMIT 2",
                ["c", "b"],
            ),
            ("MATCH (n:ConformanceBox) RETURN coalesce(n.size, -1) AS x", [1, 2, 3, -1]),
            (
                "MATCH (n:ConformanceBox) RETURN CASE WHEN n.size > 1 THEN 'big' "
                "WHEN n.size IS NULL THEN 'unread' ELSE 'small' END AS x",
                ["big", "big", "small", "unread"],
            ),
            ("UNWIND $list AS each RETURN each AS x", ["p", "q"]),
            ("MATCH (n:ConformanceBox) WHERE n.id IN $list RETURN n.id AS x", []),
            ("MATCH (n:ConformanceBox) WHERE n.size = $number RETURN n.id AS x", ["b"]),
            ("MATCH (n:ConformanceBox) WHERE n.id IN $nothing RETURN n.id AS x", []),
            ("RETURN $unset IS NULL AS x", [True]),
            ("RETURN $text AS x", ["it's"]),
            (
                "MATCH (:ConformanceBox {id: 'b'})-[r]->(n) RETURN type(r) AS x",
                ["LOGS_TO", "PART_OF"],
            ),
            ("MATCH (n:`Trail`) RETURN n.only_here AS x UNION RETURN 'no' AS x", ["no", "yes"]),
            (
                "MATCH (n:ConformanceBox) // RETURN 1\nWHERE n.id = 'a' /* ; */ RETURN 'x;' AS x;",
                ["x;"],
            ),
        ],
    )
    def test_common_cypher(self, estate: Store, query: str, expected: list[Any]) -> None:
        """Every engine gives the same answer."""
        parameters = {"list": ["p", "q"], "number": 2, "nothing": [], "unset": None, "text": "it's"}
        found = [row["x"] for row in estate.query(query, parameters)]
        if "ORDER BY" in query:
            assert found == expected
        else:
            assert sorted(found, key=repr) == sorted(expected, key=repr)

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("MATCH (n:ConformanceBox) RETURN n.id AS n ORDER BY n DESC", ["d", "c", "b", "a"]),
            ("MATCH (n:ConformanceBox) RETURN n.size AS n ORDER BY n LIMIT 2", [1, 2]),
            ("MATCH (n:ConformanceBox) RETURN DISTINCT n.id AS `n` ORDER BY n SKIP 3", ["d"]),
            ("UNWIND [3, 1, 2] AS n RETURN -n AS n ORDER BY n", [-3, -2, -1]),
            ("UNWIND [3, 1, 2] AS n RETURN -n AS n, n AS m ORDER BY n + 0", [-3, -2, -1]),
            ("UNWIND [3, 1, 2] AS m RETURN -m AS n, m AS m ORDER BY m DESC", [-3, -2, -1]),
            ("UNWIND [3, 1, 2] AS m RETURN m AS n, -m AS m ORDER BY m", [3, 2, 1]),
            ("UNWIND [3, 1, 2] AS n WITH -n AS n ORDER BY n LIMIT 2 WHERE n < -2 RETURN n", [-3]),
            (
                "MATCH (n:ConformanceBox) WITH n.id AS n, n.size AS m ORDER BY n DESC LIMIT 3 "
                "MATCH (o:ConformanceBox) WHERE o.id = n RETURN n ORDER BY n",
                ["b", "c", "d"],
            ),
            (
                "MATCH (n:ConformanceBox) RETURN n.sealed AS n, count(*) AS m ORDER BY m DESC, n",
                [None, False, True],
            ),
            ("MATCH (n:ConformanceBox) RETURN n.id AS id ORDER BY n.size DESC SKIP 2", ["b", "a"]),
            ("MATCH (n:ConformanceBox) RETURN n.note AS id ORDER BY id LIMIT 1", ["Alphabet"]),
        ],
    )
    def test_sorting_is_by_the_column(self, estate: Store, query: str, expected: list[Any]) -> None:
        """A column hides the variable that is called as it is."""
        rows = estate.query(query)
        assert [next(iter(row.values())) for row in rows] == expected
        column = query.rpartition("RETURN ")[2].split()
        name = column[column.index("AS") + 1] if "AS" in column else column[0]
        assert all(next(iter(row)) == name.strip("`,") for row in rows)

    @pytest.mark.parametrize(
        ("returned", "columns"),
        [
            ("count(n)", ["count(n)"]),
            ("n.id, n.size + 1  AS more, toUpper( n.id )", ["n.id", "more", "toUpper( n.id )"]),
            ("DISTINCT labels(n), n.id AS n ORDER BY n", ["labels(n)", "n"]),
            ("n, n.id ORDER BY n.id", ["n", "n.id"]),
            ("n.id UNION MATCH (m:ConformanceBox) RETURN m.id AS `n.id`", ["n.id"]),
        ],
    )
    def test_columns_are_called_as_the_query_words_them(
        self, estate: Store, returned: str, columns: list[str]
    ) -> None:
        """An expression without a name is headed with itself."""
        (first, *_) = estate.query(f"MATCH (n:ConformanceBox) RETURN {returned}")
        assert list(first) == columns

    def test_nodes_have_their_own_columns_only(self, estate: Store) -> None:
        """Also where a variable may have any label."""
        for pattern in ("(n:ConformanceBox|`Trail`)", "(n)"):
            rows = estate.query(f"MATCH {pattern} RETURN n AS n")
            assert {row["n"].id for row in rows} == set("abcdt")
            for row in rows:
                assert list(row["n"].properties) == list(SCHEMA.labels[row["n"].label])

    def test_a_null_node_is_none(self, estate: Store) -> None:
        """What OPTIONAL MATCH does not find."""
        rows = estate.query(
            "MATCH (n:ConformanceBox {id: 'd'}) OPTIONAL MATCH (n)-[r:PART_OF]->(m:ConformanceBox) "
            "RETURN n AS n, r AS r, m AS m, collect(m) AS found"
        )
        assert [(row["n"].id, row["r"], row["m"], row["found"]) for row in rows] == [
            ("d", None, None, [])
        ]

    def test_nodes_and_edges_can_be_collected(self, estate: Store) -> None:
        """Lists and maps hold nodes and relationships like rows do."""
        (row,) = estate.query(
            "MATCH (n:ConformanceBox {id: 'c'})-[r:PART_OF]->(m:ConformanceBox) "
            "RETURN collect(m) AS nodes, collect(r) AS edges, collect([n, m]) AS both, "
            "collect({of: m.id}) AS maps"
        )
        assert sorted(node.id for node in row["nodes"]) == ["a", "d"]
        assert row["edges"] == [Relationship("PART_OF", {"via": "field"})] * 2
        assert {(n.id, m.id) for n, m in row["both"]} == {("c", "a"), ("c", "d")}
        assert sorted(each["of"] for each in row["maps"]) == ["a", "d"]

    def test_paths_and_variable_lengths(self, estate: Store) -> None:
        """A path has its nodes and edges, a variable-length relationship its edges."""
        (row,) = estate.query(
            "MATCH p = (:ConformanceBox {id: 'a'})-[r:PART_OF|LOGS_TO*2..2]->(:`Trail`) "
            "RETURN p AS p, r AS r"
        )
        assert isinstance(row["p"], Path)
        assert [node.id for node in row["p"].nodes] == ["a", "b", "t"]
        assert [edge.type for edge in row["p"].relationships] == ["PART_OF", "LOGS_TO"]
        assert row["r"] == row["p"].relationships
        for node in row["p"].nodes:
            assert list(node.properties) == list(SCHEMA.labels[node.label])

    def test_limit(self, estate: Store) -> None:
        """At most so many rows are returned, whatever the query says."""
        query = "MATCH (n:ConformanceBox) RETURN n.id AS id ORDER BY id"
        assert [row["id"] for row in estate.query(query, limit=2)] == ["a", "b"]
        assert len(estate.query(query, limit=100)) == 4
        assert estate.query(query, limit=0) == []

    def test_limit_spares_the_rest(self, estate: Store) -> None:
        """Rows beyond the limit are not made."""
        query = "UNWIND range(1, 3000) AS i UNWIND range(1, 3000) AS j RETURN i AS i, j AS j"
        began = time.monotonic()
        assert len(estate.query(query, limit=3, timeout=30)) == 3
        assert time.monotonic() - began < 10

    def test_timeout(self, estate: Store) -> None:
        """A query that takes too long ends, and the store goes on."""
        began = time.monotonic()
        with pytest.raises(QueryError, match="longer than"):
            estate.query(
                "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j "
                "WITH i, j WHERE i * j % 7 = 8 RETURN count(*) AS n",
                timeout=0.5,
            )
        assert time.monotonic() - began < 15
        assert estate.query("RETURN 1 AS one", timeout=10) == [{"one": 1}]

    def test_threads_share_a_store(self, estate: Store) -> None:
        """One thread's time limit is not another's."""
        slow = (
            "UNWIND range(1, 100000) AS i UNWIND range(1, 100000) AS j "
            "WITH i, j WHERE i * j % 7 = 8 RETURN count(*) AS n"
        )

        def ask(number: int) -> str | int:
            if number % 2:
                return len(estate.query("MATCH (n:ConformanceBox) RETURN n AS n", timeout=60))
            with pytest.raises(QueryError, match="longer than") as caught:
                estate.query(slow, timeout=0.5)
            return str(caught.value)

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(ask, range(6)))
        assert answers[1::2] == [4] * 3

    @pytest.mark.parametrize(
        "query",
        [
            "MATCH (n:ConformanceBox) SET n.note = 'changed'",
            "MATCH (n:ConformanceBox) DETACH DELETE n",
            "MATCH (n:ConformanceBox) WITH n CREATE (:ConformanceBox {id: 'new'})",
            "MATCH (a:ConformanceBox), (b:ConformanceBox) CREATE (a)-[:PART_OF]->(b)",
            "UNWIND [1] AS i MERGE (:ConformanceBox {id: 'new'})",
            "CREATE (:ConformanceBox {id: 'new'})",
            "DROP TABLE ConformanceBox",
            "CALL db.labels() YIELD label RETURN label",
            "MATCH (n:ConformanceBox) CALL db.labels() YIELD label RETURN label",
            "MATCH (n:ConformanceBox) LOAD FROM '/etc/passwd' RETURN *",
            "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
            "UNWIND [1] AS i LOAD FROM '/etc/passwd' RETURN *",
            "UNWIND [1] AS i LOAD WITH HEADERS (a STRING) FROM '/etc/passwd' RETURN a",
            "MATCH (n:ConformanceBox) CALL { CREATE (:ConformanceBox {id: 'new'}) } RETURN n",
            "MATCH (n:ConformanceBox) FOREACH (i IN [1] | SET n.note = 'changed')",
            "RETURN apoc.load.json('file:///etc/passwd') AS x",
            "COPY (MATCH (n:ConformanceBox) RETURN n.id) TO '/tmp/clew-conformance.csv'",
            "CHECKPOINT",
            "RETURN 1 AS one; CHECKPOINT",
            "RETURN 'a' AS one; MATCH (n) DETACH DELETE n;",
            "RETURN 'it\\'s' AS one; CHECKPOINT",
            "RETURN '\\u0027 AS one; CHECKPOINT //'",
            "/* RETURN */ CHECKPOINT",
            "",
            " // nothing",
        ],
    )
    def test_only_reading(self, estate: Store, query: str) -> None:
        """Whatever is not one reading query is refused and changes nothing."""
        before = [list(estate.nodes("ConformanceBox")), _sorted(estate.edges(PART_OF))]
        with pytest.raises(QueryError):
            estate.query(query)
        assert not FilePath("/tmp/clew-conformance.csv").exists()  # noqa: S108
        assert [list(estate.nodes("ConformanceBox")), _sorted(estate.edges(PART_OF))] == before

    def test_a_syntax_error_says_where(self, estate: Store) -> None:
        """One sentence, with the engine's own word on the place."""
        with pytest.raises(
            QueryError, match=r"(?s)line:? 1.*MATCH \(n:ConformanceBox RETURN n.*\^"
        ):
            estate.query("MATCH (n:ConformanceBox RETURN n")

    def test_a_parameter_without_a_value_is_named(self, estate: Store) -> None:
        """None would silently match nothing."""
        with pytest.raises(QueryError, match=r"\$wanted"):
            estate.query("MATCH (n:ConformanceBox {id: $wanted}) RETURN n AS n", {"other": 1})

    # Paths.

    def test_shortest_paths(self, estate: Store) -> None:
        """Directed, over the types named, all of the fewest edges."""
        assert _walks(estate.shortest_paths("a", "d")) == ["a-PART_OF-b-PART_OF-c-PART_OF-d"]
        assert _walks(estate.shortest_paths("a", "t")) == ["a-PART_OF-b-LOGS_TO-t"]
        assert _walks(estate.shortest_paths("t", "t")) == []
        assert _walks(estate.shortest_paths("d", "a")) == []
        assert _walks(estate.shortest_paths("a", "t", ["PART_OF"])) == []
        assert _walks(estate.shortest_paths("a", "t", ["PART_OF", "LOGS_TO"])) == [
            "a-PART_OF-b-LOGS_TO-t"
        ]
        assert _walks(estate.shortest_paths("a", "d", longest=2)) == []
        assert _walks(estate.shortest_paths("a", "nowhere")) == []
        (path,) = estate.shortest_paths("a", "t")
        assert path[0].source == Node("ConformanceBox", next(estate.nodes("ConformanceBox")))
        assert path[1].target == Node("Trail", next(estate.nodes("Trail")))
        with pytest.raises(QueryError, match="NO_SUCH"):
            estate.shortest_paths("a", "d", ["NO_SUCH"])

    def test_all_shortest_paths(self, holding: Callable[..., Store]) -> None:
        """Every way of the same length once, however many edges run side by side."""
        store = holding(
            [box(name) for name in "abcde"],
            [
                *chain("a", "b", "e"),
                *chain("a", "c", "e"),
                *chain("a", "b"),
                *chain("a", "d", "b"),
            ],
        )
        assert _walks(store.shortest_paths("a", "e")) == [
            "a-PART_OF-b-PART_OF-e",
            "a-PART_OF-c-PART_OF-e",
        ]
        assert len(store.shortest_paths("a", "e", limit=1)) == 1

    def test_an_empty_store_says_so(self, store: Store) -> None:
        """A store that was closed answers nothing."""
        store.close()
        with pytest.raises(StoreError):
            store.query("RETURN 1 AS one")

    def test_capabilities_name_the_engine(self, estate: Store) -> None:
        """With its version."""
        assert any(character.isdigit() for character in estate.capabilities.engine)


def _by_id(nodes: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    listed = list(nodes)
    by_id = {node["id"]: node for node in listed}
    assert len(by_id) == len(listed)
    return by_id


def _sorted(edges: Iterable[tuple[str, str, Mapping[str, Any]]]) -> list[Any]:
    return sorted(
        ((source, target, dict(properties)) for source, target, properties in edges), key=repr
    )


def _walks(paths: Sequence[Sequence[Step]]) -> list[str]:
    return sorted(
        path[0].source.id + "".join(f"-{step.type}-{step.target.id}" for step in path)
        for path in paths
    )
