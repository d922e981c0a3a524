"""Nothing but reading passes the guard: held against the engines' own grammars."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ladybug
import pytest
from clew.checks import checks
from clew.checks.check import Cypher
from clew.graph.stores.conformance import box, chain, snapshot_at
from clew.graph.stores.functions import FUNCTIONS
from clew.graph.stores.ladybug import LadybugStore
from clew.graph.stores.reading import reading_query
from clew.graph.stores.store import QueryError
from clew.queries import library
from hypothesis import given, settings
from hypothesis import strategies as st
from support.foreign_cypher import BEGUN, NOT_READING, STATEMENTS, mutated

READING_RULES = {
    *("oC_Match", "oC_Unwind", "oC_With", "oC_Return", "oC_Union", "oC_Where", "oC_Order"),
    *("oC_Skip", "oC_Limit", "oC_CaseExpression", "oC_ExistCountSubquery"),
}
FOREIGN_STEPS = re.compile(
    "COPY|EXPORT|IMPORT|ATTACH|EXTENSION|CREATE|DELETE|MERGE|SET|INSERT|DROP"
)
"""What the embedded engine calls the steps of a plan that do more than scan the graph."""
BLANKS = [" ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "/* x */", "/* ' */", "// '\n", "//\r\n"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LadybugStore]:
    folder = tmp_path_factory.mktemp("reading")
    snapshot = snapshot_at(folder / "scan", [box("a"), box("b")], chain("a", "b"))
    with LadybugStore(folder / "cache") as opened:
        opened.load(snapshot)
        yield opened


def refused(query: str) -> str:
    with pytest.raises(QueryError) as caught:
        reading_query(query, {"x": 1})
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_every_statement_of_the_embedded_engine_is_known() -> None:
    """The engine's library holds the names of its grammar's rules."""
    (binary,) = Path(str(ladybug.__file__)).parent.glob("_lbug*.so")
    rules = set(re.findall(rb"(?<![0-9A-Za-z_])((?:oC|iC)_[A-Za-z]+)\x00", binary.read_bytes()))
    names = {rule.decode() for rule in rules}
    kinds = re.compile(
        "iC_(Create(?!From)|Drop(?!Prop|From)|Copy|Load|Install|Uninstall|Update|Attach|Detach|"
        "Use|Export|Import|Alter(?!Opt)|Analyze|Comment|Transaction|InQuery|Extension|Hint)"
        "|oC_(Create|Delete|Merge|Set|Explain|Profile|AnyCypher)(?!Item|Action)"
    )
    assert names >= READING_RULES
    assert {name for name in names if kinds.match(name)} <= set(STATEMENTS)


def test_every_word_that_a_statement_begins_with_is_known(store: LadybugStore) -> None:
    """The engine itself lists them."""
    (raw,) = [store._graph.database]
    assert raw is not None
    with ladybug.Connection(raw) as connection, pytest.raises(RuntimeError) as caught:
        connection.execute("FOO")
    match = re.search(r"expecting \{(.*?)\}", str(caught.value))
    assert match
    beginnings = set(match[1].split(", ")) - {"SP"}
    reading = {"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN"}
    assert reading < beginnings
    shown = {one.split()[0] for one in NOT_READING}
    assert beginnings - reading <= shown


def test_what_is_refused_would_have_reached_outside(store: LadybugStore, tmp_path: Path) -> None:
    """Read-only mode does not keep the engine from reading files."""
    secret = tmp_path / "secret.csv"
    secret.write_text("canary\n")
    query = f"UNWIND [1] AS x LOAD FROM '{secret}' (header=false) RETURN *"
    assert "canary" in str(list(store._graph.rows(query)))
    with pytest.raises(QueryError, match="LOAD is not allowed here"):
        store.query(query)


@pytest.mark.parametrize("begun", BEGUN)
def test_nothing_else_passes(begun: str) -> None:
    for statement in NOT_READING:
        refused(f"{begun} {statement}")
        refused(f"{begun} {statement.lower()}")


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """A statement that is not reading, behind what reads, in any spelling."""
    begun, statement = draw(st.sampled_from(BEGUN)), draw(st.sampled_from(NOT_READING))
    words = [*begun.split(), *statement.split()]
    spelled = [
        "".join(draw(st.sampled_from((char.lower(), char.upper()))) for char in word)
        if re.fullmatch(r"[A-Za-z]+", word)
        else word
        for word in words
    ]
    gaps = [
        "".join(draw(st.lists(st.sampled_from(BLANKS), min_size=1, max_size=2))) for _ in spelled
    ]
    after = draw(st.sampled_from(["", ";", " // x", " RETURN 1 AS one", " /* x */"]))
    return "".join(gap + word for gap, word in zip(gaps, spelled, strict=True)) + after


@settings(max_examples=500, deadline=None)
@given(query=disguised())
def test_no_disguise_helps(query: str) -> None:
    refused(query)


@settings(max_examples=600, deadline=None)
@given(query=mutated())
def test_what_passes_is_a_plan_that_scans_the_graph(store: LadybugStore, query: str) -> None:
    """The engine itself says what it would do with whatever passes."""
    parameters = {"x": 1}
    try:
        text = reading_query(query, parameters)
        plan = str(list(store._graph.rows(f"EXPLAIN {text}", parameters if "$x" in text else {})))
    except QueryError:
        return
    steps = re.findall(r"([A-Z_]+)\[\d+\]", plan)
    assert not [step for step in steps if FOREIGN_STEPS.search(step)], text
    # The rows of literals come from a function too, which reads what is in memory.
    assert set(re.findall(r"Function: (\w+)", plan)) <= {"READ_FTABLE"}, text


@pytest.mark.parametrize(
    "query",
    [
        "RETURN 1LOAD FROM '/etc/passwd' RETURN *",
        "RETURN $1LOAD FROM '/etc/passwd' RETURN *",
        "RETURN 1.LOAD",
        "RETURN 'a'LOAD FROM '/etc/passwd'",
        "RETURN `a`LOAD FROM '/etc/passwd'",
        "UNWIND [1]AS x LOAD/**/FROM '/etc/passwd' RETURN *",
        "UNWIND [1] AS x\u180eLOAD\u180eFROM '/etc/passwd' RETURN *",
        "UNWIND [1] AS x /* '*/LOAD FROM '/etc/passwd' RETURN '1' //'",
        "UNWIND [1] AS x // \\\nLOAD FROM '/etc/passwd' RETURN *",
        "UNWIND [1] AS x // \rLOAD FROM '/etc/passwd' RETURN *",
        "UNWIND ['\\'] AS x LOAD FROM '/etc/passwd' RETURN *",
        "RETURN '\\u0027 LOAD FROM \\u0027/etc/passwd'",
        "RETURN '\\\\\\u0027 AS x'",
        "RETURN 1 AS x \u017fET x.id = 1",
        "RETURN 1 AS x; LOAD FROM '/etc/passwd' RETURN *",
        "RETURN 1 AS x \u2014 x",
        "RETURN ? AS x",
        "MATCH (n) RETURN n /* LOAD",
        "MATCH (n) RETURN 'n",
        "MATCH (n) RETURN `n",
        "MATCH (n) RETURN delete",
        "MATCH (n) UNWIND [1] AS distinct WITH distinct DELETE [n][1]",
        "MATCH (n) UNWIND [1] AS not WITH not SET (n).id = 1",
        "(MATCH (n) RETURN n)",
        "{ MATCH (n) RETURN n }",
        "OPTIONAL",
        "MATCH (n) OPTIONAL",
        "MATCH (n) ORDER",
        "MATCH (n) WHERE n.id STARTS 'a' RETURN n",
    ],
)
def test_tricks(query: str) -> None:
    refused(query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("UNWIND [1] AS x LOAD FROM 'a' RETURN x", "LOAD is not allowed here (line 1, column 17)"),
        ("MATCH (n)\nWHER n.id = 'a' RETURN n", "WHER is not allowed here (line 2, column 1)"),
        ("MATCH (n) WHER n.id = 'a' RETURN n", "Did you mean WHERE?"),
        ("MATCH (n) RETURN apoc.text.join([], '')", "A query cannot call apoc.text.join (line 1"),
        ("RETURN toLowr('A')", "Did you mean tolower"),
        ("MATCH (set:Box) RETURN set", "Write `set` in backticks if it is a name."),
        ("RETURN n { CREATE (x) }", "CREATE is not allowed here"),
        ("RETURN x { MATCH (x) }", "Only EXISTS and COUNT take a subquery."),
        ("RETURN 'a", "what ' begins does not end"),
    ],
)
def test_what_is_refused_is_named(query: str, said: str) -> None:
    assert said in refused(query)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (load:Box {set: 1}) RETURN `load`.call AS copy, 1 AS create // LOAD",
        "MATCH (n:Load|Box) WHERE n:Call RETURN n",
        "MATCH (n) RETURN n.id + 'LOAD FROM /* ' AS x, `LOAD`, \"it's\"",
        "MATCH (end)-->(start) RETURN end, start.limit, start.return AS where",
        "MATCH (a)-[e:PART_OF*1..3 (r, n | WHERE r.via = 'x' | {}, {n.id})]->(b) RETURN b",
        "MATCH (a)-[e:PART_OF*..3]-(b)<--(c), (d)--() WHERE NOT (a)-[:LOGS_TO]->() RETURN *",
        "MATCH (n) WHERE EXISTS { (n)-->() } RETURN n {.id, .*, x: 1} AS map",
        "MATCH (n) WHERE n.id =~ 'a.*' AND n.size <> 0x1F OR n.x <= 1.5e-3 RETURN n.* LIMIT $x",
        "MATCH (n:A&!B) RETURN [x IN n.l WHERE x > 1 | x * 2] AS l, reduce(a = 0, y IN l | a + y)",
        "RETURN list_transform([1], y -> y + 1) AS l, 3! AS f, 3 != 4 AS g, count(*) AS c",
        "RETURN CASE $x WHEN 1 THEN 'a' ELSE 'b' END AS c, CASE WHEN true THEN 1 END AS d",
        "RETURN date('2024-1-1') AS d, duration.between(date(), date()) AS e, all(x IN l WHERE x)",
        "MATCH p = allShortestPaths((a)-[*..3]->(b)) RETURN p",
        "MATCH p = ALL SHORTEST (a)-[]->(b) RETURN p",
        "RETURN l[1..2] AS a, l[-1] AS b, l[..3] AS c UNION ALL WITH 1 AS x RETURN x, 2, 3;",
        "RETURN 'C:\\\\users' AS x",
        "UNWIND $x AS x WITH DISTINCT x ORDER BY x DESC, x ASC SKIP 1 LIMIT 2 WHERE x IS NOT NULL "
        "RETURN x",
    ],
)
def test_reading_passes(query: str) -> None:
    assert reading_query(query, {"x": 1})


def test_comments_never_reach_an_engine() -> None:
    text = reading_query("MATCH (n) // LOAD\n/* a\nb */ RETURN '/* x */' AS n", {})
    assert text == "MATCH (n)        \n    \n     RETURN '/* x */' AS n"


def test_the_saved_queries_and_the_checks_pass() -> None:
    texts = [query.cypher for query in library().values()]
    texts += [check.rule.text for check in checks().values() if isinstance(check.rule, Cypher)]
    for text in texts:
        reading_query(text, dict.fromkeys(re.findall(r"\$(\w+)", text)))


def test_every_function_of_the_embedded_engine_is_decided_on(store: LadybugStore) -> None:
    """Those that are refused change the engine's state, or have no name that could be called."""
    rows: list[Any] = list(store._graph.rows("CALL show_functions() RETURN name, type"))
    values = {
        row["name"].lower()
        for row in rows
        if row["type"] in ("SCALAR FUNCTION", "AGGREGATE FUNCTION", "REWRITE FUNCTION")
        and re.fullmatch(r"\w+", row["name"])
    }
    assert values - FUNCTIONS == {"nextval", "currval", "setseed"}
    tables = {row["name"].lower() for row in rows if "TABLE" in row["type"]}
    assert not tables & FUNCTIONS
