"""The demo's tenant behind a replay server, read with the real SDK."""

from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest
from clew.collectors.entra import session
from clew.collectors.entra.session import ENDPOINT, EntraOptions, connect
from servers.json_replay import JsonReplay
from support.clouds import Scanned, scan


@pytest.fixture
def entra(entra_replay: JsonReplay, monkeypatch: pytest.MonkeyPatch) -> JsonReplay:
    """The server, asked again at once where it throttles."""
    monkeypatch.setenv(ENDPOINT, entra_replay.url)
    monkeypatch.setattr(session, "RETRIES", {"max_retries": 2, "delay": 0})
    return entra_replay


@pytest.fixture
def scanned(entra: JsonReplay, tmp_path: Path) -> Callable[[], Scanned]:
    """Scans the tenant, each time anew."""
    return lambda: scan(Path(mkdtemp(dir=tmp_path)), connect(EntraOptions()))
