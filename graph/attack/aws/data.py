"""What holds data on AWS, and which permissions read it: the table ``data.yaml``.

Where a customer's own key encrypts a resource, reading it takes the key too: one of ``decrypts`` on
the key that the field ``key`` leads to. Keys that AWS manages let everybody of the account in who
may read the resource; a key that was not read is a condition.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field, StringConstraints

from ..engine.requirement import Name, Part, Text, Where
from ..engine.technique_files import kept_documents, read_yaml, validated
from .vocabulary import AWS

Action = Annotated[str, StringConstraints(pattern=f"^{AWS.action}$")]
Label = Annotated[str, StringConstraints(pattern=f"^{AWS.label}$")]

FILE = "data.yaml"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class ReadPermission(Part):
    """A permission that reading takes."""

    action: Action
    on: Annotated[str, StringConstraints(pattern=r"^(\{id\}|arn:\{partition\}:)")]
    """What it is asked on: a template of ARNs. ``{id}`` is the resource's own, ``{any}`` a name
    that is picked at will; ``{partition}``, ``{region}``, ``{account}`` and the names of other
    fields stand for what the resource says."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the resource that the template needs."""
        return tuple(
            name for name in _PLACEHOLDER.findall(self.on) if name not in ("any", "partition")
        )


class ReadMethod(Part):
    """One method to read a resource: it takes all of the permissions."""

    all: tuple[ReadPermission, ...] = Field(min_length=1)
    where: tuple[Where, ...] = ()
    """What the resource's fields must say."""
    assumes: tuple[Text, ...] = ()
    """What else must hold and no scan can tell: the method is always conditional, naming it."""


class Data(Part):
    """A label whose resources hold data."""

    holds: Text
    """What is read, in words."""
    key: Name | None = None
    """The field that leads to the key which encrypts the resource, if reading needs the key."""
    methods: tuple[ReadMethod, ...] = Field(min_length=1)
    """Any of them is enough."""


class DataTable(Part):
    """The whole table."""

    decrypts: tuple[Action, ...] = Field(min_length=1)
    """Any of them on a key gives what the key encrypts; the others let oneself decrypt first."""
    labels: Mapping[Label, Data]


@cache
def data() -> DataTable:
    """What holds data.

    :raises TechniqueFileError: if the file is not what it should be.
    """
    text = (files(__package__) / FILE).read_text("utf-8")
    return validated(DataTable, FILE, kept_documents({FILE: text})[FILE])


def parse(text: str) -> DataTable:
    """The table in a file's text.

    :raises TechniqueFileError: if it is not one.
    """
    return validated(DataTable, FILE, read_yaml(FILE, text))
