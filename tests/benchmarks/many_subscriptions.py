"""Many Azure subscriptions over HTTP, each with the same resources: those of the demo's estate.

    python tests/benchmarks/many_subscriptions.py SUBSCRIPTIONS RESOURCES

Prints its URL, and when standard input ends how many calls there were. What the estate does not
record there is none of.
"""

import json
import re
import sys
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.serving import CountingReplay, Running, running, serve
from servers.json_replay import AZURE, ESTATE, load_estate
from servers.resource_graph import TABLE

_PAGE = 1_000
_SUBSCRIPTION = re.compile(r"(?<=/subscriptions/)[0-9a-f-]{36}", re.IGNORECASE)
_TENANT = "0a0a0a0a-1111-4222-8333-444455556666"


class ManySubscriptions(CountingReplay):
    """Answers with an empty list what was not recorded."""

    def respond(self, method: str, target: str, body: bytes = b"") -> tuple[int, dict[str, Any]]:
        """Answer one request."""
        status, answer = super().respond(method, target, body)
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


def running_many_subscriptions(
    subscriptions: int, resources: int
) -> AbstractContextManager[Running]:
    """One in a process of its own."""
    return running(__file__, subscriptions, resources)


def main() -> None:
    """Serves until standard input ends."""
    subscriptions, resources = map(int, sys.argv[1:])
    serve(ManySubscriptions(AZURE, estate(subscriptions, resources), _PAGE))


if __name__ == "__main__":
    main()
