"""Many Azure subscriptions over HTTP, each with the same resources: those of the demo's estate.

    python tests/benchmarks/many_subscriptions.py SUBSCRIPTIONS RESOURCES

Prints its URL, and when standard input ends how many calls there were. What the estate does not
record there is none of.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from servers.json_replay import AZURE, ESTATE, JsonReplay, load_estate
from servers.resource_graph import TABLE

_PAGE = 1_000
_SUBSCRIPTION = re.compile(r"(?<=/subscriptions/)[0-9a-f-]{36}", re.IGNORECASE)
_TENANT = "0a0a0a0a-1111-4222-8333-444455556666"


class ManySubscriptions(JsonReplay):
    """Answers with an empty list what was not recorded."""

    asked = 0

    def respond(self, method: str, target: str, body: bytes = b"") -> tuple[int, dict[str, Any]]:
        """Answer one request."""
        self.asked += 1
        status, answer = super().respond(method, target, body)
        self.calls.clear()
        return (status, answer) if status == HTTPStatus.OK else (HTTPStatus.OK, {"value": []})


def estate(subscriptions: int, resources: int) -> dict[str, Any]:
    """What there is: so many resources over all subscriptions."""
    templates = [json.dumps(row) for row in load_estate(ESTATE / "azure")[f"{TABLE}resources"]]
    ids = [f"{number:08}-0000-0000-0000-000000000000" for number in range(subscriptions)]
    listed = [
        {
            "id": f"/subscriptions/{id_}",
            "subscriptionId": id_,
            "tenantId": _TENANT,
            "displayName": f"subscription {id_[:8]}",
            "state": "Enabled",
        }
        for id_ in ids
    ]
    each = templates[: resources // subscriptions]
    rows = [json.loads(_SUBSCRIPTION.sub(id_, row)) for id_ in ids for row in each]
    tenant = {"id": f"/tenants/{_TENANT}", "tenantId": _TENANT, "displayName": "tenant"}
    return {
        "/tenants": {"value": [tenant]},
        "/subscriptions": {"value": listed},
        **{one["id"]: one for one in listed},
        f"{TABLE}resources": rows,
    }


@contextmanager
def running_many_subscriptions(subscriptions: int, resources: int) -> Iterator["Running"]:
    """One in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(subscriptions), str(resources)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        running = Running(process.stdout.readline().strip())
        yield running
        running.asked = int(process.communicate()[0])


class Running:
    """A server, and how many calls it had when it had ended."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked = 0


def main() -> None:
    """Serves until standard input ends."""
    subscriptions, resources = map(int, sys.argv[1:])
    with ManySubscriptions(AZURE, estate(subscriptions, resources), _PAGE) as server:
        print(server.url, flush=True)
        sys.stdin.read()
        print(server.asked, flush=True)


if __name__ == "__main__":
    main()
