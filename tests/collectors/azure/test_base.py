"""What ARM answers, made comparable."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from clew.collectors.azure.base import AzureCollector, AzureResource, normalised
from clew.collectors.registry import collectors
from clew.graph.model import Identity
from hypothesis import given
from hypothesis import strategies as st

PREFIXES = (
    "/subscriptions/S-1/resourceGroups/Big",
    "/providers/Microsoft.Management/managementGroups/G",
)
IDS = st.builds("{}/{}".format, st.sampled_from(PREFIXES), st.text("aB/", max_size=6))
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.text("xY ", max_size=3))
NAMES = st.sampled_from(
    ["type", "name", "sku", "properties", "location", "value", "userAssignedIdentities"]
)
VALUES = st.recursive(
    st.one_of(PLAIN, IDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(NAMES, IDS), inner, max_size=3)
    ),
    max_leaves=12,
)
RESOURCES = st.fixed_dictionaries(
    {"id": IDS}, optional={"properties": VALUES, "type": VALUES, "name": VALUES}
)


def texts(value: Any) -> Iterator[str]:
    """Every text in a document, keys of maps included."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def leaves(value: Any) -> set[str]:
    """Every value in a document that holds no others, however ids in it are spelled."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return {leaf for item in items for leaf in leaves(item)}
    return {json.dumps(value).lower()}


def is_id(text: str) -> bool:
    return text.lower().startswith(("/subscriptions/", "/providers/microsoft."))


@given(RESOURCES)
def test_ids_are_in_lower_case_wherever_they_stand(raw: dict[str, Any]) -> None:
    assert all(text == text.lower() for text in texts(normalised(raw)) if is_id(text))


@given(RESOURCES)
def test_no_value_is_lost(raw: dict[str, Any]) -> None:
    assert leaves(raw) <= leaves(normalised(raw))


@given(RESOURCES, st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2))
def test_tags_are_as_they_are(raw: dict[str, Any], tags: dict[str, str]) -> None:
    assert normalised({**raw, "tags": tags})["tags"] == tags


def test_a_property_called_as_a_member_beside_it_stays() -> None:
    found = normalised({"type": "Outer/type", "properties": {"type": "CustomScript", "a": 1}})
    assert found["type"] == "Outer/type"
    assert found["a"] == 1
    assert found["properties"] == {"type": "CustomScript"}


@pytest.mark.parametrize("properties", [None, "text", 7, [], ["a"]])
def test_properties_that_are_no_object_do_no_harm(properties: Any) -> None:
    assert normalised({"id": "/x", "properties": properties})["properties"] == properties


SUBSCRIPTION = "/subscriptions/s"
GROUP = "/subscriptions/s/resourcegroups/big"


@pytest.mark.parametrize(
    ("id_", "subscription", "group", "inside"),
    [
        ("/subscriptions/S", SUBSCRIPTION, "", ""),
        ("/subscriptions/S/resourceGroups/Big", SUBSCRIPTION, "Big", SUBSCRIPTION),
        ("/subscriptions/S/resourceGroups/Big/providers/N/t/a", SUBSCRIPTION, "Big", GROUP),
        (
            "/subscriptions/S/resourceGroups/Big/providers/N/t/a/u/b",
            SUBSCRIPTION,
            "Big",
            f"{GROUP}/providers/n/t/a",
        ),
        (
            "/subscriptions/S/resourceGroups/Big/providers/N/t/a/providers/M/x/b",
            SUBSCRIPTION,
            "Big",
            f"{GROUP}/providers/n/t/a",
        ),
        (
            "/subscriptions/S/providers/Microsoft.Security/pricings/a",
            SUBSCRIPTION,
            "",
            SUBSCRIPTION,
        ),
        (
            "/providers/Microsoft.Management/managementGroups/G/providers/M/x/b",
            "",
            "",
            "/providers/microsoft.management/managementgroups/g",
        ),
        ("/providers/Microsoft.Management/managementGroups/G", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_an_id_tells_where_a_resource_lies(
    id_: str, subscription: str, group: str, inside: str
) -> None:
    found = normalised({"id": id_})
    assert found["subscription"] == subscription
    assert found["resourceGroup"] == group
    assert found["containedIn"] == inside
    assert found["resourceGroupId"] == (GROUP if group else "")


@given(st.one_of(st.none(), st.integers(), st.text(max_size=30), IDS))
def test_any_id_is_looked_at(id_: Any) -> None:
    assert set(normalised({"id": id_})) >= {"subscription", "resourceGroup", "containedIn"}


TYPED = [model for each in collectors("azure") for model in each.typed()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", TYPED, ids=lambda model: model.arm_type)
def test_identities_follow_from_types(model: type[AzureResource]) -> None:
    parts = {name: f"{name}-1" for name in Identity.of(model.identity).fields}
    built = Identity.of(model.identity).build(parts) or ""
    assert built == built.lower()
    assert built.startswith("/subscriptions/account-1")


@pytest.mark.parametrize("collector", collectors("azure"), ids=lambda each: each.service)
def test_permissions_follow_from_types(collector: type[AzureCollector]) -> None:
    assert {f"{model.arm_type}/read" for model in collector.typed()} <= {*collector.permissions}
