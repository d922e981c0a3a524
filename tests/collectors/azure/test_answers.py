"""What Azure answers, held against its API's form and the SDK's models."""

from typing import Any

import pytest
from azure.mgmt.network.models import FirewallPolicyRuleCollectionGroup, NetworkSecurityGroup
from clew.collectors.azure.answers import (
    held,
    hold_to_the_fields,
    hold_to_the_form,
    hold_to_the_model,
)
from clew.collectors.azure.base import AzureResource, normalised
from clew.collectors.failure import AnswerError
from clew.collectors.registry import models

RULE = {"name": "ssh", "properties": {"priority": 100, "sourcePortRanges": ["*"]}}


@pytest.mark.parametrize(
    "answer",
    [
        {"value": []},
        {"value": [{}], "nextLink": None},
        {"value": [], "nextLink": "u"},
        {"id": "/x"},
    ],
)
def test_lists_and_resources_pass(answer: Any) -> None:
    hold_to_the_form(answer)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "text",
        {},
        {"id": 7},
        {"nextLink": "u"},
        {"value": None},
        {"value": {}},
        {"value": ""},
        {"value": ["text"]},
        {"value": [], "nextLink": 7},
    ],
)
def test_anything_else_is_an_error(answer: Any) -> None:
    with pytest.raises(AnswerError) as error:
        hold_to_the_form(answer)
    assert error.value.code == "MalformedAnswer"


def group(**properties: Any) -> dict[str, Any]:
    return {"id": "/g", "location": "westeurope", "tags": {"a": "b"}, "properties": properties}


@pytest.mark.parametrize(
    "raw",
    [
        group(),
        group(securityRules=[RULE], unheard=[{}]),
        group(securityRules=None),
        group(securityRules=[{"name": "x", "properties": {"access": "SomethingNew"}}]),
    ],
)
def test_what_the_model_says_passes(raw: dict[str, Any]) -> None:
    hold_to_the_model(NetworkSecurityGroup, raw)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (group(securityRules=""), ".properties.securityRules"),
        (group(securityRules={}), ".properties.securityRules"),
        (group(securityRules=["ssh"]), ".properties.securityRules[0]"),
        (group(securityRules=[{"properties": []}]), ".properties.securityRules[0].properties"),
        (group(securityRules=[{"properties": {"priority": "100"}}]), ".priority"),
        (group(securityRules=[{"properties": {"priority": True}}]), ".priority"),
        (group(securityRules=[{"properties": {"access": {}}}]), ".access"),
        (group(securityRules=[{"properties": {"sourcePortRanges": [7]}}]), ".sourcePortRanges[0]"),
        ({**group(), "properties": "text"}, ".properties"),
        ({**group(), "tags": ["a"]}, ".tags"),
        ({**group(), "location": 7}, ".location"),
    ],
)
def test_a_value_of_another_type_is_named(raw: dict[str, Any], place: str) -> None:
    with pytest.raises(AnswerError) as error:
        hold_to_the_model(NetworkSecurityGroup, raw)
    assert f"{place} is of a wrong type" in str(error.value)


@pytest.mark.parametrize(
    "rules", ["", {}, ["text"], [{"ruleType": "NatRule", "sourceAddresses": "*"}]]
)
def test_what_says_itself_what_it_is_is_held_to_that(rules: Any) -> None:
    nat = {"ruleCollectionType": "FirewallPolicyNatRuleCollection", "rules": rules}
    raw = {"id": "/g", "properties": {"ruleCollections": [nat]}}
    with pytest.raises(AnswerError, match=r"ruleCollections\[0\]\.rules"):
        hold_to_the_model(FirewallPolicyRuleCollectionGroup, raw)


def test_what_the_sdk_stumbles_over_is_malformed() -> None:
    with pytest.raises(AnswerError, match="cannot read"), held():
        raise TypeError("unhashable type: 'list'")


@pytest.mark.parametrize(
    "model", [each for each in models() if issubclass(each, AzureResource) and each.arm_type]
)
def test_properties_of_every_resource_are_an_object(model: type[AzureResource]) -> None:
    """What is in the place of an object has no fields: that is no resource without settings."""
    raw: dict[str, Any] = {"id": "/subscriptions/s/x/y", "location": "here"}
    for wrong in ("", "text", [], 7):
        with pytest.raises(AnswerError, match="properties is of a wrong type"):
            hold_to_the_fields(model, normalised({**raw, "properties": wrong}))
