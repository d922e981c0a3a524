"""Every method of the table reads its data where all that it declares is so, and no other way."""

from collections.abc import Iterable

import pytest
from clew.collectors.aws.base import AWSResource
from clew.graph.attack.aws.data import Data, ReadMethod, data
from clew.graph.attack.model import StepType
from clew.graph.model import Identity
from support.identities import ACCOUNT, REGION, Identities, allow
from support.steps import Steps
from support.technique_estates import HERE, MODELS, satisfying

METHODS = [
    pytest.param(label, method, id=f"{label}-{'-'.join(read.action for read in method.all)}")
    for label, held in data().labels.items()
    for method in held.methods
]
each = pytest.mark.parametrize(("label", "method"), METHODS)


def resource(label: str, held: Data, method: ReadMethod) -> AWSResource:
    """A resource of which all is read that the method asks for, and no condition of another."""
    model = MODELS[label]
    given = {"partition": "aws", "region": REGION, "account": ACCOUNT, "path": "/"}
    identity = Identity.of(model.identity)
    id_ = identity.build({name: given.get(name, "thing") for name in identity.fields}) or ""
    parts = identity.parse(id_) or {}
    reads = [read for each in held.methods for read in each.all]
    named = {field: "thing" for read in reads for field in read.fields}
    fields = {name: text for name, text in (named | parts).items() if name in model.model_fields}
    fields |= {where.field: satisfying(where) for where in method.where}
    if held.key:
        fields[held.key] = ""
    if model.own_policy:
        fields[model.own_policy.name] = ""
    return model.unread(HERE, **{**fields, "id": id_, "account": ACCOUNT, "region": REGION})


def reading(found: AWSResource, actions: Iterable[str]) -> bool | None:
    """Whether somebody with these permissions reads it; None if only perhaps."""
    iam = Identities()
    iam.user("reader", *(allow(action) for action in actions))
    taken = Steps.of(iam, resources=[found], listed={found.label}).taken(StepType.CAN_ACCESS)
    certain = {is_certain for step, is_certain in taken.items() if step[0] == "reader"}
    return False if not certain else (True if True in certain else None)


def declared(held: Data, found: AWSResource, actions: set[str]) -> bool | None:
    """What the table says of somebody with these permissions."""
    truths = [
        not method.assumes
        and all(getattr(found, where.field) == satisfying(where) for where in method.where)
        for method in held.methods
        if {read.action for read in method.all} <= actions
        and all(getattr(found, where.field) in (None, satisfying(where)) for where in method.where)
    ]
    return False if not truths else (True if True in truths else None)


@each
def test_it_reads_the_data(label: str, method: ReadMethod) -> None:
    held = data().labels[label]
    found = resource(label, held, method)
    actions = {read.action for read in method.all}
    wanted = declared(held, found, actions)
    assert wanted is not False
    assert reading(found, actions) is wanted


@each
def test_it_does_not_without_one_of_its_permissions(label: str, method: ReadMethod) -> None:
    held = data().labels[label]
    found = resource(label, held, method)
    actions = {read.action for read in method.all}
    for left_out in actions:
        rest = actions - {left_out}
        assert reading(found, rest) is declared(held, found, rest), left_out
