"""Answers as notebooks show them: plain HTML without scripts, in which every value is text.

What is longer than a page is cut, and says so; gaps stand below what may lack them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

from .plain_text import printable, text_of

if TYPE_CHECKING:
    import networkx

    from .documents import PathAnswer, PathHopRow, PathRow
    from .scan import FindingsAnswer, QueryAnswer

_MOST_ROWS = 50
_MOST_PATHS = 10
_LONGEST = 300
"""Characters of a value."""
_COLORS = {"FAIL": "#c0392b", "ERROR": "#8e44ad", "MANUAL": "#b9770e", "PASS": "#1e8449"}
_LEFT = "text-align:left;vertical-align:top"


def shown_rows(answer: "QueryAnswer") -> str:
    """The rows of a query as a table."""
    rows = [[row.get(name) for name in answer.columns] for row in answer[:_MOST_ROWS]]
    more = " There are more than were asked for." if answer.more else ""
    return _page(
        _table(answer.columns, rows),
        _note(f"{_number(len(answer), 'row')}{_cut(len(answer), _MOST_ROWS)}.{more}"),
        _gaps((gap.message for gap in answer.gaps), "rows"),
    )


def shown_findings(answer: "FindingsAnswer") -> str:
    """Findings as a table, what is wrong first, with how many there are of each answer."""
    numbers = Counter(str(found.status) for found in answer)
    said = ", ".join(f"{numbers[status]:,} {status}" for status in _COLORS if numbers[status])
    rows = [
        [found.status, found.severity, found.message, found.resource, found.check]
        for found in answer[:_MOST_ROWS]
    ]
    skipped = (
        f" {_number(len(answer.skipped), 'check')} not run, since the scan did not set out to read "
        "what they are about."
    )
    untagged = f" {_number(answer.untagged, 'finding')} about resources without the scan's tags."
    return _page(
        _table(("status", "severity", "finding", "resource", "check"), rows),
        _note(
            f"{_number(len(answer), 'finding')} of {_number(len(answer.checks), 'check')}"
            f"{f': {said}' if said else ''}{_cut(len(answer), _MOST_ROWS)}."
            + (skipped if answer.skipped else "")
            + (f" Left out:{untagged}" if answer.untagged else "")
        ),
    )


def shown_paths(answer: "PathAnswer") -> str:
    """Attack paths, each as its steps, with what they cover."""
    more = " There are more than were asked for." if answer.more else ""
    found = _number(len(answer.paths), "attack path") if answer.paths else "No attack path"
    cut = _cut(len(answer.paths), _MOST_PATHS)
    return _page(
        *map(_path, answer.paths[:_MOST_PATHS]),
        _note(f"{found} in what was read of {', '.join(answer.covers)}{cut}.{more}"),
        _gaps((gap.message for gap in answer.gaps), "paths"),
    )


def shown_path(path: "PathRow") -> str:
    """An attack path as its steps."""
    return _page(_path(path))


def shown_graph(graph: "networkx.MultiDiGraph") -> str:
    """What a graph holds: its nodes by label, its edges by type, and the first edges."""
    labels = Counter(str(data.get("label", "")) for _, data in graph.nodes(data=True))
    missing = Counter(
        str(data.get("label", "")) for _, data in graph.nodes(data=True) if data.get("missing")
    )
    types = Counter(str(rel) for *_, rel in graph.edges(data="rel", default=""))
    edges = [
        [_called(graph, source), rel, _called(graph, target)]
        for source, target, rel in islice(graph.edges(data="rel", default=""), _MOST_ROWS)
    ]
    number = graph.number_of_edges()
    return _page(
        _note(f"{_number(graph.number_of_nodes(), 'node')}, {_number(number, 'edge')}."),
        _folded(
            _number(len(labels), "label"),
            _table(
                ("label", "nodes", "missing"),
                [[name, n, missing[name]] for name, n in labels.most_common()],
            ),
        ),
        _folded(
            _number(len(types), "relationship type"),
            _table(("type", "edges"), [[name, n] for name, n in types.most_common()]),
        ),
        _folded(
            f"{_number(number, 'edge')}{_cut(number, _MOST_ROWS)}",
            _table(("from", "type", "to"), edges),
        ),
    )


def _path(path: "PathRow") -> str:
    certainty = "conditional" if path.conditional else "certain"
    ends = f"{_text(path.source)} &rarr; {_text(path.target)}"
    reason = f"<div>{_text(path.target_reason)}</div>" if path.target_reason else ""
    steps = "".join(map(_step, path.hops)) or "<li>It is there already.</li>"
    return (
        f"<div><strong>{ends}</strong> (difficulty {path.difficulty:d}, {certainty})"
        f'<ol style="{_LEFT}">{steps}</ol>{reason}</div>'
    )


def _step(hop: "PathHopRow") -> str:
    technique = f" {_text(hop.title or '')} ({_text(hop.technique)})" if hop.technique else ""
    lines = [
        *([", ".join(hop.permissions)] if hop.permissions else []),
        *(f"by {one.policy} #{one.sid or one.index}" for one in hop.statements),
        *(f"if {condition}" for condition in hop.conditions),
    ]
    below = "".join(f'<div style="opacity:.75">{_text(line)}</div>' for line in lines)
    return (
        f"<li>{_text(hop.from_)} <strong>{_text(hop.type)}</strong> {_text(hop.to)}{technique}"
        f"{below}</li>"
    )


def _called(graph: "networkx.MultiDiGraph", node: Any) -> str:
    data: Mapping[str, Any] = graph.nodes[node]
    return f"{data.get('name') or node} ({data.get('label', '')})"


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f'<th style="{_LEFT}">{_text(name)}</th>' for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    color = f";font-weight:bold;color:{_COLORS[str(value)]}" if str(value) in _COLORS else ""
    return f'<td style="{_LEFT}{color}">{_text(value)}</td>'


def _gaps(messages: Iterable[str], noun: str) -> str:
    found = list(dict.fromkeys(messages))
    if not found:
        return ""
    items = "".join(f"<li>{_text(message)}</li>" for message in found)
    title = f"{_number(len(found), 'gap')}, so there may be further {noun}"
    return _folded(title, f'<ul style="{_LEFT}">{items}</ul>')


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{_text(title)}</summary>{content}</details>"


def _note(text: str) -> str:
    return f"<p>{_text(text)}</p>"


def _cut(number: int, most: int) -> str:
    return f" (the first {most:,} are shown)" if number > most else ""


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _text(value: Any) -> str:
    text = printable(text_of(value))
    left = len(text) - _LONGEST
    return escape(text if left <= 0 else f"{text[:_LONGEST]}… ({left:,} more characters)")


def _page(*parts: str) -> str:
    # Notebooks would set what stands between two dollar signs as a formula.
    return f'<div class="tex2jax_ignore mathjax_ignore">{"".join(parts)}</div>'
