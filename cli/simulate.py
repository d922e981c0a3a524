"""``clew simulate``: tests of IAM policies; requests in, decisions out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from .errors import ClewError, ExitCode, UsageError
from .options import OutputOption
from .output import count, json_line, messages, opened, printable, write_rows

if TYPE_CHECKING:
    from ..graph.authorization.aws.decision import Answer
    from ..graph.authorization.aws.policy_tests import PolicyTest

_COLUMNS = ("id", "decision", "decided_by", "statements", "open_keys", "unread")


class CaseFormat(StrEnum):
    """The output formats."""

    jsonl = "jsonl"
    json = "json"
    table = "table"
    csv = "csv"


def simulate(
    cases: Annotated[
        str,
        typer.Argument(
            metavar="CASES", help="A file with one JSON object per line; `-` reads standard input."
        ),
    ],
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Treat a context key that is not given as absent instead of unknown."
        ),
    ] = False,
    format: Annotated[  # noqa: A002
        CaseFormat, typer.Option("--format", "-f", help="Output format.", case_sensitive=False)
    ] = CaseFormat.jsonl,
    output: OutputOption = None,
) -> None:
    """Test IAM policies against expected decisions. A field that no test case has is refused."""
    run = _Run(strict=strict)
    with _lines(cases) as lines:
        rows = run.rows(lines)
        if format is CaseFormat.jsonl:
            with opened(output) as stream:
                for row in rows:
                    stream.write(json_line(row) + "\n")
        else:
            shown = list(rows) if format is CaseFormat.json else [_flat(row) for row in rows]
            write_rows(shown, _COLUMNS, format, output)
    if run.unchecked:
        messages().print(
            f"Whether AWS has the actions of {count(run.unchecked, 'case')} was not checked; for "
            "that run: pip install 'clew[aws]'"
        )
    if run.unknown:
        raise UsageError(f"{run.unknown} See: clew simulate --help")
    if not run.read and run.malformed:
        raise UsageError("No line holds a test case. See: clew simulate --help")
    if run.mismatched:
        messages().print(f"{count(run.mismatched, 'decision')} of {run.read} not as expected.")
        raise typer.Exit(ExitCode.FINDINGS)
    if run.malformed:
        raise ClewError(f"{count(run.malformed, 'line')} could not be read.")


class _Run:
    """Answers cases line by line, and reports problems on standard error."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.read = 0
        self.malformed = 0
        self.unknown = ""
        """The first field that no case has, in a sentence."""
        self.mismatched = 0
        self.unchecked = 0
        """Cases of which it is not known whether AWS has the action."""

    def rows(self, lines: BinaryIO) -> Iterator[dict[str, Any]]:
        """The answers."""
        from ..graph.authorization.aws.policy_tests import (
            PolicyTestError,
            UnknownFieldError,
            read_policy_test,
        )

        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                case = read_policy_test(line, strict=self.strict)
            except UnknownFieldError as error:
                self.unknown = self.unknown or f"line {number}: {error}"
                continue
            except PolicyTestError as error:
                self.malformed += 1
                self._say(number, str(error))
                continue
            self.read += 1
            yield self._row(number, case)

    def _row(self, number: int, case: "PolicyTest") -> dict[str, Any]:
        from ..graph.authorization.aws.decision import explain

        for problem in case.problems:
            self._say(number, problem)
        self._check_action(number, case.request.action)
        answer = case.answer()
        if case.expected not in (None, answer.decision):
            self.mismatched += 1
            self._say(
                number, f"expected {case.expected}, got {answer.decision} ({explain(answer)})"
            )
        return _row(number if case.id is None else case.id, answer)

    def _check_action(self, number: int, action: str) -> None:
        from ..graph.authorization.aws.actions import (
            ActionError,
            ActionsNotInstalledError,
            official,
        )

        try:
            official(action)
        except ActionError as error:
            self._say(number, str(error))
        except ActionsNotInstalledError:
            self.unchecked += 1

    def _say(self, number: int, sentence: str) -> None:
        messages().print(printable(f"line {number}: {sentence}"))


def _row(id_: Any, answer: "Answer") -> dict[str, Any]:
    from ..scans.documents import DecisionRow, StatementRow

    row = DecisionRow(
        id=id_,
        decision=answer.decision.value,
        decided_by=answer.decided_by.value,
        statements=[
            StatementRow(policy=one.policy_id, index=one.index, sid=one.sid, effect=one.effect)
            for one in answer.statements
        ],
        open_keys=list(answer.open_keys),
        unread=list(answer.unread),
    )
    return row.as_json()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose statements are one text each."""
    statements = [
        f"{one['effect']} {one['policy']}[{one['index']}]{one['sid'] and ' ' + one['sid']}"
        for one in row["statements"]
    ]
    return {**row, "statements": statements}


@contextmanager
def _lines(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as file:
        yield file
