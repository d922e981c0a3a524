"""Cypher that is not reading, of both engines, and queries with such words in them."""

import re

from hypothesis import strategies as st

STATEMENTS = {
    "iC_AlterTable": ["ALTER TABLE Box ADD note STRING"],
    "iC_Analyze": ["ANALYZE"],
    "iC_AttachDatabase": ["ATTACH '/etc/passwd' AS x (dbtype LBUG)"],
    "iC_CommentOn": ["COMMENT ON TABLE Box IS 'x'"],
    "iC_CopyFrom": ["COPY Box FROM '/etc/passwd'", "COPY Box FROM (MATCH (n) RETURN n)"],
    "iC_CopyFromByColumn": ["COPY Box FROM ('a.npy', 'b.npy') BY COLUMN"],
    "iC_CopyTO": ["COPY (MATCH (n) RETURN n.id) TO 'out.csv'"],
    "iC_CreateGraph": ["CREATE GRAPH g"],
    "iC_CreateIndex": ["CREATE INDEX i FOR (n:Box) ON (n.id)"],
    "iC_CreateMacro": ["CREATE MACRO m(x) AS x + 1"],
    "iC_CreateNodeConstraint": ["CREATE CONSTRAINT c FOR (n:Box) REQUIRE n.id IS UNIQUE"],
    "iC_CreateNodeTable": ["CREATE NODE TABLE T (id STRING, PRIMARY KEY (id))"],
    "iC_CreateRelTable": ["CREATE REL TABLE R (FROM Box TO Box)"],
    "iC_CreateRole": ["CREATE ROLE r"],
    "iC_CreateSequence": ["CREATE SEQUENCE s"],
    "iC_CreateType": ["CREATE TYPE t AS INT64"],
    "iC_CreateUser": ["CREATE USER u", "CREATE USER u WITH PASSWORD 'x'"],
    "iC_DetachDatabase": ["DETACH x"],
    "iC_Drop": ["DROP TABLE Box", "DROP MACRO m"],
    "iC_DropIndexName": ["DROP INDEX i"],
    "iC_ExportDatabase": ["EXPORT DATABASE 'out'", "EXPORT DATABASE 'out' (format='csv')"],
    "iC_Extension": ["FORCE INSTALL httpfs"],
    "iC_ImportDatabase": ["IMPORT DATABASE 'out'"],
    "iC_InQueryCall": ["CALL show_tables() RETURN *", "CALL table_info('Box') YIELD name RETURN 1"],
    "iC_InstallExtension": ["INSTALL httpfs", "INSTALL httpfs FROM 'http://localhost'"],
    "iC_LoadExtension": ["LOAD EXTENSION httpfs", "LOAD EXTENSION 'out'"],
    "iC_LoadFrom": [
        "LOAD FROM '/etc/passwd' RETURN *",
        "LOAD WITH HEADERS (a STRING) FROM '/etc/passwd' (file_format='csv') RETURN a",
        "LOAD FROM $x RETURN *",
        "LOAD FROM (MATCH (n) RETURN n) RETURN *",
        "LOAD FROM read_parquet('/etc/passwd') RETURN *",
    ],
    "iC_Transaction": ["BEGIN TRANSACTION", "BEGIN", "COMMIT", "ROLLBACK", "CHECKPOINT"],
    "iC_UninstallExtension": ["UNINSTALL httpfs"],
    "iC_UpdateExtension": ["UPDATE httpfs"],
    "iC_UseDatabase": ["USE x"],
    "iC_UseGraph": ["USE GRAPH g"],
    "oC_Create": ["CREATE (m:Box {id: 'new'})", "CREATE (n)-[:PART_OF]->(n)"],
    "oC_Delete": ["DELETE x", "DETACH DELETE x", "DELETE [x][1]", "DELETE (x)"],
    "oC_Explain": ["EXPLAIN RETURN 1"],
    "oC_Merge": ["MERGE (m:Box {id: 'new'})", "MERGE (m) ON CREATE SET m.id = 'x'"],
    "oC_Profile": ["PROFILE RETURN 1", "PROFILE MATCH (n) RETURN n"],
    "oC_Set": ["SET x.note = 'x'", "SET x += {note: 'x'}"],
    "iC_Hint": ["HINT (a JOIN b)"],
    "oC_AnyCypherOption": [],
    "oC_StandaloneCall": ["CALL threads = 1"],
}
"""Every kind of statement and clause of LadybugDB's grammar that is not reading, in examples."""
NEO4J = [
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "LOAD CSV WITH HEADERS FROM 'http://localhost/' AS line RETURN line",
    "CALL db.labels()",
    "CALL db.labels() YIELD label RETURN label",
    "CALL { LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line } RETURN line",
    "CALL { MATCH (m) RETURN m } RETURN m",
    "CALL (x) { MATCH (m) RETURN m } RETURN m",
    "CALL { CREATE (m) } IN TRANSACTIONS",
    "OPTIONAL CALL db.labels()",
    "OPTIONAL CALL { MATCH (m) RETURN m } RETURN m",
    "CALL apoc.load.json('http://localhost/') YIELD value RETURN value",
    "RETURN apoc.cypher.runFirstColumnSingle('RETURN 1', {})",
    "RETURN `apoc`.`load`.`json`('x')",
    "RETURN gds.version()",
    "RETURN file()",
    "RETURN nextval('s')",
    "FOREACH (y IN [1] | CREATE (m))",
    "USE neo4j MATCH (m) RETURN m",
    "USE graph.byName('x') MATCH (m) RETURN m",
    "REMOVE x.id",
    "INSERT (m:Box)",
    "FINISH",
    "LET y = 1",
    "FILTER x.id = 1",
    "FOR y IN [1] RETURN y",
    "WHEN true THEN { CREATE (m) }",
    "NEXT RETURN 1",
    "SHOW FUNCTIONS",
    "SHOW SETTINGS YIELD *",
    "TERMINATE TRANSACTIONS 'x'",
    "START DATABASE x",
    "STOP DATABASE x",
    "GRANT ROLE r TO u",
    "DENY READ ON GRAPH g TO u",
    "REVOKE ROLE r FROM u",
    "RENAME ROLE r TO s",
    "ALTER USER u SET PASSWORD 'x'",
    "ENABLE SERVER 'x'",
    "DEALLOCATE DATABASES FROM SERVER 'x'",
    "REALLOCATE DATABASES",
    "DRYRUN REALLOCATE DATABASES",
    "CYPHER 5 MATCH (n) DELETE n",
    "USING PERIODIC COMMIT 500 LOAD CSV FROM 'x' AS line RETURN line",
    "USING INDEX n:Box(id)",
    "RETURN COLLECT { MATCH (m) RETURN m }",
    "DROP INDEX i",
]
"""The clauses and commands of Neo4j's Cypher 5 and 25 that are not reading, and functions that
reach outside."""
BEGUN = [
    "",
    "MATCH (n:Box)",
    "MATCH (n:Box) WHERE n.id = 'a'",
    "MATCH (n:Box) WHERE n.id IS NULL",
    "MATCH (n)-[:PART_OF*1..2]->(x)",
    "MATCH (n) WITH n AS x, count(*) AS k",
    "MATCH (n) WITH *",
    "MATCH (n) WITH DISTINCT *",
    "MATCH (n) WITH n ORDER BY n.id DESC",
    "MATCH (n) WITH n SKIP 1 LIMIT 1",
    "UNWIND [1] AS x",
    "UNWIND [1] AS limit WITH limit",
    "WITH 3! AS x WHERE x > 3!",
    "WITH {a: 1} AS x",
    "RETURN 1 AS x UNION",
    "RETURN 1 AS x UNION ALL",
    "RETURN 1 AS x LIMIT 1",
    "OPTIONAL MATCH (n)",
    "MATCH (n) WHERE EXISTS {",
    "MATCH (n) WHERE EXISTS { MATCH (n)",
    "MATCH (n) RETURN COUNT { MATCH (n) RETURN n UNION",
    "MATCH (n) RETURN CASE WHEN n.id = 'a' THEN 1 ELSE 2 END",
]
"""What a query may begin with; each ends where a further clause may come."""
NOT_READING = sorted({one for some in STATEMENTS.values() for one in some} | set(NEO4J))

