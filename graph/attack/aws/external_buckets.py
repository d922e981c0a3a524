"""What buckets have besides their policies: ACLs, and what blocks public access."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property

from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.labels import ACCOUNT, BUCKET
from ...authorization.aws.policy import Policy, compile_policy
from ...authorization.aws.public_access import (
    EXTERNAL_ACCOUNT,
    AccessRequest,
    CallerClass,
    evaluate,
)
from ..model import Node
from .external_callers import resource_facts
from .external_techniques import READ, ExternalAccess, found

IDENTITY = "AWSCloudFrontOriginAccessIdentity"
_LIST = "s3:ListBucket"
_OF_ONE = "one of the accounts scanned"
_OF_CLOUDFRONT = "an identity of CloudFront in one of them"
_LISTING = frozenset({"READ", "FULL_CONTROL"})
"""Permissions of an ACL that let a bucket's objects be listed; what is in the objects depends on
ACLs of their own, which are not read."""
_LOG_DELIVERY = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
"""The canonical id by which CloudFront writes its logs.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
"""


class Buckets:
    """The buckets of an environment."""

    def __init__(self, environment: AWSEnvironment) -> None:
        self._environment = environment
        self._view = environment.view

    def unblocked(self, caller: CallerClass, bucket: Node) -> tuple[str, ...] | None:
        """What is not known about the bucket's policy letting a party in that it names, or anyone;
        None if public access is restricted to the bucket's own account.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        restricted = self._setting(bucket, "restrict_public_buckets")
        # A policy that lets anyone in is public; one that lets some account in need not be.
        is_public = True if caller.is_anywhere else self._view.get(bucket.id, "policy_is_public")
        if restricted and is_public:
            return None
        doubts = self._identity_doubts(caller)
        if restricted is False or is_public is False:
            return doubts
        return (f"whether public access to {bucket.name} is restricted", *doubts)

    def grantees(self, bucket: Node) -> Iterator[tuple[Node, CallerClass]]:
        """The accounts that the ACL names, each by its canonical id, and were not scanned."""
        names = {id_: name for id_, name, _ in self._granted(bucket)}
        yield from self._outside(bucket, names)

    def named(self, bucket: Node, policy: Policy) -> Iterator[tuple[Node, CallerClass]]:
        """The accounts that the policy names by their canonical ids, and were not scanned."""
        ids = {
            id_
            for one in policy.statements
            if one.effect == "Allow" and one.principals and not one.is_not_principal
            for id_ in one.principals.canonical_ids
        }
        yield from self._outside(bucket, {id_: id_ for id_ in ids})

    def _outside(
        self, bucket: Node, names: Mapping[str, str]
    ) -> Iterator[tuple[Node, CallerClass]]:
        """Those of some canonical ids, with what they are called, that are of nobody known."""
        owner = self._view.get(bucket.id, "acl_owner_id")
        for id_ in sorted({*names} - {owner, _LOG_DELIVERY, *self._scanned, *self._of_cloudfront}):
            caller = CallerClass(EXTERNAL_ACCOUNT, canonical_id=id_)
            yield Node(id_, ACCOUNT, names[id_], id_), caller

    def listed(
        self, source: Node, caller: CallerClass, bucket: Node, policy: Policy
    ) -> ExternalAccess | None:
        """Whether the ACL lets a caller that it names, or everyone, list a bucket's objects, unless
        its policy denies it."""
        if caller.canonical_id:
            doubts = self._naming_doubts(caller, bucket)
        else:
            doubts = self._listing_doubts(caller, bucket)
        if doubts is None:
            return None
        statement = {"Effect": "Allow", "Principal": "*", "Action": _LIST, "Resource": bucket.id}
        granted = compile_policy({"Statement": {"Sid": "ACL", **statement}}, bucket.id)
        whole = Policy(policy.id, (*policy.statements, *granted.statements), (), policy.text)
        request = AccessRequest(
            _LIST,
            bucket.id,
            bucket.account,
            resource_facts(self._environment, bucket),
            rcps=self._environment.account(bucket.account).rcps,
        )
        return found(READ, source, bucket, {_LIST: evaluate(caller, request, whole)}, doubts)

    def _naming_doubts(self, caller: CallerClass, bucket: Node) -> tuple[str, ...] | None:
        """What is not known about the ACL letting an account list that it names; None if it does
        not."""
        ownership = self._view.get(bucket.id, "object_ownership")
        granted = {
            permission for id_, _, permission in self._granted(bucket) if id_ == caller.canonical_id
        }
        if ownership == "BucketOwnerEnforced" or not granted & _LISTING:
            return None
        doubts = {
            f"object_ownership of {bucket.name}": ownership is None,
            f"whether {caller.canonical_id} is {_OF_ONE}": not self._knows_all,
        }
        return tuple(words for words, is_open in doubts.items() if is_open)

    def _identity_doubts(self, caller: CallerClass) -> tuple[str, ...]:
        """What is not known of whose a canonical id is that a policy names."""
        if not caller.canonical_id:
            return ()
        doubts = {_OF_ONE: not self._knows_all, _OF_CLOUDFRONT: not self._knows_identities}
        words = (words for words, is_open in doubts.items() if is_open)
        return tuple(f"whether {caller.canonical_id} is {each}" for each in words)

    def _granted(self, bucket: Node) -> Iterator[tuple[str, str, str]]:
        """The canonical ids that the ACL names, with what else it calls them and what it lets them
        do."""
        for grant in json.loads(self._view.get(bucket.id, "acl_grants") or "[]"):
            grantee = grant.get("Grantee", {})
            if id_ := grantee.get("ID"):
                yield id_, grantee.get("DisplayName") or id_, grant.get("Permission", "")

    @cached_property
    def _scanned(self) -> dict[str, str]:
        """The accounts scanned by their canonical ids, as far as buckets tell them."""
        view = self._view
        owners = ((id_, view.get(id_, "acl_owner_id")) for id_ in view.labelled(BUCKET))
        return {owner: view.get(id_, "account") for id_, owner in owners if owner}

    @cached_property
    def _of_cloudfront(self) -> frozenset[str]:
        """The canonical ids of the scanned accounts' identities of CloudFront."""
        view = self._view
        return frozenset(view.get(id_, "canonical_id") for id_ in view.labelled(IDENTITY))

    @cached_property
    def _knows_identities(self) -> bool:
        """Whether those of all scanned accounts were listed."""
        return self._environment.has_all(IDENTITY)

    @property
    def _knows_all(self) -> bool:
        """Whether the canonical id of each scanned account is known."""
        return self._environment.scanned <= {*self._scanned.values()}

    def _listing_doubts(self, caller: CallerClass, bucket: Node) -> tuple[str, ...] | None:
        """What is not known about the ACL letting everyone list; None if it does not."""
        view = self._view
        ownership = view.get(bucket.id, "object_ownership")
        ignored = self._setting(bucket, "ignore_public_acls")
        grants = [view.get(bucket.id, "acl_everyone")]
        if caller.account:
            grants.append(view.get(bucket.id, "acl_authenticated"))
        grants_it = any(_LISTING & {*(each or ())} for each in grants)
        if (
            not caller.is_anywhere
            or ignored
            or ownership == "BucketOwnerEnforced"
            or (not grants_it and None not in grants)
        ):
            return None
        doubts = {
            f"the ACL of {bucket.name}": not grants_it,
            f"object_ownership of {bucket.name}": ownership is None,
            f"whether public ACLs of {bucket.name} are ignored": ignored is None,
        }
        return tuple(words for words, is_open in doubts.items() if is_open)

    def _setting(self, bucket: Node, name: str) -> bool | None:
        """A setting that holds if the bucket or its account has it."""
        blocks = (bucket.id, *self._view.targets(bucket.id, "account_public_access_block"))
        values = [self._view.get(block, name) for block in blocks]
        if any(values):
            return True
        return None if None in values else False
