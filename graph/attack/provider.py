"""What a cloud brings to the one attack graph: its principals and their states, its authorizer,
its definition of an administrator, its techniques, and what it trusts."""

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ...content import Content, content
from ..authorization.model import Administration, Authorizer, Given
from ..authorization.resource_table import ResourceRow
from ..logic import Truth
from ..model import Gap, ListingStatus
from ..view import GraphView
from .engine.requirement import Choice, Context
from .engine.technique import ExternalTechnique, GainKind, Technique
from .engine.technique_files import TechniqueSet, check_clouds
from .engine.technique_vocabulary import TechniqueVocabulary
from .federation.model import TokenClaims, TrustRule
from .model import Explain, Node, Step

if TYPE_CHECKING:
    from .engine.build import ProviderEngine


class GainTarget(NamedTuple):
    """A resource that a gain rests on: a group that is joined, a policy that is changed."""

    row: int
    id: str
    is_certain: bool
    holder: str = ""
    """The principal or group that the resource is taken off; empty if it is taken off all."""


def joined(targets: Sequence[GainTarget], is_first: bool) -> Iterator[Sequence[GainTarget]]:
    """Which of some gains of a kind a principal takes at a time: each alone if it has none yet,
    else all at once (what is certain, or what may be if nothing is), since each may lend what
    another lacks. Its states would be as many as there are sets of gains otherwise."""
    if is_first:
        yield from ((each,) for each in targets)
    elif targets:
        yield [each for each in targets if each.is_certain] or targets


class Change(NamedTuple):
    """A principal in another state."""

    state: Any
    row: int | None = None
    """Of the resource that the technique was taken on; None if that was the principal itself."""
    shown: str = ""
    """Id of the group by which it came into the state; empty if by none."""
    chosen: tuple[Choice, ...] = ()
    """What was picked to come into the state."""
    holder: str = ""
    """What the resource was taken off: see :class:`GainTarget`."""


class Preparation(NamedTuple):
    """What can be set on a resource first, so that policies take it for another."""

    action: str
    """That sets it."""
    context: tuple[tuple[str, str], ...]
    """Condition keys of that request."""
    then: tuple[tuple[str, str], ...]
    """What condition keys of other requests for the resource then say."""


class Making(NamedTuple):
    """What is set on something while it is made, so that policies let it be made and used."""

    making: Context
    """Condition keys of the request that makes it."""
    setting: Context
    """The same of the request that sets this on it; nothing if nothing is set."""
    then: Context
    """The same of all later requests for it."""