READING = [
    "MATCH (n:ConformanceBox) WHERE n.size > 1 RETURN n.id AS x ORDER BY x LIMIT 3",
    "MATCH (a:ConformanceBox)-[r:PART_OF*1..2]->(x) WITH DISTINCT x, count(*) AS k RETURN x, k",
    "UNWIND [1, 2] AS x WITH x WHERE x > 1 RETURN CASE WHEN x = 2 THEN 'a' ELSE 'b' END AS c",
    "MATCH (x) WHERE EXISTS { MATCH (x)-[:PART_OF]->(y) WHERE y.size > 1 } RETURN x UNION ALL "
    "MATCH (x:ConformanceBox) RETURN x",
    "MATCH (x) OPTIONAL MATCH (x)<-[:WATCHES]-(t) RETURN x.id AS id, t {.id, .size} AS t SKIP 1",
    "RETURN [x IN range(1, 3) WHERE x > 1 | x * 2] AS l, {a: 1} AS m, $x AS p",
]
WORDS = [
    *(word for one in (*NOT_READING, *BEGUN) for word in re.findall(r"\w+|'[^']*'|[^\w\s]", one)),
    *("0xCREATE", "1LOAD", "1.LOAD", "$x", "$1LOAD", "`LOAD`", "``", "'\\'", '"', "\u017fET", "K"),
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A reading query in which words are put, taken away or replaced, or a statement is put. What
    is put is in lower case, so that a plan's own words are distinguished."""
    words = re.findall(r"\w+|'[^']*'|\s+|[^\w\s]", draw(st.sampled_from(READING)))
    inserted = st.sampled_from(sorted({one.lower() for one in (*WORDS, *NOT_READING)}))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(words)))
        taken = draw(st.integers(0, 2))
        gap = draw(st.sampled_from(["", " "]))
        words[at : at + taken] = [gap, draw(inserted), gap]
    return "".join(words)
