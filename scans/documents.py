"""What answers look like as JSON, key by key: the documents that ``-f json`` writes and that Python
gets. Their schemas, and the tables in ``docs/cli.md``, are read off these models."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..graph.model import Gap, Status

PATHS_FORMAT = 1
"""Number of the format of answers about attack paths; raised when a key changes its meaning."""
PERMISSIONS_FORMAT = 1
"""The same of answers about permissions."""
COVERAGE_FORMAT = 1
"""The same of coverage."""
DECISIONS_FORMAT = 1
"""The same of what policy tests come to."""
RESOURCES_FORMAT = 1
"""The same of resources, their references, and the map."""


class Document(BaseModel):
    """A part of an answer. What it does not say is left out of its JSON."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    def as_json(self) -> dict[str, Any]:
        """The document as JSON has it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class GapRow(Document):
    """What an answer leaves out: a message, and whatever of the other keys is known."""

    message: str = Field(description="One sentence.")
    label: str = Field("", description="What was not read.")
    account: str = Field("", description="The account it was not read of.")
    region: str = Field("", description="The region; `global` where there is none.")
    operation: str = Field("", description="The API call that failed.")
    code: str = Field("", description="Its error code.")
    provider: str = Field("", description="The cloud.")
    types: list[str] = Field(
        [], description="Relationship types of derived edges that may be missing, or not certain."
    )
    derivations: list[str] = Field([], description="What derives them.")

    @classmethod
    def of(cls, gap: Gap) -> "GapRow":
        """A gap, as far as it says anything."""
        return cls(**gap.filled())


class StatementRow(Document):
    """A statement of a policy."""

    policy: str = Field(description="ARN of the policy, or of what it belongs to.")
    index: int = Field(description="Its place, from 0.")
    sid: str = Field(description="Its Sid; empty if it has none.")
    effect: str = Field(description="Allow or Deny.")


class HopRow(Document):
    """One technique of one step."""

    from_: str = Field(alias="from", description="Id of the principal that takes the step.")
    to: str = Field(description="Id of what is reached.")
    type: str = Field(
        description="Relationship type: CAN_ESCALATE_TO, CAN_ASSUME, RUNS_AS, CAN_REACH, "
        "CAN_ACCESS or ADMINISTERS."
    )
    technique: str | None = Field(
        description="Id of the technique (docs/techniques.md); null if the type says all."
    )
    title: str | None = Field(description="Title of the technique.")
    public_ids: list[str] = Field(description="What public catalogues call it.")
    difficulty: int = Field(
        description="1: calls of an API; 2: own code must run; 3: waiting, another party or the "
        "network has to help; 4: unlikely."
    )
    permissions: list[str] = Field(description="Actions that it takes.")
    conditions: list[str] = Field(
        description="What must hold as well, or could not be read; none if it is certain."
    )
    statements: list[StatementRow] = Field(
        description="Statements that grant it: `policy`, `index` (from 0), `sid`, `effect`."
    )
    evidence: list[str] = Field(description="Ids of further resources it rests on.")


class PathHopRow(HopRow):
    """A step of a path."""

    from_state: str = Field(
        description="How it is held, if not just as it is: `any policy`, `unbounded` …"
    )
    to_state: str = Field(description="The same of what is reached.")


class PathRow(Document):
    """An attack path."""

    source: str = Field(description="Id of where it starts.")
    target: str = Field(
        description="Id of where it ends; after a step that changes a principal, that principal."
    )
    target_reason: str = Field(
        description="Why the target is an administrator; empty if it is another target."
    )
    difficulty: int = Field(description="Sum of the hops' difficulties.")
    conditional: bool = Field(
        description="Whether it hangs on a condition or on something that could not be read."
    )
    hops: list[PathHopRow] = Field(description="Its steps; none if the source is a target already.")

    def _repr_html_(self) -> str:
        from .notebook import shown_path

        return shown_path(self)


class CutRow(Document):
    """A change that blocks attack paths."""

    cut: str = Field(description="What is cut, as `--without` takes it.")
    name: str = Field(description="The same in short.")
    sources: int = Field(
        description="How many sources lose their last path by this cut and those before it."
    )
    left: int = Field(description="How many sources still have a path.")
    share: float = Field(
        description="The part of all sources with a path that this cut and those before it cut off."
    )
    steps: list[HopRow] = Field(
        [], description="With `--by step`: the techniques of the step, with the keys of a hop."
    )
    statements: list[StatementRow] = Field(
        [],
        description="With `--by statement` or `policy`: the statements that paths rest on.",
    )


class _AttackAnswer(Document):
    format: int = Field(description=f"{PATHS_FORMAT}; raised when a key changes its meaning.")
    covers: list[str] = Field(description="The scanned clouds whose attack paths are computed.")
    gaps: list[GapRow] = Field(
        description="What was not read or covered: there may be further paths."
    )


class PathAnswer(_AttackAnswer):
    """What ``clew paths`` answers."""

    paths: list[PathRow] = Field(description="The attack paths, easiest first.")
    more: bool = Field(description="Whether there are more than are listed.")

    def _repr_html_(self) -> str:
        from .notebook import shown_paths

        return shown_paths(self)


class ChokePointAnswer(_AttackAnswer):
    """What ``clew choke-points`` answers."""

    choke_points: list[CutRow] = Field(description="The cuts, the best first.")


class PermissionRow(Document):
    """Whether a principal is allowed an action on a resource."""

    principal: str = Field(
        description="Full identity of the principal (an ARN, a directory object), name of a "
        "service, or `*` for everyone; `arn:aws:iam::*:root` stands for any AWS account."
    )
    action: str = Field(description="The action; one on data in Azure begins with `data:`.")
    resource: str = Field(
        description="ARN or ARM id of the resource, or `*`; for an ARN with wildcards one that "
        "fits."
    )
    decision: str = Field(
        description="ALLOWED, CONDITIONAL, IMPLICITLY_DENIED or EXPLICITLY_DENIED; in Azure and "
        "Entra ID also UNKNOWN, where only what was not read may allow it, and ELIGIBLE, where a "
        "role has to be activated first."
    )
    decided_by: str = Field(description="The type of policy that decides.")
    explanation: str = Field(description="One sentence.")
    statements: list[StatementRow] = Field(
        description="The statements that decide: `policy` (a role assignment in Azure), `index` "
        "(from 0), `sid` (the role), `effect`."
    )
    open_keys: list[str] = Field(
        description="Condition keys, or whole conditions, that it depends on and that are open."
    )
    unread: list[str] = Field(description="Policies that it depends on and that could not be read.")


class PermissionAnswer(Document):
    """What ``clew can`` and ``clew who-can`` answer."""

    format: int = Field(description=f"{PERMISSIONS_FORMAT}; raised when a key changes its meaning.")
    covers: list[str] = Field(description="The clouds whose permissions are evaluated.")
    gaps: list[GapRow] = Field(description="What could not be read and any answer may depend on.")
    answers: list[PermissionRow] = Field(
        description="The answers; of `who-can` those that are not a denial."
    )


class DecisionRow(Document):
    """What a policy test comes to."""

    id: Any = Field(description="The id of the test case; the number of its line if it has none.")
    decision: str = Field(
        description="ALLOWED, CONDITIONAL, IMPLICITLY_DENIED or EXPLICITLY_DENIED."
    )
    decided_by: str = Field(description="The type of policy that decides.")
    statements: list[StatementRow] = Field(
        description="The statements that decide: `policy`, `index` (from 0), `sid`, `effect`."
    )
    open_keys: list[str] = Field(
        description="Condition keys that it depends on and whose values are not known."
    )
    unread: list[str] = Field(description="Policies that it depends on and that are not given.")


class CoverageRow(Document):
    """How all calls of one operation in one account and region ended, at their worst."""

    provider: str = Field(description="The cloud.")
    service: str = Field(description="The service whose collector made the call.")
    operation: str = Field(description="The API operation.")
    account: str = Field(description="The account, subscription, project or tenant.")
    region: str = Field(description="The region; `global` where there is none.")
    status: Status = Field(description="How it ended.")
    code: str = Field(description="The error's code; empty if it did not fail.")
    message: str = Field(description="The error's message; empty if it did not fail.")
    permission: str | None = Field(
        description="What to grant, where the call was denied; null otherwise."
    )
    findings: int | None = Field(
        description="How many MANUAL findings it leaves open, of the checks that were run on the "
        "scan; null if none was run."
    )


class ScanAnswer(Document):
    """What a scan set out to read, and which checks were run on it."""

    started: str = Field(description="When it began.")
    finished: str = Field(description="When it ended.")
    accounts: dict[str, list[str]] = Field(
        description="Accounts, subscriptions, projects and tenants, by cloud."
    )
    regions: dict[str, list[str]] = Field(description="Regions, by account.")
    services: list[str] = Field(
        description="The services that the scan was asked for; none stands for all."
    )
    tags: list[str] = Field(
        description="The tags, as `key=value`, of the resources that it was asked for; none stands "
        "for all."
    )
    checks: list[str] = Field(description="The checks that were run.")
    skipped: list[str] = Field(
        description="Those that were not, because the scan did not set out to read what they are "
        "about."
    )
    derived: list[str] = Field(
        description="The relationship types that Clew works out, which no API returns."
    )
    reasons: dict[str, str] = Field(
        description="What each reason for a missing resource says, as the end of a sentence."
    )
    account_names: dict[str, str] = Field(
        description="What accounts are called, by id, as far as they were read and have a name."
    )
    policy_labels: list[str] = Field(
        description="The labels of which a policy, or a statement of it, may be supposed cut."
    )


class ResourceRow(Document):
    """A resource, or a missing one that something refers to."""

    id: str = Field(description="Full identity.")
    label: str = Field(description="Node label.")
    name: str = Field(description="Name; empty if it has none or it was not read.")
    provider: str = Field(description="The cloud; empty if it is not known.")
    service: str = Field(description="The service that owns the label.")
    account: str = Field(description="The account; empty if it is not known.")
    region: str = Field(description="The region; `global` where there is none.")
    missing: str | None = Field(
        description="Why it is not among the resources of the scan; null if it is."
    )


class UnreadField(Document):
    """A property that was not read."""

    property: str = Field(description="Its name.")
    call: str = Field(description="The API call that reads it; empty if it is the listing's.")


class ReferenceRow(Document):
    """An edge of a resource."""

    direction: str = Field(description="`out` of the resource, or `in`.")
    type: str = Field(description="Relationship type.")
    other: ResourceRow = Field(description="What is at the other end.")
    properties: dict[str, Any] = Field(description="The edge's own properties, as far as set.")


class ResourceAnswer(Document):
    """A resource with all that the graph holds of it."""

    format: int = Field(description=f"{RESOURCES_FORMAT}; raised when a key changes its meaning.")
    resource: ResourceRow = Field(description="What it is.")
    properties: dict[str, Any] = Field(description="Its properties, as far as they were read.")
    unread: list[UnreadField] = Field(description="Its properties that were not read.")
    references: list[ReferenceRow] = Field(description="Its edges.")
    gaps: list[GapRow] = Field(
        description="What was not read: there may be further edges to the resource."
    )


class GroupRow(Document):
    """The resources of a label in one place."""

    provider: str = Field(description="The cloud; empty if it is not known.")
    account: str = Field(description="The account; empty if it is not known.")
    region: str = Field(description="The region; `global` where there is none.")
    service: str = Field(description="The service.")
    label: str = Field(description="Node label.")
    resources: int = Field(description="How many there are.")
    missing: int = Field(description="How many of them are missing.")


class GroupEdgeRow(Document):
    """The edges between two groups."""

    source: int = Field(description="Place of the group that they lead from, from 0.")
    target: int = Field(description="Place of the group that they lead to.")
    edges: int = Field(description="How many there are.")


class FailedGroupRow(Document):
    """The failed calls of a service in one place."""

    provider: str = Field(description="The cloud.")
    account: str = Field(description="The account.")
    region: str = Field(description="The region; `global` where there is none.")
    service: str = Field(description="The service.")
    calls: int = Field(description="How many calls failed.")


class MapAnswer(Document):
    """The whole graph by cloud, account, region, service and label."""

    format: int = Field(description=f"{RESOURCES_FORMAT}; raised when a key changes its meaning.")
    accounts: dict[str, list[str]] = Field(
        description="The accounts, subscriptions, projects and tenants of the scan, by cloud."
    )
    account_names: dict[str, str] = Field(description="What they are called, as in a scan.")
    groups: list[GroupRow] = Field(description="The groups.")
    edges: list[GroupEdgeRow] = Field(description="The edges between them.")
    failed: list[FailedGroupRow] = Field(
        description="Where calls failed: there may be resources that are in no group."
    )
