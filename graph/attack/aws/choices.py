"""What an attacker is free to pick: which managed policy, which boundary, which tags.

All that is there to pick is tried, as far as a policy tells it from something better.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice, product
from types import MappingProxyType
from typing import TypeVar

from ...authorization.aws.arns import parse_arn
from ...authorization.aws.authorizer import AWSAuthorizer
from ...authorization.aws.environment import PrincipalState
from ...authorization.aws.managed_policies import known_to_all
from ...authorization.aws.policy import Policy
from ...authorization.aws.tag_values import ANY_VALUE, TagValues, tag_keys, tag_values
from ..engine.requirement import Choice, Context
from ..engine.technique import Technique
from ..provider import Making, Preparation

Pick = TypeVar("Pick")

POLICY, BOUNDARY, TAG, VALUE = "policy", "boundary", "tag", "value"
CHOSEN = (POLICY, BOUNDARY, TAG, VALUE)
"""Placeholders in techniques: a managed policy to attach or detach; one to be a boundary (nothing:
none); a tag and its value."""
UNTAGGED: tuple[tuple[str, tuple[()]], ...] = (("aws:RequestTag/", ()), ("aws:TagKeys", ()))
"""What a request says that gives no tags."""
_MOST_SETS = 64
"""Sets of tags that are tried on what is made."""
_MANAGED = "AWSPolicy"
_MOST_PAIRS = 50
"""Tags with a value that are tried; what more policies compare is seldom within reach."""

TAGGING: Mapping[str, str] = MappingProxyType(
    {
        "AWSUser": "iam:TagUser",
        "AWSRole": "iam:TagRole",
        "AWSPolicy": "iam:TagPolicy",
        "AWSInstanceProfile": "iam:TagInstanceProfile",
        "AWSEC2Instance": "ec2:CreateTags",
        "AWSLaunchTemplate": "ec2:CreateTags",
        "AWSLambda": "lambda:TagResource",
        "AWSGlueJob": "glue:TagResource",
        "AWSECSService": "ecs:TagResource",
        "AWSECSTask": "ecs:TagResource",
        "AWSECSCluster": "ecs:TagResource",
        "AWSStepFunctionsStateMachine": "states:TagResource",
    }
)
"""The actions that set a tag on what exists already, by label."""


class Choices:
    """What there is to pick in an environment."""

    def __init__(self, authorizer: AWSAuthorizer) -> None:
        self._authorizer = authorizer
        self._environment = authorizer.environment
        self._known: dict[tuple[object, ...], Sequence[Choice]] = {}
        self._prepared: dict[str, Sequence[Preparation]] = {}
        self._compared: dict[str, TagValues] = {}
        self._tried: dict[str, Sequence[tuple[str, str]]] = {}
        self._left_out: dict[str, None] = {}

    @property
    def left_out(self) -> Sequence[str]:
        """What there is to pick and was not tried, in sentences."""
        return list(self._left_out)

    def first(self, picks: Iterable[Pick], most: int, what: str) -> list[Pick]:
        """So many of what can be picked; that there is more is noted."""
        some = list(islice(picks, most + 1))
        if len(some) > most:
            self._left_out[f"Of {what}, no more than {most} are tried"] = None
        return some[:most]

    def of(self, technique: Technique, state: PrincipalState) -> Sequence[Choice]:
        """The choices of a technique, best first."""
        if TAG in technique.chosen:
            pairs = dict.fromkeys(chain.from_iterable(map(self._pairs, _compared_by(technique))))
            return [((TAG, tag), (VALUE, value)) for tag, value in pairs]
        distinguished = tuple(
            (name, self._is_distinguished(technique, name, state))
            for name in sorted(technique.chosen)
        )
        arn = parse_arn(state.id)
        account, partition = (arn.account, arn.partition) if arn else ("", "aws")
        key = technique.id, account, distinguished
        if key not in self._known:
            options = [
                self._options(technique, name, account, partition)[: None if matters else 1]
                for name, matters in distinguished
            ]
            names = [name for name, _ in distinguished]
            self._known[key] = [
                tuple(zip(names, picked, strict=True)) for picked in product(*options)
            ]
        return self._known[key]

    def preparations(
        self, state: PrincipalState, label: str, actions: Collection[str]
    ) -> Sequence[Preparation]:
        """The tags that may be set on a resource of a label first, if policies of a principal look
        at its tags where it wants to act on it."""
        tagging = TAGGING.get(label)
        if not tagging or not self._pairs("ResourceTag"):
            return ()
        asked = (self._authorizer.keys_asked(state, action) for action in actions)
        if not any(_OF_RESOURCE in key for keys in asked for key in keys):
            return ()
        if tagging not in self._prepared:
            service = tagging.partition(":")[0]
            self._prepared[tagging] = [
                Preparation(
                    tagging,
                    ((f"aws:RequestTag/{tag}", value), ("aws:TagKeys", tag)),
                    (
                        (f"aws:ResourceTag/{tag}", value),
                        (f"{service}:ResourceTag/{tag}", value),
                    ),
                )
                for tag, value in self._pairs("ResourceTag")
            ]
        return self._prepared[tagging]

    def makings(
        self, state: PrincipalState, made_by: str, tagged_by: str, actions: Collection[str]
    ) -> Sequence[Making]:
        """The tags that a resource may be given while it is made, if policies of a principal look
        at any where it makes such resources and acts on them."""
        keys = frozenset[str]().union(
            *(self._authorizer.keys_asked(state, each) for each in actions)
        )
        if not any(_OF_RESOURCE in key or _OF_REQUEST in key or key == _TAG_KEYS for key in keys):
            return ()
        options = [
            [(tag, value) for value in (*values, "")]
            for tag, values in self._at_creation(keys, state).items()
        ]
        what = "the sets of tags that something can be given while it is made"
        sets = self.first(product(*options), _MOST_SETS, what)
        nothing = tuple((tag, "") for ((tag, _), *_) in options)
        return [_making(tags, made_by, tagged_by) for tags in dict.fromkeys((*sets, nothing))]

    def tags_looked_at(self, policies: Iterable[Policy]) -> list[tuple[str, ...]]:
        """The tags of a principal, and those that its session is to begin with, that each statement
        of these policies, or of those of resources, looks at together; the fewest first."""
        own, asked = (
            {f"aws:{kind.lower()}/{tag.lower()}": tag for tag in self._values(kind)}
            for kind in ("PrincipalTag", "RequestTag")
        )
        found: dict[tuple[str, ...], None] = {}
        for policy in (*policies, *self._of_resources):
            for statement in policy.statements:
                for known in (own, {**asked, **own}):
                    tags = {known[key] for key in statement.keys if key in known}
                    found[tuple(sorted(tags))] = None
        return sorted(filter(None, found), key=len)

    def _at_creation(self, keys: Iterable[str], state: PrincipalState) -> TagValues:
        """The tags, with values to choose from, that condition keys are about."""
        asked = {key.partition("/")[2] for key in keys}
        found: dict[str, dict[str, None]] = {}
        if _TAG_KEYS in keys:
            found |= {tag: {ANY_VALUE: None} for tag in tag_keys(self._authorizer.policies)}
        for kind in ("RequestTag", "ResourceTag"):
            for tag, values in self._values(kind).items():
                if tag.lower() in asked:
                    found[tag] = {**dict.fromkeys(values), **found.get(tag, {})}
        for tag, value in state.tags:
            if tag in found:
                found[tag][value] = None
        return {tag: tuple(values) for tag, values in sorted(found.items())}

    @cached_property
    def _of_resources(self) -> Sequence[Policy]:
        return [
            policy
            for policy in self._authorizer.policies_of_resources
            if any(
                kind in key
                for one in policy.statements
                for key in one.keys
                for kind in (_OF_PRINCIPAL, _OF_REQUEST)
            )
        ]

    def _is_distinguished(self, technique: Technique, name: str, state: PrincipalState) -> bool:
        """Whether the policies of a principal look at what is picked for a placeholder."""
        return any(
            key.lower() in self._authorizer.keys_asked(state, each.action)
            for each in technique.requires
            for key, value in each.context.items()
            if value == f"{{{name}}}"
        )

    def _options(
        self, technique: Technique, name: str, account: str, partition: str
    ) -> Sequence[str]:
        policies = list(dict.fromkeys((*known_to_all(partition), *self._managed(account))))
        is_left_out = technique.created if name == BOUNDARY else technique.gain.kind == "without"
        return ["", *policies] if is_left_out else policies

    def _managed(self, account: str) -> Iterator[str]:
        """The managed policies that principals of an account can be given."""
        table = self._environment.table(_MANAGED)
        return (row.id for row in table.rows if row.account in ("", account))

    def _pairs(self, kind: str) -> Sequence[tuple[str, str]]:
        if kind not in self._tried:
            found = self._values(kind).items()
            pairs = ((tag, value) for tag, values in found for value in values)
            what = "the values that policies compare tags with"
            self._tried[kind] = self.first(pairs, _MOST_PAIRS, what)
        return self._tried[kind]

    def _values(self, kind: str) -> TagValues:
        if kind not in self._compared:
            self._compared[kind] = tag_values(
                self._authorizer.policies, kind, self._carried, self._environment.view.graph.nodes
            )
        return self._compared[kind]

    @cached_property
    def _carried(self) -> TagValues:
        """The values that principals and other resources have of each tag."""
        found: dict[str, dict[str, None]] = {}
        for _, tags in self._environment.view.graph.nodes(data="tags"):
            for pair in tags or ():
                tag, _, value = pair.partition("=")
                found.setdefault(tag, {})[value] = None
        return {tag: tuple(values) for tag, values in found.items()}


_OF_RESOURCE = ":resourcetag/"
_OF_PRINCIPAL = ":principaltag/"
_OF_REQUEST = ":requesttag/"
_TAG_KEYS = "aws:tagkeys"
_BEGIN_SESSION = "sts:TagSession"


def _compared_by(technique: Technique) -> Sequence[str]:
    """By which kinds of keys policies look at the tags that a technique sets."""
    if technique.gain.kind != "tags":
        return ("ResourceTag",)
    begins = _BEGIN_SESSION in technique.permissions
    return ("PrincipalTag", "RequestTag") if begins else ("PrincipalTag",)


def _making(tags: Sequence[tuple[str, str]], made_by: str, tagged_by: str) -> Making:
    """That these tags are given to something, and those without a value are not."""
    service, _, name = made_by.partition(":")
    given = tuple((tag, value) for tag, value in tags if value)
    asked: Context = tuple((f"aws:RequestTag/{tag}", value) for tag, value in tags)
    keys: Context = (("aws:TagKeys", tuple(tag for tag, _ in given)),)
    prefixes = dict.fromkeys(("aws", service))
    before = tuple((f"{each}:ResourceTag/{tag}", "") for each in prefixes for tag, _ in tags)
    then = tuple((f"{each}:ResourceTag/{tag}", value) for each in prefixes for tag, value in tags)
    setting = (*asked, *keys, (f"{tagged_by.partition(':')[0]}:CreateAction", name))
    return Making((*asked, *keys, *before), setting if given else (), then)
