"""Which keys a principal may decrypt with by a grant, whatever its own policies say."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from ...authorization.aws.authorizer import AWSAuthorizer
from ...authorization.aws.decision import Decision, PolicyType
from ...authorization.aws.environment import PrincipalState
from ...model import ListingStatus, Status
from ...sets import MaySet

KEY, GRANT = "AWSKMSKey", "AWSKMSGrant"
ACTION = "kms:Decrypt"


class KeyGrant(NamedTuple):
    """A grant that lets its holder decrypt."""

    id: str
    key: str
    doubts: tuple[str, ...]
    """What else must hold, or could not be read."""


class KeyGrants:
    """The grants of an environment."""

    def __init__(self, authorizer: AWSAuthorizer, listings: Sequence[ListingStatus]) -> None:
        self._authorizer = authorizer
        self._view = authorizer.environment.view
        self._rows = authorizer.table(KEY).index
        self._unlisted = {
            (each.account, each.region)
            for each in listings
            if each.label == GRANT and each.status != Status.OK
        }

    def keys(self, state: PrincipalState) -> MaySet:
        """The keys, by row; those whose grants could not be listed may be anybody's."""
        certain, possible = 0, self._keys_unlisted
        for grant in self._usable(state):
            bit = 1 << self._rows[grant.key]
            possible |= bit
            if not grant.doubts:
                certain |= bit
        return MaySet(certain, possible)

    def of(self, state: PrincipalState, key: str) -> KeyGrant | None:
        """The most certain grant by which somebody may decrypt with a key; None if there is at
        most one that could not be listed."""
        found = [grant for grant in self._usable(state) if grant.key == key]
        return min(found, key=lambda grant: bool(grant.doubts), default=None)

    def _usable(self, state: PrincipalState) -> Iterator[KeyGrant]:
        """The grants of a principal that nothing denies it."""
        for grant in self._held.get(state.id, ()):
            answer = self._authorizer.decide_granted(state, ACTION, grant.key)
            if answer.is_allowed is not False:
                doubts = (*answer.open_keys, *answer.unread) if answer.is_allowed is None else ()
                yield grant._replace(doubts=(*grant.doubts, *doubts))
            elif answer.decided_by is PolicyType.BOUNDARY and (
                answer.decision is Decision.IMPLICITLY_DENIED
            ):
                doubt = f"the permissions boundary of {state.id} does not limit grants"
                yield grant._replace(doubts=(*grant.doubts, doubt))

    @cached_property
    def _held(self) -> dict[str, list[KeyGrant]]:
        """The grants by who holds them."""
        found: dict[str, list[KeyGrant]] = defaultdict(list)
        for id_ in self._view.labelled(GRANT):
            operations = self._view.get(id_, "operations")
            if operations is not None and "Decrypt" not in operations:
                continue
            for holder in self._view.targets(id_, "grantee_principal"):
                for key in self._view.targets(id_, "key_arn"):
                    if key in self._rows:
                        found[holder].append(KeyGrant(id_, key, tuple(self._doubts(id_))))
        return found

    def _doubts(self, grant: str) -> Iterator[str]:
        for name in ("operations", "constraints"):
            if self._view.get(grant, name) is None:
                yield f"{name} of {grant} could not be read"
        if self._view.get(grant, "constraints"):
            yield "the data has the encryption context of the grant"

    @cached_property
    def _keys_unlisted(self) -> int:
        """The keys whose grants could not be listed."""
        found = 0
        for id_, row in self._rows.items():
            if (self._view.get(id_, "account"), self._view.get(id_, "region")) in self._unlisted:
                found |= 1 << row
        return found
