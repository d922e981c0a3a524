"""What a team has decided about findings: which are muted, and what MANUAL ones were found to be.

It stands in a file of YAML that the team keeps, so that no new scan loses it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from ..errors import ClewError
from ..graph.suggestions import nearest
from .finding import Finding, FindingStatus

T = TypeVar("T", "Mute", "Answer")
Tags = Mapping[tuple[str, str], Sequence[str] | None]
"""The tags of resources, by label and id; None where they were not read."""


class MutesError(ClewError):
    """A file of mutes is not what it should be; says where."""

    def __init__(self, file: str, line: int, words: str, hint: str = "") -> None:
        super().__init__(f"{file}, line {line}: {words}.", hint)


class MutedRow(BaseModel):
    """That a finding is muted."""

    why: str = Field(description="Why.")
    until: date | None = Field(None, description="The last day that it is; null if for good.")


class AnswerRow(BaseModel):
    """What somebody found out about a MANUAL finding."""

    verdict: str = Field(description="PASS or FAIL.")
    who: str = Field(description="Who found it out.")
    when: date = Field(description="When.")
    until: date | None = Field(None, description="The last day that it holds; null if for good.")
    why: str = Field("", description="Why.")


@dataclass(frozen=True)
class _Selecting:
    """Which findings are meant. A text in slashes is a regular expression for all of the value, any
    other text is the value."""

    line: int
    check: str = ""
    resource: str = ""
    account: str = ""
    region: str = ""
    tag: str = ""

    def selects(self, found: Finding, tags: Tags) -> bool:
        """Whether a finding is one of them; a tag that was not read is none."""
        values = (
            (self.check, found.check),
            (self.resource, found.resource),
            (self.account, found.account or ""),
            (self.region, found.region or ""),
        )
        if not all(_fits(wanted, value) for wanted, value in values if wanted):
            return False
        known = tags.get((found.resource_label, found.resource)) or () if self.tag else ()
        return not self.tag or any(_fits(self.tag, each) for each in known)


@dataclass(frozen=True)
class Mute(_Selecting):
    """Findings that do not count."""

    until: date | None = None
    why: str = ""


@dataclass(frozen=True)
class Answer(_Selecting):
    """What MANUAL findings were found to be."""

    verdict: str = ""
    who: str = ""
    when: date | None = None
    until: date | None = None
    why: str = ""


@dataclass(frozen=True)
class Decided:
    """What was decided about findings, by their ids, and what no longer holds."""

    muted: Mapping[str, MutedRow]
    answers: Mapping[str, AnswerRow]
    expired: Sequence[Mute | Answer] = ()
    """Those whose last day is over, and that would have meant a finding."""
    unused: Sequence[Mute | Answer] = ()
    """Those that mean no finding."""

    def status_of(self, found: Finding) -> str:
        """What a finding counts as: empty if it is muted, and as answered if it is MANUAL."""
        if found.id in self.muted:
            return ""
        answer = self.answers.get(found.id)
        return answer.verdict if answer else str(found.status)


@dataclass(frozen=True)
class Mutes:
    """A file of mutes and answers."""

    mutes: Sequence[Mute] = ()
    answers: Sequence[Answer] = ()

    @property
    def ask_tags(self) -> bool:
        """Whether any of them asks for a tag."""
        return any(each.tag for each in (*self.mutes, *self.answers))

    def on(self, findings: Sequence[Finding], tags: Tags, today: date) -> Decided:
        """What they say about findings. Answers are about MANUAL findings alone: what was read
        since counts more."""
        muted: dict[str, MutedRow] = {}
        answers: dict[str, AnswerRow] = {}
        left: dict[str, list[Mute | Answer]] = {"expired": [], "unused": []}
        for mute in self.mutes:
            found = [one for one in findings if mute.selects(one, tags)]
            if _holds(mute, found, today, left):
                row = MutedRow(why=mute.why, until=mute.until)
                muted |= {one.id: row for one in found}
        open_ = [one for one in findings if one.status == FindingStatus.MANUAL]
        for answer in self.answers:
            found = [one for one in open_ if answer.selects(one, tags)]
            if _holds(answer, found, today, left) and answer.when:
                said = AnswerRow(
                    verdict=answer.verdict,
                    who=answer.who,
                    when=answer.when,
                    until=answer.until,
                    why=answer.why,
                )
                for one in found:
                    before = answers.get(one.id)
                    # Of two answers the newer one holds, and of two of one day the worse one.
                    if before is None or _counts_more(said, before):
                        answers[one.id] = said
        return Decided(muted, answers, left["expired"], left["unused"])


def _counts_more(one: AnswerRow, other: AnswerRow) -> bool:
    return (one.when, one.verdict == "FAIL") > (other.when, other.verdict == "FAIL")


def _holds(
    one: Mute | Answer,
    found: Sequence[Finding],
    today: date,
    left: Mapping[str, list[Mute | Answer]],
) -> bool:
    if not found:
        left["unused"].append(one)
    elif one.until and one.until < today:
        left["expired"].append(one)
    else:
        return True
    return False


def _fits(wanted: str, value: str) -> bool:
    if pattern := _pattern(wanted):
        return re.fullmatch(pattern, value) is not None
    return wanted == value


def _pattern(text: str) -> str:
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == "/" else ""


def read_mutes(file: Path, known_checks: Iterable[str] = ()) -> Mutes:
    """The mutes and answers in a file.

    :raises MutesError: if it is not what it should be, with the line.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MutesError(str(file), 1, "it is no text in UTF-8") from None
    return parse_mutes(text, str(file), known_checks)


