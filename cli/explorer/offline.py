"""The explorer as one file that needs neither a server nor a network: ``clew export -f html``.

The file holds the same modules as the server sends, each as a function, since a file cannot import
another; and the answers, packed, so that nothing of a scan can be taken for markup.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, TextIO

from ...errors import UsageError
from .answers import Answers
from .static_files import PAGE, ROOT

_ENTRY = "app.js"
_LAYOUT = "vendor/dagre.min.js"
_STYLE = "style.css"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)
_NOT_UNDERSTOOD = re.compile(r"^\s*(import|export)\b.*", re.MULTILINE)
_TARGETS = ("admin", "data")
_WHOLE = ("scan", "resources", "findings", "coverage", "techniques", "frameworks", "map")
"""The questions of which there is one answer."""


def write_page(answers: Answers, stream: TextIO) -> None:
    """Writes the file."""
    style = _static(_STYLE)
    layout, code = _inline(_static(_LAYOUT)), _inline(script())
    policy = (
        f"default-src 'none'; script-src {_hash(layout)} {_hash(code)}; "
        f"style-src {_hash(style)}; img-src data:; form-action 'none'; base-uri 'none'"
    )
    page = _static(PAGE)
    for old, new in (
        ('<meta charset="utf-8">', f'<meta charset="utf-8">\n{_policy(policy)}'),
        (f'<link rel="stylesheet" href="{_STYLE}">', f"<style>{style}</style>"),
        (f'<script src="{_LAYOUT}"></script>', f"<script>{layout}</script>"),
        (
            f'<script type="module" src="{_ENTRY}"></script>',
            f'<script type="application/octet-stream" id="embedded">{_packed(answers)}</script>\n'
            f'<script type="module">{code}</script>',
        ),
    ):
        assert page.count(old) == 1, f"{PAGE} no longer holds {old}"
        page = page.replace(old, new)
    stream.write(page)


def script() -> str:
    """All modules as one, in the order in which they need each other."""
    done: dict[str, str] = {}
    _add(_ENTRY, done)
    return "const modules = {};\n" + "".join(done.values())


def _add(name: str, done: dict[str, str]) -> None:
    text = _static(name)
    folder = PurePosixPath(name).parent
    for _, other in _IMPORT.findall(text):
        path = _resolved(folder, other)
        if path not in done:
            _add(path, done)
    body = _IMPORT.sub(
        lambda found: f'const {found[1]} = modules["{_resolved(folder, found[2])}"];\n', text
    )
    exported = _EXPORT.findall(body)
    body = _EXPORT.sub("", body)
    if left := _NOT_UNDERSTOOD.search(body):
        raise AssertionError(f"{name}: '{left[0]}' is no form of import or export that is known")
    done[name] = (
        f"await (async () => {{\n{body}}})();\n"
        if name == _ENTRY
        else f'modules["{name}"] = (() => {{\n{body}return {{ {", ".join(exported)} }};\n}})();\n'
    )


def _resolved(folder: PurePosixPath, other: str) -> str:
    parts: list[str] = [*folder.parts]
    for part in other.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _packed(answers: Answers) -> str:
    content = json.dumps(_data(answers), separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _data(answers: Answers) -> dict[str, Any]:
    """What the pages ask for; identities are said once, and stand for themselves by their place."""
    scanned = answers.scanned
    rows = list(scanned.by_id.values())
    place = {row.id: number for number, row in enumerate(rows)}
    gaps: dict[str, int] = {}
    known: list[dict[str, Any]] = []
    gaps_of: dict[str, list[int]] = {}
    for label in answers.snapshot.labels:
        for gap in scanned.gaps(label):
            if gap.message not in gaps:
                gaps[gap.message] = len(known)
                known.append(gap.as_json())
            gaps_of.setdefault(label, []).append(gaps[gap.message])
    return {
        "answers": {name: json.loads(answers.get(name, {})) for name in _WHOLE}
        | dict(_attack_answers(answers)),
        "compliance": {each["id"]: answers.compliance(each["id"]) for each in answers.frameworks()},
        # The one that was named for it, if any was: comparing takes a while.
        "changes": {name: answers.diff({"old": [name]}) for name in answers.others.named},
        "paths": {
            target: answer
            for target in _TARGETS
            for answer in _answer(answers, "paths", {"to": [target]})
        },
        "details": [
            [properties, [one.as_json() for one in unread]]
            for properties, unread in scanned.all_details()
        ],
        "edges": [
            [place[source], type_, place[target], own]
            for source, type_, target, own in scanned.edges()
        ],
        "gaps": known,
        "gaps_of": gaps_of,
    }


def _attack_answers(answers: Answers) -> Iterator[tuple[str, Any]]:
    for answer in _answer(answers, "choke-points", {"number": ["50"]}):
        yield "choke-points", answer


def _answer(answers: Answers, question: str, given: dict[str, list[str]]) -> Iterator[Any]:
    """The answer; none where attack paths cover no cloud of the scan."""
    try:
        yield json.loads(answers.get(question, given))
    except UsageError:
        return


def _static(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _inline(code: str) -> str:
    assert "</script" not in code.lower(), "a script must not hold its own end"
    assert "<!--" not in code, "a script must not begin a comment of HTML"
    return code


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _policy(policy: str) -> str:
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
