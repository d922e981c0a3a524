"""Policies in few words, and what they decide."""

import json
from typing import Any

from clew.graph.authorization.aws.decision import Answer, Decision
from clew.graph.authorization.aws.policy_tests import read_policy_test

ACCOUNT = "111122223333"
OTHER = "444455556666"
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/job"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/job/run"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
EXTERNAL = f"arn:aws:iam::{OTHER}:user/eve"
OBJECT = "arn:aws:s3:::bucket/key"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"

ALLOWED = Decision.ALLOWED
DENIED = Decision.IMPLICITLY_DENIED
FORBIDDEN = Decision.EXPLICITLY_DENIED
CONDITIONAL = Decision.CONDITIONAL

Document = dict[str, Any]


def policy(*statements: Document, version: str = "2012-10-17") -> Document:
    return {"Version": version, "Statement": list(statements)}


def allow(action: Any = "*", resource: Any = "*", **elements: Any) -> Document:
    return _statement("Allow", action, resource, elements)


def deny(action: Any = "*", resource: Any = "*", **elements: Any) -> Document:
    return _statement("Deny", action, resource, elements)


def _statement(effect: str, action: Any, resource: Any, elements: Document) -> Document:
    written = {"Effect": effect}
    if "NotAction" not in elements:
        written["Action"] = action
    if "NotResource" not in elements and resource is not None:
        written["Resource"] = resource
    return written | elements


def ask(*identity: Document, strict: bool = False, **case: Any) -> Answer:
    """The answer to a request: by a user for an object, with statements of an identity policy,
    unless the case says otherwise."""
    whole = {
        "principal": USER,
        "action": "s3:GetObject",
        "resource": OBJECT,
        "identity_policies": [policy(*identity)] if identity else [],
        **case,
    }
    return read_policy_test(json.dumps(whole), strict=strict).answer()


def decision(*identity: Document, strict: bool = False, **case: Any) -> Decision:
    return ask(*identity, strict=strict, **case).decision
