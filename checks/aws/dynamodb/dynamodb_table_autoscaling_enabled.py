"""Tables with provisioned capacity that does not follow the load."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....graph.logic import all_of, any_of, negation
from ....graph.view import GraphView
from ...check import Category, Check, Row, Severity, Traversal

if TYPE_CHECKING:
    import networkx

_TABLE, _TARGET = "AWSDynamoDBTable", "AWSScalableTarget"
_DIRECTIONS = {"ReadCapacityUnits": "reads", "WriteCapacityUnits": "writes"}


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    view = GraphView(graph)
    for table in view.labelled(_TABLE):
        mode = view.get(table, "billing_mode")
        if mode is None or mode == "PAY_PER_REQUEST":
            unread = () if mode else ("its billing mode could not be read",)
            yield Row(table, passed=True if mode else None, unread=unread)
            continue
        targets = list(view.sources(table, _TARGET, "target"))
        answers = {
            f"{direction} of {part}": any_of(
                _scales(view, target)
                for target in targets
                if view.get(target, "scalable_dimension") == dimension
                and _index(view.get(target, "resource_id")) == index
            )
            for part, kind, index in _parts(view.get(table, "global_secondary_indexes"))
            for dimension, direction in (
                (f"dynamodb:{kind}:{unit}", said) for unit, said in _DIRECTIONS.items()
            )
        }
        is_indexed = view.get(table, "global_secondary_indexes") is not None
        doubts = [f"whether {what} are scaled" for what, one in answers.items() if one is None]
        yield Row(
            table,
            passed=all_of([*answers.values(), True if is_indexed else None]),
            unread=[*doubts, *(() if is_indexed else ("its indexes could not be read",))],
            evidence=targets,
            values={"fixed": " and ".join(what for what, one in answers.items() if one is False)},
        )


def _parts(indexes: list[str] | None) -> Iterator[tuple[str, str, str]]:
    """What has a capacity of its own: how it is called, of which kind it is, and which index."""
    yield "the table", "table", ""
    for index in indexes or []:
        yield f"index {index}", "index", index


def _index(resource_id: str | None) -> str:
    """The index that a scalable target is; empty for a table."""
    return (resource_id or "").partition("/index/")[2]


def _scales(view: GraphView, target: str) -> bool | None:
    """Whether a target has a policy that may add capacity."""
    policies = view.get(target, "policy_names")
    has_policy = None if policies is None else bool(policies)
    return all_of((has_policy, negation(view.get(target, "scaling_out_suspended"))))


check = Check(
    id="dynamodb_table_autoscaling_enabled",
    title="Tables scale their capacity with the load",
    provider="aws",
    service="dynamodb",
    severity=Severity.MEDIUM,
    categories=(Category.AVAILABILITY,),
    resource=_TABLE,
    what=(
        "A table is billed on demand, or the read and the write capacity of the table and of each "
        "of its global secondary indexes are scaled: they are scalable targets with a scaling "
        "policy, and scaling out is not suspended. A target without a policy scales nothing."
    ),
    why=(
        "Requests beyond the provisioned capacity are throttled, so that a peak, wanted or made by "
        "an attacker, stops the application. A write to a table waits for its indexes."
    ),
    remediation=(
        "aws dynamodb update-table --table-name TABLE --billing-mode PAY_PER_REQUEST, or register "
        "read and write capacity with aws application-autoscaling register-scalable-target, of "
        "table/TABLE and of table/TABLE/index/INDEX, and give each a policy with put-scaling-policy"
    ),
    passes="Table {resource} scales its capacity.",
    fails="Table {resource} has provisioned capacity that is not scaled: {fixed}.",
    rule=Traversal((_TABLE, _TARGET), _walk),
    fail_requires_listing=(_TARGET,),
    references=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",
    ),
    compliance=("AWS FSBP: DynamoDB.1",),
)
