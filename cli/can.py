"""``clew can``: may a principal do this, and why."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .asking import Answered, Asked, Asking, ContextOption, row_of
from .options import Format, FormatOption, OutputOption
from .output import count, messages, write_rows

if TYPE_CHECKING:
    from ..graph.authorization.aws.environment import PrincipalState

_FORM = "a principal, an action and perhaps a resource"
_COLUMNS = ("principal", "action", "resource", "decision", "decided_by", "explanation", "open_keys")


def can(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCAN] PRINCIPAL ACTION [RESOURCE]",
            help="The principal's ARN or unique name; one action; the resource's ARN. A `*` in "
            "the ARN asks whether there is a resource that fits. Without a resource: `*`, and if "
            "that is not allowed a resource that is.",
        ),
    ],
    context: ContextOption = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """Say whether an AWS principal may do an action, and which statements decide."""
    asked = Asked.of(arguments, _FORM, range(1, 3))
    *scan, who = asked.before
    asking = Asking(scan[0] if scan else None, context or ())
    holder = asking.principal(who)
    rows = [row_of(one, asked.action) for one in _answers(asking, holder, asked)]
    if format is Format.table:
        lines = [line for row in rows for line in _told(asking, holder, row)]
        write_rows(lines, ("what", "answer"), format, output)
    else:
        write_rows(rows, _COLUMNS, format, output)
    if not asked.after:
        _say_how_much(asking, holder, asked.action)
    asking.say_unread()


def _answers(asking: Asking, holder: "PrincipalState", asked: Asked) -> Iterator[Answered]:
    if asked.after:
        yield asking.ask(holder, asked.action, asked.after[0])
        return
    everything = asking.ask(holder, asked.action, "*")
    yield everything
    if everything.answer.is_allowed is not True:
        some = asking.ask_best(holder, asked.action, "{name}")
        if some.answer.is_allowed not in (False, everything.answer.is_allowed):
            yield some


def _told(
    asking: Asking, holder: "PrincipalState", row: dict[str, Any]
) -> Iterator[dict[str, str]]:
    """An answer in words, line by line."""
    from ..graph.authorization.aws.decision import PolicyType, explain

    def line(what: str, answer: str) -> dict[str, str]:
        return {"what": what, "answer": answer}

    for what in ("decision", "principal", "action", "resource"):
        yield line(what, row[what])
    yield line("why", row["explanation"])
    if row["decided_by"] == PolicyType.BOUNDARY:
        for policy in asking.estate.held(holder).boundaries:
            yield line("boundary", policy.id)
        free = holder._replace(unbounded=True)
        without = asking.ask(free, row["action"], row["resource"]).answer
        yield line("without it", explain(without))


def _say_how_much(asking: Asking, holder: "PrincipalState", action: str) -> None:
    """Says on how many of the collected resources of the action's service it is allowed."""
    service = action.partition(":")[0].lower()
    truths = [
        asking.permissions.allowed_on_any_part(holder, [(action, asking.context)], id_)
        for id_ in asking.estate.of_service(service)
    ]
    if truths:
        perhaps = truths.count(None)
        messages().print(
            f"Of {count(len(truths), 'resource')} of {service} in the scan, it is allowed on "
            f"{truths.count(True):,} or a part of them"
            + (f", conditionally on {perhaps:,} more." if perhaps else ".")
        )
