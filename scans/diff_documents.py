"""What ``clew diff`` answers, key by key."""

from typing import Any

from pydantic import Field

from ..checks.finding import Finding
from ..graph.difference import Change
from .documents import Document, GapRow, PathRow

DIFF_FORMAT = 1
"""Number of the format of differences; raised when a key changes its meaning."""

_CHANGES = (
    "`added`, `removed`, `changed`; `unread`: the new scan did not read it, so that it may be "
    "there still; `newly_read`: the old scan did not read it, so that it may not be new"
)


class ScanRow(Document):
    """One of the two scans."""

    started: str = Field(description="When it began.")
    accounts: list[str] = Field(description="The accounts it set out to read.")


class PartRow(Document):
    """A part of a document, or of a list, that differs."""

    path: str = Field(description="Where it is, such as `Statement[1].Action`.")
    old: Any = Field(description="What was there; null if nothing was.")
    new: Any = Field(description="What is there; null if nothing is.")


class FieldRow(Document):
    """A field with another value."""

    name: str = Field(description="Its name.")
    change: Change = Field(description="`changed`, `unread` or `newly_read`.")
    old: Any = Field(description="Its value in the old scan; null if it was not read.")
    new: Any = Field(description="Its value in the new scan; null if it was not read.")
    parts: list[PartRow] = Field(description="Of a document or a list, the parts that differ.")


class ResourceRow(Document):
    """A resource that is not as it was."""

    change: Change = Field(description=f"{_CHANGES}.")
    id: str = Field(description="Full identity.")
    label: str = Field(description="Its label.")
    name: str = Field(description="Its name, or else its identity.")
    account: str | None = Field(description="Its account, subscription, project or tenant.")
    region: str | None = Field(description="Its region; `global` where there is none.")
    fields: list[FieldRow] = Field(description="The fields that have another value.")
    reason: str = Field(description="Why it was not read in one of the scans; empty otherwise.")


class EdgeRow(Document):
    """An edge that is not as it was."""

    change: Change = Field(description="As of a resource.")
    source: str = Field(description="Id of the resource that it leads from.")
    type: str = Field(description="Relationship type.")
    target: str = Field(description="Id of the resource that it leads to.")
    via: str = Field(description="The field that tells of it; empty if it is derived.")
    fields: list[FieldRow] = Field(description="Its properties that differ.")
    reason: str = Field(description="Why it was not read in one of the scans; empty otherwise.")


class FindingRow(Document):
    """A finding with another answer."""

    change: str = Field(
        description="`failing`: it fails and did not; `worse`: it fails with a higher severity; "
        "`resolved`: it failed and passes now, or its resource is gone; `undecided`: it had an "
        "answer, and is MANUAL now or was not asked; `decided`: it was MANUAL and passes now; "
        "`new_manual`: MANUAL about what was not there before."
    )
    old_status: str | None = Field(description="Its answer in the old scan; null if it had none.")
    new_status: str | None = Field(description="Its answer in the new scan; null if it has none.")
    finding: Finding = Field(
        description="The finding, of the new scan if it is there, else of the old."
    )
    why: list[str] = Field(description="What changed of that which it rests on, a sentence each.")


class PathChangeRow(Document):
    """An attack path that is there no more, or is new."""

    change: Change = Field(description="As of a resource; `changed`: it is certain or not now.")
    path: PathRow = Field(
        description="The path, of the new scan if it is there, else of the old, as in `clew paths`."
    )
    hop: int | None = Field(
        description="The first of its steps, from 0, that one of the scans does not have; null if "
        "what differs is only what its end is worth."
    )
    why: list[str] = Field(description="What cut or opened it, a sentence each.")
    others: bool | None = Field(
        description="Whether its source has a path in the new scan, by this way or another; null "
        "if it is not in it."
    )


class DiffAnswer(Document):
    """What ``clew diff`` answers."""

    format: int = Field(description=f"{DIFF_FORMAT}; raised when a key changes its meaning.")
    old: ScanRow = Field(description="The old scan: when it began, and its accounts.")
    new: ScanRow = Field(description="The new scan.")
    paths: list[PathChangeRow] = Field(description="Attack paths, the easiest first.")
    findings: list[FindingRow] = Field(description="Findings: what fails now first.")
    resources: list[ResourceRow] = Field(description="Resources, by label.")
    edges: list[EdgeRow] = Field(description="Edges, by type.")
    gaps: list[GapRow] = Field(
        description="What attack paths do not cover, or could not read, in the new scan."
    )
    more: bool = Field(description="Whether there may be changes to paths that were not compared.")
