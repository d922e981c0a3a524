"""``clew can``: whether a principal is allowed an action, and why."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .asking import Answered, Asked, Asking, ContextOption, row_of, write_answers
from .options import Format, FormatOption, OutputOption
from .output import count, messages, write_rows

if TYPE_CHECKING:
    from ..graph.authorization.aws.environment import PrincipalState

_FORM = "a principal, an action and perhaps a resource"
_COLUMNS = ("principal", "action", "resource", "decision", "decided_by", "explanation", "open_keys")
_BLANK = {"field": "", "value": ""}


def can(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCAN] PRINCIPAL ACTION [RESOURCE]",
            help="The principal's ARN or unique name, one action, and the resource's ARN. A `*` in "
            "the ARN matches any resource that fits. Without a resource: all resources (`*`), and "
            "if that is not allowed, one for which it is.",
        ),
    ],
    context: ContextOption = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """Check whether an AWS principal is allowed an action, and why."""
    asked = Asked.of(arguments, _FORM, range(1, 3))
    *scan, who = asked.before
    asking = Asking(scan[0] if scan else None, context or ())
    principal = asking.principal(who)
    resource = asking.resource(asked.after[0]) if asked.after else None
    rows = [
        row_of(one, asked.action) for one in _answers(asking, principal, asked.action, resource)
    ]
    if format is Format.table:
        lines = [line for row in rows for line in (_BLANK, *_lines(asking, principal, row))][1:]
        write_rows(lines, ("field", "value"), format, output)
    else:
        write_answers(asking, rows, _COLUMNS, format, output)
    if resource is None:
        _summarize(asking, principal, asked.action)
    asking.say_gaps()


def _answers(
    asking: Asking, principal: "PrincipalState", action: str, resource: str | None
) -> Iterator[Answered]:
    if resource is not None:
        yield asking.ask(principal, action, resource)
        return
    everything = asking.ask(principal, action, "*")
    yield everything
    if everything.answer.is_allowed is not True:
        some = asking.ask_best(principal, action, "{name}")
        if some.answer.is_allowed not in (False, everything.answer.is_allowed):
            yield some


def _lines(
    asking: Asking, principal: "PrincipalState", row: dict[str, Any]
) -> Iterator[dict[str, str]]:
    """An answer in words, line by line."""
    from ..graph.authorization.aws.decision import PolicyType, explain

    def line(field: str, value: str) -> dict[str, str]:
        return {"field": field, "value": value}

    for field in ("decision", "principal", "action", "resource"):
        yield line(field, row[field])
    yield line("why", row["explanation"])
    if row["decided_by"] == PolicyType.BOUNDARY:
        for policy in asking.environment.held(principal).boundaries:
            yield line("boundary", policy.id)
        free = principal._replace(unbounded=True)
        without = asking.ask(free, row["action"], row["resource"]).answer
        yield line("without it", explain(without))


def _summarize(asking: Asking, principal: "PrincipalState", action: str) -> None:
    """Says on how many of the collected resources of the action's service it is allowed."""
    service = action.partition(":")[0].lower()
    truths = [
        asking.permissions.allowed_on_any_part(principal, [(action, asking.context)], id_)
        for id_ in asking.environment.of_service(service)
    ]
    if truths:
        conditional = truths.count(None)
        messages().print(
            f"Allowed on {truths.count(True):,} of {count(len(truths), f'{service} resource')} "
            "(or sub-resources) in the scan"
            + (f", conditionally on {conditional:,} more." if conditional else ".")
        )
