"""Whether own content fits the graph: a label that nothing has would make it look for nothing."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..content import Content, ContentError, content
from ..graph.schema import Schema
from ..graph.suggestions import nearest
from .current_schema import current_schema


def check_own_content() -> None:
    """Lets only own content pass that can be read, and whose checks and techniques name labels and
    relationship types that there are.

    :raises ContentError: if something is wrong; it names the file.
    """
    if content().folders:
        _check(content())


@cache
def _check(used: Content) -> None:
    schema = current_schema()
    if used.of("checks"):
        _check_checks(schema)
    if used.of("techniques"):
        _check_techniques(used, schema)
    if used.of("queries"):
        from ..queries.library import library

        library()


def _check_checks(schema: Schema) -> None:
    from ..checks import checks
    from ..checks.registry import file_of

    for check in checks().values():
        if file := file_of(check):
            resolved = check.resolved(schema)
            _known(file, "label", resolved.labels, schema.labels)
            types = {edge.rel for edge in resolved.rule.edges} - {""}
            _known(file, "relationship type", types, schema.relationships)


def _check_techniques(used: Content, schema: Schema) -> None:
    from ..graph.attack.engine.requirement import Existing
    from ..graph.attack.engine.technique import Technique
    from ..graph.attack.provider import known_techniques

    known = known_techniques()
    for folder in used.of("techniques"):
        for file in folder.files(".yaml"):
            technique = known[file.stem]
            if isinstance(technique, Technique):
                resources = technique.resources.values()
                labels = {one.existing for one in resources if isinstance(one, Existing)}
                _known(file, "label", labels, schema.labels)


def _known(file: Path, what: str, named: Iterable[str], known: Iterable[str]) -> None:
    """Lets only names pass that there are."""
    there = list(known)
    for name in sorted(named):
        if name not in there:
            raise ContentError(f"{file}: there is no {what} '{name}'.", nearest(name, there))
