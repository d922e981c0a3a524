"""Many requests to Microsoft Graph in one call (JSON batching, ``$batch``)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..failure import AnswerError
from ..shape import hold

SIZE = 20
"""How many requests Graph takes in one call."""

_ANSWER = {"id": str, "status": int, "headers": {"Retry-After": str}}
LONGEST_WAIT = 180.0
"""Seconds: what Graph says is to wait so long or longer is not made again, as the SDK has it."""
_AGAIN = frozenset({429, 503, 504})
"""Statuses after which a request is worth making again."""

Post = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Sends a batch, answers what came back."""


class RefusedError(Exception):
    """One request of a batch was refused."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


async def answers(
    urls: Sequence[str], post: Post, retries: int, delay: float
) -> list[Mapping[str, Any] | RefusedError]:
    """What each of at most :data:`SIZE` requests is answered, in their order. Those that are
    throttled are made again, as often as said, after as long as Graph says (else ``delay``) if that
    is less than :data:`LONGEST_WAIT`.

    :raises AnswerError: if what comes back is not an answer to each request.
    """
    found: dict[int, Mapping[str, Any]] = {}
    waiting = list(range(len(urls)))
    for tried in range(retries + 1):
        found |= await _once({number: urls[number] for number in waiting}, post)
        waits = {
            number: _wait(found[number], delay)
            for number in waiting
            if found[number]["status"] in _AGAIN
        }
        waiting = [number for number, wait in waits.items() if wait < LONGEST_WAIT]
        if not waiting or tried == retries:
            break
        await asyncio.sleep(max(waits[number] for number in waiting))
    return [_outcome(found[number]) for number in range(len(urls))]


async def _once(urls: Mapping[int, str], post: Post) -> dict[int, Mapping[str, Any]]:
    requests = [
        {"id": str(number), "method": "GET", "url": f"/{url}"} for number, url in urls.items()
    ]
    answered = (await post({"requests": requests})).get("responses")
    if not isinstance(answered, list):
        raise AnswerError.malformed("What came back of a batch is not a list of answers")
    for each in answered:
        hold(_ANSWER, each, ("id", "status"))
    found = {int(each["id"]): each for each in answered if each["id"].isdecimal()}
    if found.keys() != urls.keys() or len(answered) != len(urls):
        raise AnswerError.malformed("What came back of a batch is not an answer to each request")
    return found


def _wait(answer: Mapping[str, Any], delay: float) -> float:
    said = (answer.get("headers") or {}).get("Retry-After") or ""
    return float(said) if said.isdecimal() else delay


def _outcome(answer: Mapping[str, Any]) -> Mapping[str, Any] | RefusedError:
    body = answer.get("body")
    if answer["status"] == 200:
        if not isinstance(body, Mapping):
            raise AnswerError.malformed("An answer in a batch is not a JSON object")
        return body
    error = body.get("error") if isinstance(body, Mapping) else None
    said = error if isinstance(error, Mapping) else {}
    code = str(said.get("code") or f"HTTP {answer['status']}")
    return RefusedError(answer["status"], code, str(said.get("message") or ""))
