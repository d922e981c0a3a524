"""Makes an estate of any size, always the same for the same sizes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clew.graph.model import ListingStatus, Resource, Scope, Status, UnknownResource, field, ref

LABELS = 40
ACCOUNTS = [f"{number:012d}" for number in range(1, 11)]
REGIONS = ["eu-west-1", "us-east-1", "us-west-2"]
_LISTS = 3
"""References of a resource that hold several values."""


@dataclass
class Estate:
    """What a scan would have collected."""

    models: list[type[Resource]]
    resources: list[Resource]
    reads: list[ListingStatus]
    scope: Scope


def estate(nodes: int, references: int, seed: int = 1) -> Estate:
    """An estate with so many resources and references.

    One reference in ten leads to nothing that was collected: to what is gone, to another account,
    or to a label that is one of several.
    """
    chance = random.Random(seed)
    models = [_model(number) for number in range(LABELS)]
    each, more = divmod(references, nodes)
    resources = [
        _resource(models, number, each + (number < more), nodes, chance) for number in range(nodes)
    ]
    scope = Scope(
        accounts={"test": ACCOUNTS},
        regions=dict.fromkeys(ACCOUNTS, REGIONS),
        labels=[model.label for model in models],
    )
    reads = [
        ListingStatus(model.label, account, region, Status.OK)
        for model in models
        for account in ACCOUNTS
        for region in REGIONS
    ]
    return Estate([*models, UnknownResource], resources, reads, scope)


def _model(number: int) -> type[Resource]:
    """A label with the columns and references of an average one."""
    others = [f"Generated{(number + step) % LABELS:02d}" for step in (0, 1, 3, 7)]
    declared: dict[str, Any] = {
        "arn_of_role": (str | None, ref(others[0], by="id", rel="RUNS_AS")),
        "subnet_ids": (list[str] | None, ref(others[1], by="key", rel="IN_SUBNET")),
        "group_names": (list[str] | None, ref(others[2], by=("name", "key"), rel="PROTECTED_BY")),
        "targets": (
            list[str] | None,
            ref((others[3], others[1]), by="id", rel="DELIVERS_TO"),
        ),
        "key": (str | None, field("A short key.")),
        "state": (str | None, field("Text of few values.")),
        "created": (str | None, field("A moment.")),
        "configuration": (str | None, field("A document.")),
        "size": (int | None, field("A number.")),
        "enabled": (bool | None, field("A truth.")),
        "ports": (list[int] | None, field("Numbers.")),
    }
    namespace = {
        "__module__": __name__,
        "__doc__": "A generated label.",
        "__annotations__": {name: kind for name, (kind, _) in declared.items()},
        **{name: info for name, (_, info) in declared.items()},
        "provider": "test",
        "service": "generated",
        "label": others[0],
        "identity": f"arn:{{partition}}:generated{number}:{{region}}:{{account}}:thing/{{name}}",
    }
    return type(others[0], (Resource,), namespace)


@dataclass(frozen=True)
class _Place:
    number: int

    @property
    def account(self) -> str:
        return ACCOUNTS[self.number // LABELS % len(ACCOUNTS)]

    @property
    def region(self) -> str:
        return REGIONS[self.number // LABELS // len(ACCOUNTS) % len(REGIONS)]

    @property
    def name(self) -> str:
        return f"name-of-thing-{self.number}"

    @property
    def arn(self) -> str:
        service = f"generated{self.number % LABELS}"
        return f"arn:aws:{service}:{self.region}:{self.account}:thing/{self.name}"


def _resource(
    models: list[type[Resource]], number: int, references: int, nodes: int, chance: random.Random
) -> Resource:
    place = _Place(number)
    model = models[number % LABELS]
    same_place = LABELS * len(ACCOUNTS) * len(REGIONS)

    def near(step: int) -> _Place:
        """Some resource of the label that is so many further, in the same account and region."""
        rounds = max(1, nodes // same_place)
        start = number % same_place - number % LABELS
        return _Place(start + (number + step) % LABELS + chance.randrange(rounds) * same_place)

    lists: list[list[str]] = [[] for _ in range(_LISTS)]
    for index in range(references - 1):
        dangles = chance.random() < 0.1
        if index % _LISTS == 0:
            value = "gone-" * dangles + f"key-{near(1).number}"
        elif index % _LISTS == 1:
            value = "gone-" * dangles + near(3).name
        else:
            arn = _Place(near(7).number).arn
            value = arn.replace(":thing/", ":other/") if dangles else arn
        lists[index % _LISTS].append(value)
    return model(
        id=place.arn,
        name=place.name,
        account=place.account,
        region=place.region,
        tags=[f"team=team-{number % 17}", "stage=production"],
        key=f"key-{number}",
        state=("active", "stopped", "failed")[number % 3],
        created=f"2024-01-{number % 28 + 1:02d}T00:00:00Z",
        configuration=f'{{"version":{number % 5},"retention":30,"owner":"team-{number % 17}"}}',
        size=number % 1000,
        enabled=number % 4 != 0,
        ports=[443, 8000 + number % 100],
        arn_of_role=_Place(near(0).number).arn if references else "",
        subnet_ids=lists[0],
        group_names=lists[1],
        targets=lists[2],
    )


def edges_of(resources: list[Resource]) -> Iterator[str]:
    """Every value of every reference."""
    for resource in resources:
        for name in type(resource).references:
            value = getattr(resource, name)
            yield from value if isinstance(value, list) else [value] * bool(value)
