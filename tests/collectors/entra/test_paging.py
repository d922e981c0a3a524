"""Pages of Microsoft Graph that do not end, or lead elsewhere."""

from collections.abc import Callable

import pytest
from clew.collectors.entra import session
from clew.graph.model import Status
from servers.json_replay import JsonReplay
from support.clouds import Scanned

Scan = Callable[[], Scanned]
MEMBERS = "/v1.0/groups/b0000000-0000-4000-8000-000000000002/members"


@pytest.mark.parametrize(
    ("path", "operation", "label"),
    [
        ("/v1.0/domains", "domains", "EntraDomain"),
        ("/v1.0/oauth2PermissionGrants", "oauth2PermissionGrants", "EntraDelegatedGrant"),
        (MEMBERS, "groups/{id}/members", ""),
    ],
)
@pytest.mark.parametrize("link", ["itself", "another that leads back", 7])
def test_a_listing_whose_pages_lead_back_ends_as_an_error(
    entra: JsonReplay, scanned: Scan, path: str, operation: str, label: str, link: object
) -> None:
    links = {"itself": path, "another that leads back": f"{path}?again=1"}
    following = f"{entra.url}{links[link]}" if isinstance(link, str) else link
    entra._answers[path] = {"value": [], "@odata.nextLink": following}
    found = scanned()
    assert found.coverage(operation).status == Status.ERROR
    assert len([call for call in entra.calls if call.path == path]) <= 3
    assert found.incomplete() == ({label} if label else set())
    if not label:
        assert any("unread members" in member for member, _ in found.edges("MEMBER_OF"))


def test_every_call_is_throttled_once_and_all_is_read(
    entra: JsonReplay, scanned: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scanned()
    paths = sorted({call.path for call in entra.calls}, key=len, reverse=True)
    entra.reset()
    monkeypatch.setattr(session, "RETRIES", {"max_retries": 9, "delay": 0})
    for path in paths:
        entra.throttle(path, times=1)
    found = scanned()
    throttled = [call for call in entra.calls if call.status == 429]
    assert len(throttled) == len(paths) > 50
    assert found.collected.resources == whole.collected.resources
    assert found.collected.coverage == whole.collected.coverage
