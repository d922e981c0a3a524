"""The three STS operations that can answer without a record: from the caller's own keys."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from .estate import Estate, Recorded
from .wire import ErrorAnswer

_ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/(.+)")
_SECRET = "replayed-secret-of-no-value"
# Far away: nothing a test does should make a client refresh them.
_EXPIRES = "2099-01-01T00:00:00Z"


def built_in(
    estate: Estate,
    account: str,
    token: str | None,
    operation: str,
    params: Mapping[str, Any],
    entry: Recorded | None,
) -> Recorded | ErrorAnswer | None:
    """What STS answers; a record may deny it or replace parts of it."""
    if entry is not None and entry.error is not None:
        return entry
    if operation == "GetCallerIdentity":
        answer: dict[str, Any] | ErrorAnswer = _caller_identity(account, token)
    elif operation == "AssumeRole":
        answer = _assume_role(estate, account, params)
    elif operation == "GetSessionToken":
        answer = {"Credentials": _credentials(account, "user", "replay")}
    else:
        return entry
    if isinstance(answer, ErrorAnswer):
        return answer
    own = entry.response or {} if entry is not None else {}
    return Recorded({**answer, **own}, None, {})


def _caller_identity(account: str, token: str | None) -> dict[str, Any]:
    """Who the keys belong to: a user, or the role that the session token names."""
    arn = f"arn:aws:iam::{account}:user/replay"
    if token is not None:
        role, session = _read_token(token)
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{session}"
    return {"Account": account, "Arn": arn, "UserId": f"AIDA{account}"}


def _credentials(account: str, role: str, session: str) -> dict[str, str]:
    return {
        "AccessKeyId": f"ASIA{account}",
        "SecretAccessKey": _SECRET,
        "SessionToken": base64.b64encode(json.dumps([role, session]).encode()).decode(),
        "Expiration": _EXPIRES,
    }


def _assume_role(
    estate: Estate, caller: str, params: Mapping[str, Any]
) -> dict[str, Any] | ErrorAnswer:
    """Temporary keys of the role's account, denied when the estate has no such account."""
    arn = str(params.get("RoleArn", ""))
    found = _ROLE.fullmatch(arn)
    if found is None or not estate.has_account(found[1]):
        message = (
            f"User: arn:aws:iam::{caller}:user/replay is not authorized to perform: "
            f"sts:AssumeRole on resource: {arn}"
        )
        return ErrorAnswer("AccessDenied", message, 403)
    account, role = found[1], found[2].rpartition("/")[2]
    session = str(params.get("RoleSessionName", "replay"))
    return {
        "Credentials": _credentials(account, role, session),
        "AssumedRoleUser": {
            "AssumedRoleId": f"AROA{account}:{session}",
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        },
    }


def _read_token(token: str) -> tuple[str, str]:
    try:
        role, session = json.loads(base64.b64decode(token))
    except (binascii.Error, ValueError):
        # A token that a test made up itself.
        return "replay", "session"
    return str(role), str(session)
