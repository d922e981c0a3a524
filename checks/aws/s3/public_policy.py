"""Which statements of a bucket policy are public: S3's own definition, for one statement.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from ipaddress import ip_network
from typing import Any

_LIMITING = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
}
"""Condition keys that, set to fixed values, limit who is meant."""
_WIDEST_SOURCE = {4: 8, 6: 32}
"""The shortest prefix, by IP version, that still counts as a limit."""


def writers(policy: str) -> Iterator[Mapping[str, Any]]:
    """The statements of a policy that let everyone change objects or the bucket.

    :raises ValueError: if the text is no policy.
    """
    document = json.loads(policy)
    for statement in _list(document["Statement"]):
        if statement["Effect"] == "Allow" and _writes(statement) and _is_public(statement):
            yield statement


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_WRITES = tuple(
    f"s3:{action}"
    for action in (
        "abortmultipartupload",
        "bypassgovernanceretention",
        "deletebucket",
        "deletebucketpolicy",
        "deletebucketwebsite",
        "deleteobject",
        "deleteobjecttagging",
        "deleteobjectversion",
        "deleteobjectversiontagging",
        "initiatereplication",
        "objectowneroverridetobucketowner",
        "putaccelerateconfiguration",
        "putanalyticsconfiguration",
        "putbucketacl",
        "putbucketcors",
        "putbucketlogging",
        "putbucketnotification",
        "putbucketobjectlockconfiguration",
        "putbucketownershipcontrols",
        "putbucketpolicy",
        "putbucketpublicaccessblock",
        "putbucketrequestpayment",
        "putbuckettagging",
        "putbucketversioning",
        "putbucketwebsite",
        "putencryptionconfiguration",
        "putintelligenttieringconfiguration",
        "putinventoryconfiguration",
        "putlifecycleconfiguration",
        "putmetricsconfiguration",
        "putobject",
        "putobjectacl",
        "putobjectlegalhold",
        "putobjectretention",
        "putobjecttagging",
        "putobjectversionacl",
        "putobjectversiontagging",
        "putreplicationconfiguration",
        "replicatedelete",
        "replicateobject",
        "replicatetags",
        "restoreobject",
    )
)
"""Actions that change objects, the bucket, or who may reach either."""


def _writes(statement: Mapping[str, Any]) -> bool:
    def named(patterns: Any, action: str) -> bool:
        return any(fnmatchcase(action, pattern.lower()) for pattern in _list(patterns))

    if "NotAction" in statement:
        return any(not named(statement["NotAction"], action) for action in _WRITES)
    return any(named(statement["Action"], action) for action in _WRITES)


def _is_public(statement: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in statement:
        return True
    principal = statement["Principal"]
    names = _list(principal.get("AWS", []) if isinstance(principal, dict) else principal)
    return "*" in names and not any(
        _limits(operator, key, _list(values))
        for operator, conditions in statement.get("Condition", {}).items()
        for key, values in conditions.items()
    )


def _limits(operator: str, key: str, values: list[Any]) -> bool:
    """Whether a condition narrows everyone down to somebody."""
    quantifier, _, name = operator.lower().rpartition(":")
    # These hold, too, of a request that does not have the key at all.
    if quantifier == "forallvalues" or name.endswith("ifexists") or "not" in name:
        return False
    if key.lower() == "aws:sourceip":
        return name == "ipaddress" and all(map(_is_narrow, values))
    if key.lower() not in _LIMITING or not name.startswith(("string", "arn")):
        return False
    return not any("*" in str(value) or "?" in str(value) for value in values)


def _is_narrow(source: str) -> bool:
    network = ip_network(source, strict=False)
    return network.prefixlen >= _WIDEST_SOURCE[network.version]
