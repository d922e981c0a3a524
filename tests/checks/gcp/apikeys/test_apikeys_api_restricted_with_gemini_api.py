"""What API keys open, and whether Gemini is switched on, too."""

from typing import Any

import pytest
from clew.collectors.gcp.apikeys import ApiKey
from clew.collectors.gcp.serviceusage import EnabledService
from support.gcp_estates import OTHER, PROJECT, estate, resource
from support.judging import verdicts

CHECK = "apikeys_api_restricted_with_gemini_api"
GEMINI, MAPS = "generativelanguage.googleapis.com", "maps-backend.googleapis.com"


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ([MAPS], "PASS"),
        ([GEMINI], "PASS"),
        ([GEMINI, MAPS], "FAIL"),
        ([], "FAIL"),
        (["cloudapis.googleapis.com"], "FAIL"),
        (None, ("MANUAL", "UNREADABLE_FIELD")),
    ],
)
def test_a_key_is_for_gemini_or_for_something_else(
    services: list[str] | None, expected: Any
) -> None:
    def key(account: str) -> Any:
        id_ = f"//apikeys.googleapis.com/projects/{account}/locations/global/keys/k"
        return resource(ApiKey, id_, account=account, name=account, services=services)

    host = f"//serviceusage.googleapis.com/projects/{PROJECT}/services/{GEMINI}"
    switched_on = resource(EnabledService, host, state="ENABLED")
    resources = [key(PROJECT), key(OTHER), switched_on]
    assert verdicts(CHECK, estate(*resources)) == {PROJECT: expected, OTHER: "PASS"}
    unread = verdicts(CHECK, estate(*resources[:2], unread=["GCPEnabledService"]))
    assert {each[0] for each in unread.values()} == {"MANUAL"}
