"""Many requests in one call: in their order, each with an end of its own."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from clew.collectors.entra.batch import RefusedError, answers
from clew.collectors.failure import AnswerError
from hypothesis import given
from hypothesis import strategies as st

Answer = Mapping[str, Any]


def ask(urls: Sequence[str], *rounds: Sequence[Answer], retries: int = 2) -> Any:
    """What comes of a batch that is answered so, round by round."""
    left = list(rounds)
    asked: list[list[str]] = []

    async def post(body: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append([each["url"] for each in body["requests"]])
        return {"responses": left.pop(0)}

    return asyncio.run(answers(urls, post, retries, 0)), asked


def answered(id_: int, **body: Any) -> Answer:
    return {"id": str(id_), "status": 200, "body": body}


def refused(id_: int, status: int, code: str = "No") -> Answer:
    error = {"error": {"code": code, "message": "Not so"}}
    return {"id": str(id_), "status": status, "headers": {"Retry-After": "0"}, "body": error}


@given(st.permutations(range(5)))
def test_answers_come_in_the_order_of_the_requests(order: list[int]) -> None:
    found, asked = ask([f"u{n}" for n in range(5)], [answered(n, number=n) for n in order])
    assert [each["number"] for each in found] == list(range(5))
    assert asked == [["/u0", "/u1", "/u2", "/u3", "/u4"]]


def test_what_is_throttled_is_asked_again_alone_and_not_for_ever() -> None:
    found, asked = ask(["a", "b"], [answered(0), refused(1, 429)], [answered(1, late=True)])
    assert found == [{}, {"late": True}]
    assert asked == [["/a", "/b"], ["/b"]]
    found, asked = ask(["a"], *[[refused(0, 429, "TooManyRequests")]] * 3)
    assert isinstance(found[0], RefusedError)
    assert (found[0].status, found[0].code, len(asked)) == (429, "TooManyRequests", 3)


def test_a_refusal_is_that_of_its_own_request() -> None:
    (first, second), _ = ask(["a", "b"], [refused(1, 403, "Denied"), answered(0, value=[])])
    assert first == {"value": []}
    assert isinstance(second, RefusedError)
    assert (second.status, second.code, str(second)) == (403, "Denied", "Not so")


@pytest.mark.parametrize(
    "responses",
    [
        None,
        "text",
        [],
        [answered(0), answered(0)],
        [answered(1)],
        ["text", answered(0)],
        [{"id": "0"}],
        [{"id": 0, "status": 200}],
        [{"id": "0", "status": "200", "body": {}}],
        [{"id": "0", "status": 200, "body": []}],
        [{"id": "0", "status": 200, "headers": [], "body": {}}],
    ],
)
def test_what_is_no_answer_to_each_request_is_an_error(responses: Any) -> None:
    with pytest.raises(AnswerError):
        ask(["a"], responses)


@pytest.mark.parametrize("body", [None, "text", {"error": "text"}, {"error": {"code": None}}])
def test_a_refusal_that_says_nothing_is_known_by_its_status(body: Any) -> None:
    (found,), _ = ask(["a"], [{"id": "0", "status": 500, "body": body}])
    assert isinstance(found, RefusedError)
    assert found.code == "HTTP 500"
