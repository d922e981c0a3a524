"""Whom Azure names by an object id is the user, group or service principal of Entra ID."""

import pytest
from clew.collectors.entra.base import DirectoryObject
from clew.collectors.registry import models
from clew.graph.linking import link
from clew.graph.model import ListingStatus, Resource, Scope, Status
from support.azure_resources import ACCOUNT

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
OBJECT = "12340000-0000-4000-8000-000000000001"
PRINCIPALS = ("EntraUser", "EntraGroup", "EntraServicePrincipal")
MODELS = {model.label: model for model in models()}
NAMING = [
    (model, name)
    for model in models()
    if model.provider == "azure"
    for name, reference in model.references.items()
    if "object_id" in reference.by
]


def test_there_are_such_references() -> None:
    assert {"AzureKeyVaultAccessPolicy"} < {model.label for model, _ in NAMING}


@pytest.mark.parametrize("label", PRINCIPALS)
@pytest.mark.parametrize(("model", "name"), NAMING, ids=lambda each: getattr(each, "label", each))
def test_an_object_id_leads_into_the_tenant(model: type[Resource], name: str, label: str) -> None:
    kind = MODELS[label]
    assert issubclass(kind, DirectoryObject)
    principal = kind(
        id=f"//graph/{label}", name="who", account=TENANT, region="global", object_id=OBJECT
    )
    naming = model(id="/it", name="it", account=ACCOUNT, region="westeurope", **{name: OBJECT})
    scope = Scope(
        accounts={"azure": [ACCOUNT], "entra": [TENANT]},
        regions={ACCOUNT: ["global"], TENANT: ["global"]},
        labels=sorted(MODELS),
    )
    reads = [
        ListingStatus(each, account, "global", Status.OK)
        for account, labels in ((TENANT, PRINCIPALS), (ACCOUNT, (model.label,)))
        for each in labels
    ]
    found = link([principal, naming], models(), reads, scope)
    ends = {
        edge.target
        for type_, edges in found.edges.items()
        if type_.rel == model.references[name].rel
        for edge in edges
    }
    assert ends == {principal.id}
