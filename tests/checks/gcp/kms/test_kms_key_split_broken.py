"""Who uses and who administers a key."""

from typing import Any

import pytest
from support.access_verdicts import verdicts
from support.gcp_worlds import GCPWorld

CHECK = "kms_key_split_broken"
USE, ADMIN = "cloudkms.cryptoKeyVersions.useToDecrypt", "cloudkms.cryptoKeys.setIamPolicy"
DESTROY = "cloudkms.cryptoKeyVersions.destroy"
PROJECT = "//cloudresourcemanager.googleapis.com/projects/p"
RING = "//cloudkms.googleapis.com/projects/p/locations/l/keyRings/r"
KEY = f"{RING}/cryptoKeys/k"


def world(*grants: tuple[Any, Any, str], **fields: Any) -> GCPWorld:
    found = GCPWorld()
    found.scope("organizations/o")
    found.scope("projects/p", "organizations/o")
    found.resource("GCPCryptoKey", KEY, "p", **{"purpose": "ENCRYPT_DECRYPT", **fields})
    for each in ("user:u@x", "user:v@x"):
        found.principal(each)
    found.group("g@x", ["user:u@x"])
    found.group("unread@x", None)
    for members, permissions, scope in grants:
        found.grant([members], permissions, scope)
    return found


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([("user:u@x", [USE, ADMIN], PROJECT)], "FAIL"),
        ([("user:u@x", [USE], KEY), ("user:u@x", [DESTROY], PROJECT)], "FAIL"),
        ([("user:u@x", [USE], RING), ("group:g@x", [ADMIN], RING)], "FAIL"),
        ([("user:u@x", [USE], KEY), ("user:v@x", [ADMIN], KEY)], "PASS"),
        ([("user:u@x", [USE], KEY), ("group:unread@x", [ADMIN], KEY)], "MANUAL"),
        ([("user:u@x", [USE], KEY), ("user:u@x", None, KEY)], "MANUAL"),
        ([], "PASS"),
    ],
)
def test_nobody_has_both_in_hand(grants: Any, expected: str) -> None:
    assert verdicts(CHECK, world(*grants)) == {"k": expected}


def test_a_key_that_signs_gets_no_verdict_and_an_unread_purpose_one() -> None:
    grant = ("user:u@x", [USE, ADMIN], PROJECT)
    assert verdicts(CHECK, world(grant, purpose="ASYMMETRIC_SIGN")) == {}
    assert verdicts(CHECK, world(grant, purpose=None)) == {"k": "FAIL"}


def test_unlisted_bindings_are_manual() -> None:
    assert verdicts(CHECK, world(), "GCPPolicyBinding") == {"k": "MANUAL"}
