"""Reads the saved queries and takes their parameters.

A query is a ``.cypher`` file. Its name is the query's id, its folder the theme, and it begins with
a comment that holds YAML:

    /*
    title: What a role is used by
    description: Everything that acts with the role's identity.
    parameters:
      role: {type: string, description: ARN or name of the role., example: app-instance}
    columns:
      resource: What acts with the role.
    */
    MATCH …

A parameter without a ``default`` must be given; its ``example`` is one that fits the demo.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

Value = str | int | bool | list[str]


class QueryFileError(Exception):
    """A query's file is not what it should be."""


class ParameterError(Exception):
    """A parameter is unknown, missing or of another type; the message says what it should be."""


class Parameter(BaseModel):
    """A value that a query takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["string", "integer", "boolean", "strings"]
    description: str
    default: Value | None = None
    example: str | None = None
    """A value that means something in the demo; there is one wherever there is no default."""

    @model_validator(mode="after")
    def _can_be_tried(self) -> Self:
        if self.default is None and self.example is None:
            raise ValueError("a parameter needs a default or an example")
        return self

    def value(self, name: str, text: str) -> Value:
        """The value that a text stands for; lists are separated by commas."""
        match self.type:
            case "integer":
                try:
                    return int(text)
                except ValueError:
                    raise ParameterError(f"{name} must be an integer, not '{text}'.") from None
            case "boolean":
                if text.lower() not in ("true", "false"):
                    raise ParameterError(f"{name} must be true or false, not '{text}'.")
                return text.lower() == "true"
            case "strings":
                return [part.strip() for part in text.split(",") if part.strip()]
            case _:
                return text


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

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """The values of all parameters: those given as text, and defaults.

        :raises ParameterError: if one is unknown, missing or of another type.
        """
        for name in given:
            if name not in self.parameters:
                raise ParameterError(self._unknown(name))
        values = {}
        for name, parameter in self.parameters.items():
            if name in given:
                values[name] = parameter.value(name, given[name])
            elif parameter.default is not None:
                values[name] = parameter.default
            else:
                raise ParameterError(
                    f"{self.id} needs --param {name}=… ({parameter.description.rstrip('.')})."
                )
        return values

    def _unknown(self, name: str) -> str:
        if not self.parameters:
            return f"{self.id} takes no parameters."
        close = get_close_matches(name, self.parameters, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"It takes: {', '.join(self.parameters)}."
        return f"{self.id} has no parameter '{name}'. {hint}"


@cache
def library() -> dict[str, Query]:
    """All saved queries, by id."""
    found = [
        parse(file.name.removesuffix(".cypher"), theme.name, file.read_text("utf-8"))
        for theme in files(__package__).iterdir()
        if theme.is_dir()
        for file in theme.iterdir()
        if file.name.endswith(".cypher")
    ]
    by_id = {query.id: query for query in sorted(found, key=lambda query: query.id)}
    if len(by_id) != len(found):
        raise QueryFileError("two queries have the same name")
    return by_id


def parse(id_: str, theme: str, text: str) -> Query:
    """The query in a file's text.

    :raises QueryFileError: if the header is missing, is not YAML, or lacks something.
    """
    start, end = text.find("/*"), text.find("*/")
    if text[:start].strip() or start < 0 or end < 0:
        raise QueryFileError(f"{theme}/{id_}.cypher does not begin with a /* header */")
    try:
        header = yaml.safe_load(text[start + 2 : end])
        return Query(**{**header, "id": id_, "theme": theme, "cypher": text[end + 2 :].strip()})
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise QueryFileError(f"{theme}/{id_}.cypher: {error}") from error
