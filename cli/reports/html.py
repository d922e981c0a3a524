"""One HTML file that needs no other: no script, no host, dark or light as the reader prefers."""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, TextIO

from ..output import printable
from . import by_check, decided_words

if TYPE_CHECKING:
    from ...checks.report import ReportedFinding

_STYLE = """
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --dim: #57606a; --line: #d0d7de;
  --fail: #b3261e; --manual: #8a5a00; --pass: #1a7f37; --error: #8250df; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6edf3; --bg: #0d1117; --dim: #9aa4af;
  --line: #30363d; --fail: #ff7b72; --manual: #e3b341; --pass: #56d364; --error: #d2a8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--fg); background: var(--bg);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
summary { cursor: pointer; padding: .5rem 0; }
details { border-top: 1px solid var(--line); }
ul { padding-left: 1.2rem; }
li { margin: .4rem 0; }
.dim { color: var(--dim); }
.numbers { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; list-style: none; }
.FAIL { color: var(--fail); } .MANUAL { color: var(--manual); }
.PASS { color: var(--pass); } .ERROR { color: var(--error); }
"""
_ORDER = ("ERROR", "FAIL", "MANUAL", "PASS")


def write(findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    """Writes one page."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    numbers = Counter(str(found.status) for found in findings if not found.muted)
    muted = sum(found.muted is not None for found in findings)
    stream.write(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Clew: findings</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        "<h1>Findings</h1>\n"
    )
    if findings:
        stream.write(f'<p class="dim">Scan of {findings[0].time:%Y-%m-%d %H:%M} UTC</p>\n')
    stream.write('<ul class="numbers">\n')
    for status in _ORDER:
        stream.write(f'<li><strong class="{status}">{status}</strong> {numbers[status]:,}</li>\n')
    if muted:
        stream.write(f"<li><strong>muted</strong> {muted:,}</li>\n")
    stream.write("</ul>\n")
    for check, found in by_check(findings).items():
        _write_check(check, found, stream)
    stream.write("</body>\n</html>\n")


def _write_check(check: str, findings: "Sequence[ReportedFinding]", stream: TextIO) -> None:
    first = findings[0]
    of = Counter(str(found.status) for found in findings)
    numbers = " ".join(
        f'<span class="{status}">{of[status]:,} {status}</span>' for status in _ORDER if of[status]
    )
    stream.write(
        f"<details>\n<summary><strong>{_text(first.title)}</strong> "
        f'<span class="dim">{_text(first.severity)}</span> {numbers}</summary>\n'
        f'<p class="dim">{_text(check)}</p>\n<p>{_text(first.why)}</p>\n'
        f"<p><strong>Remediation</strong> {_text(first.remediation)}</p>\n"
    )
    for title, lines in (("References", first.references), ("Compliance", first.compliance)):
        if lines:
            items = "".join(f"<li>{_text(line)}</li>" for line in lines)
            stream.write(f"<p><strong>{title}</strong></p>\n<ul>{items}</ul>\n")
    stream.write("<ul>\n")
    for found in findings:
        where = " ".join(part for part in (found.account, found.region) if part)
        decided = "".join(f"<br><em>{_text(words)}</em>" for words in decided_words(found))
        stream.write(
            f'<li><strong class="{found.status}">{found.status}</strong> {_text(found.message)}'
            f'{decided}<br><span class="dim">{_text(found.resource)} {_text(where)}</span></li>\n'
        )
    stream.write("</ul>\n</details>\n")


def _text(text: str) -> str:
    return escape(printable(text))
