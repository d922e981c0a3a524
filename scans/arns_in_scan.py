"""Whether an ARN that a question names is of something in the scan."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..graph.authorization.aws.environment import AWSEnvironment
    from ..graph.model import Resource
    from ..graph.snapshot import Snapshot

_WILDCARD = re.compile(r"[*?]")


class Absence(NamedTuple):
    """That the scan read all resources of the kind that an ARN is of, and not this one."""

    known: list[str]
    """The ids of those that it read."""
    is_certain: bool
    """Whether it does not exist; otherwise another account may own it, as the ARN names none."""


class ArnsInScan:
    """What a scan knows of the ARNs in it."""

    def __init__(self, environment: "AWSEnvironment", snapshot: "Snapshot") -> None:
        self._environment = environment
        self._scope = snapshot.scope
        self._reads = snapshot.reads

    def absence(self, arn: str) -> Absence | None:
        """Why there is nothing with this ARN (for one with wildcards: nothing that fits it); None
        if there is something, or if that cannot be known."""
        from ..graph.authorization.aws.arns import parse_arn

        start = _WILDCARD.split(arn)[0]
        if self._environment.row(start).owner:
            return None
        example = _WILDCARD.sub("x", arn)
        named = parse_arn(example)
        models = [model for model in self._models if _fits(example, model.identity)]
        if named is None or not models:
            return None
        if any(_fits(example, omitted) for model in models for omitted in model.listing_omits):
            return None
        labels = [model.label for model in models]
        view = self._environment.view
        known = sorted(id_ for label in labels for id_ in view.labelled(label))
        if start != arn and any(id_.startswith(start) for id_ in known):
            return None
        accounts = [named.account] if named.account else self._scope.accounts.get("aws", [])
        if not all(
            self._is_listed(label, account, named.region)
            for label in labels
            for account in accounts
        ):
            return None
        return Absence(known, is_certain=bool(named.account))

    @cached_property
    def _models(self) -> "list[type[Resource]]":
        from ..collectors.registry import models

        return [model for model in models() if model.identity.startswith("arn:")]

    def _is_listed(self, label: str, account: str, region: str) -> bool:
        """Whether a label was listed whole in an account, and if need be in a region."""
        from ..graph.model import Status

        reads = [
            read
            for read in self._reads
            if read.label == label
            and read.account == account
            and (not region or read.region in (region, "global"))
        ]
        return bool(reads) and all(read.status == Status.OK for read in reads)


def _fits(arn: str, identity: str) -> bool:
    from ..graph.model import Identity

    return Identity.of(identity).parse(arn) is not None
