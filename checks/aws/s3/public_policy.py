"""Whether a bucket policy lets everyone in, by S3's own definition of public.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html

A policy is public unless it limits who is meant to fixed values of some condition keys. So everyone
is let in if a caller is who has, of each of these keys, any value that the policy does not fix: one
that fits a wildcard, or one of its own, or none. Conditions on any other key limit nobody.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product

from ....graph.authorization.aws.context import Context, Values
from ....graph.authorization.aws.policy import Policy, compile_policy
from ....graph.authorization.aws.public_access import (
    ANONYMOUS,
    ANY_ACCOUNT,
    AccessRequest,
    Evaluation,
    evaluate,
    fitting,
    internet_outside,
)
from ....graph.authorization.aws.request import times

_ACCOUNT_OF_ARN = tuple(
    f"arn:{{name}}:{{name}}:{region}:{{who}}:{{any}}" for region in ("", "{name}")
)
_OUTSIDERS: Mapping[str, tuple[str, ...]] = {
    "aws:principalaccount": ("{who}",),
    "aws:principalarn": _ACCOUNT_OF_ARN,
    "aws:principalorgid": ("{who}",),
    "aws:principalorgpaths": ("{who}/{any}",),
    "aws:sourceaccount": ("{who}",),
    "aws:sourcearn": (*_ACCOUNT_OF_ARN, "arn:{name}:s3:::{who}", "arn:{name}:s3:::{who}/{any}"),
    "aws:sourceorgid": ("{who}",),
    "aws:sourceorgpaths": ("{who}/{any}",),
    "aws:sourceowner": ("{who}",),
    "aws:sourcevpc": ("{who}",),
    "aws:sourcevpcarn": _ACCOUNT_OF_ARN,
    "aws:sourcevpce": ("{who}",),
    "aws:userid": ("{who}", "{name}:{who}"),
    "s3:dataaccesspointaccount": ("{who}",),
    "s3:dataaccesspointarn": _ACCOUNT_OF_ARN,
}
"""The condition keys that limit who is meant, with the forms of the values that outsiders have of
them (see :mod:`clew.graph.authorization.claim_patterns`): of an ARN it is the account that is
theirs, of an organization's path the organization."""
_SOURCE_IP = "aws:sourceip"
_WIDEST_SOURCE = {4: 8, 6: 32}
"""The shortest prefix of addresses, by IP version, that still counts as a limit."""
_NEVER_OUTSIDERS = (
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:vpcsourceip",
)
"""Keys that only AWS's services have, or requests from within a VPC."""
_LIMITING = frozenset((*_OUTSIDERS, _SOURCE_IP, *_NEVER_OUTSIDERS))
_KNOWN = Context(
    {
        "aws:PrincipalServiceNamesList": (),
        "aws:VpcSourceIp": (),
        # Whatever the bucket's own organization is, it is not theirs.
        "aws:ResourceOrgID": ("o-of-the-bucket",),
        "aws:ResourceOrgPaths": ("o-of-the-bucket/",),
    }
)

WRITES = tuple(
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


def lets_everyone_write(
    policy: str, bucket: str, account: str, scanned: datetime | None = None
) -> Evaluation:
    """Whether a policy lets everyone change the objects of a bucket or the bucket itself, from the
    time of the scan on."""
    limits = _of_limits(compile_policy(policy, bucket), times(scanned))
    return _most(_asked(limits, WRITES, bucket, account))


def _asked(
    policy: Policy, actions: Iterable[str], bucket: str, account: str
) -> Iterator[Evaluation]:
    choices = dict(_choices(policy))
    callers = [each._replace(is_anywhere=False) for each in (ANONYMOUS, ANY_ACCOUNT)]
    different = {policy.about(action): action for action in actions if _allows(policy, action)}
    for action, place in product(different.values(), (bucket, f"{bucket}/{{any}}")):
        request = AccessRequest(action, place, account, _KNOWN, choices)
        yield from (evaluate(caller, request, policy) for caller in callers)


def _most(found: Iterable[Evaluation]) -> Evaluation:
    """The most certain of some answers."""
    perhaps = Evaluation(False)
    for one in found:
        if one.value:
            return one
        if one.value is None:
            perhaps = one
    return perhaps


def _allows(policy: Policy, action: str) -> bool:
    return any(one.effect == "Allow" for one in policy.about(action))


def _choices(policy: Policy) -> Iterator[tuple[str, Sequence[Values]]]:
    """What outsiders have of the keys that limit who is meant."""
    for key, forms in _OUTSIDERS.items():
        yield key, [*fitting(policy, key, forms), ()]
    yield _SOURCE_IP, internet_outside(policy, _WIDEST_SOURCE)


def _of_limits(policy: Policy, known: Context) -> Policy:
    """A policy without the conditions that limit nobody: what they ask for in order to allow,
    everyone can have, and avoid what they ask for in order to deny, unless it is known already."""
    statements = []
    for one in policy.statements:
        others = [each.truth(known) for each in one.conditions if each.key not in _LIMITING]
        if False not in others if one.effect == "Allow" else all(others):
            limits = tuple(each for each in one.conditions if each.key in _LIMITING)
            statements.append(replace(one, conditions=limits))
    return Policy(policy.id, statements, policy.problems, policy.text)
