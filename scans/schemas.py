"""JSON Schemas of the documents that ``-f json`` writes, generated from their models."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from ..checks.report import ReportedFinding
from .diff_documents import DIFF_FORMAT, DiffAnswer
from .documents import (
    COVERAGE_FORMAT,
    DECISIONS_FORMAT,
    PATHS_FORMAT,
    PERMISSIONS_FORMAT,
    ChokePointAnswer,
    CoverageRow,
    DecisionRow,
    PathAnswer,
    PermissionAnswer,
)

FINDINGS_FORMAT = 1
"""Number of the format of findings; raised when a key changes its meaning."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def schemas() -> Mapping[str, Mapping[str, Any]]:
    """The schemas by the name of what is written."""
    documents = {
        "findings": (FINDINGS_FORMAT, "clew check -f json", list[ReportedFinding]),
        "coverage": (COVERAGE_FORMAT, "clew coverage -f json", list[CoverageRow]),
        "paths": (PATHS_FORMAT, "clew paths -f json", PathAnswer),
        "choke-points": (PATHS_FORMAT, "clew choke-points -f json", ChokePointAnswer),
        "permissions": (
            PERMISSIONS_FORMAT,
            "clew can -f json, clew who-can -f json",
            PermissionAnswer,
        ),
        "diff": (DIFF_FORMAT, "clew diff -f json", DiffAnswer),
        "decisions": (DECISIONS_FORMAT, "clew simulate -f json", list[DecisionRow]),
    }
    return {
        name: {
            "$schema": _DIALECT,
            "$id": f"urn:clew:{name}:{number}",
            **_schema(document),
            "title": command,
        }
        for name, (number, command, document) in documents.items()
    }


def _schema(document: Any) -> dict[str, Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(document)
    return adapter.json_schema(mode="serialization", by_alias=True)