def parse_mutes(text: str, file: str, known_checks: Iterable[str] = ()) -> Mutes:
    """The same of a text that stands in a file.

    :raises MutesError: if it is not what it should be, with the line.
    """
    import yaml

    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise MutesError(file, line, f"it is no YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise MutesError(file, 1, f"it is no YAML: {' '.join(str(error).split())}") from None
    return _Reader(file, {*known_checks}).mutes(root)


_REQUIRED = {Mute: ("why",), Answer: ("check", "verdict", "who", "when")}
_SELECTORS = ("check", "resource", "account", "region", "tag")
_CALLED = {Mute: "a mute", Answer: "an answer"}


class _Reader:
    """Reads the nodes of a document, which know their lines."""

    def __init__(self, file: str, known_checks: set[str]) -> None:
        self._file = file
        self._known = known_checks

    def mutes(self, root: Any) -> Mutes:
        """All of it."""
        if root is None:
            return Mutes()
        found: dict[str, list[Any]] = {"mutes": [], "answers": []}
        for key, node in self._pairs(root, "the file", tuple(found)):
            kind: Callable[[Any], Any] = self._mute if key == "mutes" else self._answer
            found[key] = [kind(each) for each in self._items(node, key)]
        return Mutes(found["mutes"], found["answers"])

    def _mute(self, node: Any) -> Mute:
        return self._entry(node, Mute)

    def _answer(self, node: Any) -> Answer:
        found = self._entry(node, Answer)
        if found.verdict not in ("PASS", "FAIL"):
            raise self._wrong(node, f"the verdict is PASS or FAIL, not '{found.verdict}'")
        return found

    def _entry(self, node: Any, kind: type[T]) -> T:
        names = tuple(field.name for field in fields(kind) if field.name != "line")
        values: dict[str, Any] = {}
        for key, value in self._pairs(node, _CALLED[kind], names):
            values[key] = self._date(value, key) if key in ("until", "when") else self._text(value)
            if key in _SELECTORS:
                self._check_selector(value, key, values[key])
        for name in _REQUIRED[kind]:
            if not values.get(name):
                raise self._wrong(node, f"{_CALLED[kind]} needs '{name}'")
        if not any(values.get(name) for name in _SELECTORS):
            wanted = ", ".join(_SELECTORS)
            raise self._wrong(node, f"{_CALLED[kind]} needs one of {wanted}: else it means all")
        return kind(line=_line(node), **values)

    def _check_selector(self, node: Any, key: str, value: str) -> None:
        pattern = _pattern(value)
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise self._wrong(node, f"'{value}' is no regular expression: {error}") from None
        if key == "check" and not pattern and self._known and value not in self._known:
            hint = nearest(value, sorted(self._known))
            raise MutesError(self._file, _line(node), f"there is no check '{value}'", hint)
        if key == "tag" and not pattern and not all(value.partition("=")[:2]):
            raise self._wrong(node, f"'{value}' is no tag: give it as KEY=VALUE")

    def _pairs(self, node: Any, what: str, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        if getattr(node, "id", "") != "mapping":
            raise self._wrong(node, f"{what} has fields: {', '.join(names)}")
        seen = set()
        for key, value in node.value:
            name = self._text(key)
            if name not in names:
                hint = nearest(name, names)
                raise MutesError(self._file, _line(key), f"{what} has no field '{name}'", hint)
            if name in seen:
                raise self._wrong(key, f"'{name}' is there twice")
            seen.add(name)
            yield name, value

    def _items(self, node: Any, what: str) -> list[Any]:
        if getattr(node, "id", "") == "sequence":
            return list(node.value)
        if getattr(node, "tag", "").endswith(":null"):
            return []
        raise self._wrong(node, f"'{what}' is a list")

    def _text(self, node: Any) -> str:
        if getattr(node, "id", "") != "scalar":
            raise self._wrong(node, "a text was expected")
        return str(node.value)

    def _date(self, node: Any, key: str) -> date:
        text = self._text(node)
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self._wrong(node, f"'{text}' is no date for '{key}': give it as 2026-12-31")

    def _wrong(self, node: Any, words: str) -> MutesError:
        return MutesError(self._file, _line(node), words)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
