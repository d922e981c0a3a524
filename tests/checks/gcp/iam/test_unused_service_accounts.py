"""Service accounts and keys that were used, or not."""

from typing import Any

import pytest
from clew.collectors.gcp.iam import ServiceAccount, ServiceAccountKey
from support.gcp_estates import PROJECT, estate, resource
from support.judging import verdicts

ID = f"//iam.googleapis.com/projects/{PROJECT}/serviceAccounts/a@{PROJECT}.iam.gserviceaccount.com"
UNKNOWN = ("MANUAL", "UNREADABLE_FIELD")
USED = [
    (True, False, "PASS"),
    (False, False, "FAIL"),
    (False, True, "PASS"),
    (None, False, UNKNOWN),
]


@pytest.mark.parametrize(("used", "disabled", "expected"), USED)
def test_an_account_is_used(used: bool | None, disabled: bool, expected: Any) -> None:
    account = resource(ServiceAccount, ID, name="a", used=used, disabled=disabled)
    assert verdicts("iam_service_account_unused", estate(account)) == {"a": expected}


@pytest.mark.parametrize(("used", "disabled", "expected"), USED)
def test_a_key_is_used(used: bool | None, disabled: bool, expected: Any) -> None:
    keys = [
        resource(
            ServiceAccountKey,
            f"{ID}/keys/{kind}",
            service_account=ID,
            key_type=kind,
            used=used,
            disabled=disabled,
        )
        for kind in ("USER_MANAGED", "SYSTEM_MANAGED")
    ]
    account = resource(ServiceAccount, ID)
    found = verdicts("iam_sa_user_managed_key_unused", estate(account, *keys))
    assert found == {"USER_MANAGED": expected}
