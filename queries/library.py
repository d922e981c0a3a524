"""Reads the saved queries and takes their parameters.

A query is a ``.cypher`` file. Its name is the query's id, its folder the theme, and it begins with
a comment that holds YAML:

    /*
    title: What a role is used by
    description: Everything that acts with the role's identity.
    parameters:
      role:
        type: resource
        labels: [AWSRole]
        keys: [id, name]
        description: ARN or name of the role.
        example: app-instance
    columns:
      resource: What acts with the role.
    */
    MATCH …

A parameter without a ``default`` must be given; its ``example`` is one that fits the demo. What
the types mean is said at :class:`Parameter`.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import cache
from itertools import chain
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ..content import Content, content
from .errors import ParameterError, QueryFileError
from .parameters import Parameter, Value
from .scan_names import ScanNames


class Query(BaseModel):
    """A saved query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    theme: str
    title: str
    description: str
    parameters: dict[str, Parameter] = {}
    columns: dict[str, str]
    """What the query returns, column by column."""
    cypher: str

    def values(self, given: Mapping[str, str], scan: ScanNames) -> dict[str, Value]:
        """The values of all parameters: those given as text, and defaults.

        :raises ParameterError: if one is unknown, missing, of another type, or names what the scan
            does not hold.
        """
        self.expect(given)
        values: dict[str, Value] = {}
        for name, parameter in self.parameters.items():
            value = given.get(name, parameter.default)
            if isinstance(value, str):
                value = parameter.value(name, value, scan)
            assert value is not None, "expect() lets no parameter be without a value"
            values[name] = value
        return values

    def expect(self, given: Collection[str]) -> None:
        """Lets the names of parameters pass that make a whole set.

        :raises ParameterError: if one is unknown or missing.
        """
        for name in given:
            if name not in self.parameters:
                raise ParameterError(self._unknown(name))
        for name, parameter in self.parameters.items():
            if parameter.default is None and name not in given:
                raise ParameterError(
                    f"{self.id} needs --param {name}=… ({parameter.description.rstrip('.')})."
                )

    def _unknown(self, name: str) -> str:
        if not self.parameters:
            return f"{self.id} takes no parameters."
        close = get_close_matches(name, self.parameters, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"It takes: {', '.join(self.parameters)}."
        return f"{self.id} has no parameter '{name}'. {hint}"


def library() -> dict[str, Query]:
    """All saved queries, by id: Clew's and those of own content.

    :raises QueryFileError: if a file is not what it should be, or two have the same name.
    """
    return _library(content())


def query_named(id_: str) -> Query | None:
    """The saved query with an id, None if there is none. Where there is no own content no other is
    read.

    :raises QueryFileError: if a file is not what it should be, or two have the same name.
    """
    files = [*Path(__file__).parent.rglob("*.cypher")]
    named = [file for file in files if file.stem == id_]
    if len(named) != 1 or content().of("queries"):
        return library().get(id_)
    return parse(id_, named[0].parent.name, _text(named[0]), str(named[0]))


@cache
def _library(used: Content) -> dict[str, Query]:
    roots = (Path(__file__).parent, *(folder.path for folder in used.of("queries")))
    by_id: dict[str, Query] = {}
    places: dict[str, Path] = {}
    for file in chain.from_iterable(sorted(root.rglob("*.cypher")) for root in roots):
        query = parse(file.stem, file.parent.name, _text(file), str(file))
        if query.id in by_id:
            raise QueryFileError(
                f"{file}: there is a query '{query.id}' already, {places[query.id]}; rename it."
            )
        by_id[query.id], places[query.id] = query, file
    return dict(sorted(by_id.items()))


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise QueryFileError(f"{file}: {error}") from None


def parse(id_: str, theme: str, text: str, file: str = "") -> Query:
    """The query in a file's text; ``file`` is what errors call it.

    :raises QueryFileError: if the header is missing, is not YAML, or lacks something.
    """
    file = file or f"{theme}/{id_}.cypher"
    start, end = text.find("/*"), text.find("*/")
    if text[:start].strip() or start < 0 or end < 0:
        raise QueryFileError(f"{file} does not begin with a /* header */")
    try:
        header = yaml.safe_load(text[start + 2 : end])
        return Query(**{**header, "id": id_, "theme": theme, "cypher": text[end + 2 :].strip()})
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise QueryFileError(f"{file}: {error}") from error