class AttackProvider(ABC):
    """One cloud, or anything else with principals, as the engine sees it. Made for each graph.

    A state is a value of the provider's own, with the principal's ``id``. What a provider does not
    say it does not have: the defaults are those of principals without groups, data, federation or
    further steps of their own.
    """

    name: ClassVar[str]
    vocabulary: ClassVar[TechniqueVocabulary]
    authorizer: Authorizer

    def __init__(self, view: GraphView, listings: Sequence[ListingStatus]) -> None:
        self.view = view
        self.listings = listings

    @classmethod
    @abstractmethod
    def techniques(cls) -> TechniqueSet:
        """The provider's techniques."""

    @abstractmethod
    def state(self, id_: str) -> Any:
        """A principal just as it is."""

    def owner(self, account: str) -> Any:
        """The owner of an account, as a state."""
        return self.state(account)

    def controls(self, account: str) -> Iterable[str]:  # noqa: ARG002
        """The policies that stand over an account."""
        return ()

    def administration(self, state: Any) -> Administration:  # noqa: ARG002
        """Whether a principal in a state administers its account, and why."""
        return Administration(False)

    def administered(self, state: Any, account: str) -> Iterable[tuple[str, Truth]]:
        """The accounts that an administrator administers: its own, unless it says otherwise."""
        yield account, self.administration(state).truth

    def inside(self, account: str, label: str) -> int | None:  # noqa: ARG002
        """The rows of a label that who administers an account has power over; None for those
        that belong to it."""
        return None

    def may_start(self, state: Any) -> bool:  # noqa: ARG002
        """Whether an attacker may begin as a principal."""
        return True

    @property
    def gaps(self) -> Sequence[Gap]:
        """What of permissions could not be read."""
        return ()

    @property
    def left_out(self) -> Sequence[str]:
        """What was not tried so that the search ends, in sentences."""
        return ()

    def partition(self, id_: str) -> str:  # noqa: ARG002
        """What ``{partition}`` stands for next to a principal."""
        return ""

    def parts(self, template: str, action: str, label: str) -> Iterable[ResourceRow]:  # noqa: ARG002
        """What stands for all that policies tell apart of what a template with ``{name}``, which
        is picked at will, describes, where an action is asked for a resource of a label."""
        return [ResourceRow(template)]

    def is_changeable(self, id_: str) -> bool:  # noqa: ARG002
        """Whether anybody in the account can change a resource at all."""
        return True

    def lends(self, id_: str) -> bool:  # noqa: ARG002
        """Whether code on a resource gets credentials of what it runs as that techniques can be
        taken with."""
        return True

    def shared_accounts(self, label: str) -> tuple[str, ...]:  # noqa: ARG002
        """Accounts whose resources of a label are there for every account."""
        return ()

    def apply(
        self,
        gain: GainKind,  # noqa: ARG002
        state: Any,  # noqa: ARG002
        label: str,  # noqa: ARG002
        targets: Sequence[GainTarget],  # noqa: ARG002
        chosen: Sequence[Choice] = (),  # noqa: ARG002
    ) -> Iterable[Change]:
        """The states that a principal comes into by a gain: on itself if there are no targets,
        else by each of them, resources of a label such as groups or policies; ``chosen`` is all
        that the attacker is free to pick."""
        return ()

    def activating(self, id_: str) -> Iterable[str]:  # noqa: ARG002
        """Who is known to be able to activate a role, once somebody else lets them."""
        return ()

    def limited(self, state: Any, actions: Collection[str]) -> Any:
        """A principal whose credentials can ask for nothing but some actions, as policies name
        them; None if it may do none of them."""
        raise NotImplementedError

    def may_ask(self, state: Any, action: str) -> bool:  # noqa: ARG002
        """Whether the credentials of a principal in a state can ask for an action at all."""
        return True

    def created(
        self,
        id_: str,
        gain: GainKind,  # noqa: ARG002
        group: str = "",  # noqa: ARG002
        chosen: Sequence[Choice] = (),  # noqa: ARG002
    ) -> Iterable[Change]:
        """A principal that was only just created, a member of a group or whatever it likes, in the
        states that it may be given."""
        return [Change(self.state(id_))]

    def choices(self, technique: Technique, state: Any) -> Sequence[Choice]:  # noqa: ARG002
        """What an actor may pick for the placeholders of a technique, best first; what policies do
        not tell from something better is left out."""
        return ()

    def preparations(
        self,
        state: Any,  # noqa: ARG002
        label: str,  # noqa: ARG002
        actions: Collection[str],  # noqa: ARG002
    ) -> Sequence[Preparation]:
        """What an actor may set on a resource of a label that decides about its actions on it."""
        return ()

    def makings(
        self,
        state: Any,  # noqa: ARG002
        made_by: str,  # noqa: ARG002
        tagged_by: str,  # noqa: ARG002
        actions: Collection[str],  # noqa: ARG002
    ) -> Sequence[Making]:
        """What an actor may set on a resource while it makes it, each and nothing at all, if that
        decides about these actions on it; else there is none."""
        return ()

    def differs(self, before: Any, after: Any) -> bool:
        """Whether one state gives a principal anything that another does not."""
        return bool(before != after)

    def describe(self, state: Any, shown: str = "") -> str:  # noqa: ARG002
        """A state in words; empty for a principal just as it is."""
        return ""

    def related(self, state: Any, edge: str, label: str) -> frozenset[str] | None:  # noqa: ARG002
        """The resources of a label that an edge leads to from a principal because of its state;
        None if the edge does not lead anywhere any more."""
        return frozenset()

    def unrelated(self, state: Any, holder: str, edge: str) -> frozenset[str]:  # noqa: ARG002
        """The resources that an edge leads to no more because of a principal's state, from itself
        or from a group of its."""
        return frozenset()

    def assumable_identities(
        self,
        account: str,  # noqa: ARG002
    ) -> Iterable[tuple[Any, Given, bool]]:
        """As whom an administrator of an account can act: a state, what of a request is then a
        free choice, and whether that principal was collected."""
        return ()

    @property
    def held_labels(self) -> Sequence[str]:
        """Labels of resources that an attacker can hold besides those that techniques gain."""
        return ()

    def steps(self, engine: "ProviderEngine") -> Iterator[Step]:  # noqa: ARG002
        """Steps that need no technique, once all states are known."""
        yield from ()

    def explainers(self, engine: "ProviderEngine") -> dict[str, Explain]:  # noqa: ARG002
        """What explains the provider's own steps, by technique or type."""
        return {}

    def issues(self) -> Iterable[tuple[Node, TokenClaims]]:
        """Tokens that a node can present."""
        return ()

    def unread_issuers(self) -> Iterable[str]:
        """The issuers that principals of the scan may have and that were not read, as patterns
        with ``*``."""
        return ()

    def accepts(self) -> Iterable[TrustRule]:
        """Tokens that an identity takes."""
        return ()


def known_techniques() -> dict[str, Technique | ExternalTechnique]:
    """The techniques of all providers, by id.

    :raises TechniqueFileError: if a file is not what it should be.
    """
    return _known_techniques(content())


@cache
def _known_techniques(used: Content) -> dict[str, Technique | ExternalTechnique]:
    found: dict[str, Technique | ExternalTechnique] = {}
    for folder in used.of("techniques"):
        check_clouds(folder, provider_types())
    for provider in provider_types().values():
        found |= {**provider.techniques().techniques, **provider.techniques().external}
    return found


@cache
def provider_types() -> dict[str, type[AttackProvider]]:
    """The providers by name: each package next to this module that has a class ``PROVIDER``."""
    package = import_module(__package__)
    found: dict[str, type[AttackProvider]] = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        provider: Any = getattr(import_module(module.name), "PROVIDER", None)
        if provider is not None:
            found[provider.name] = provider
    return found
