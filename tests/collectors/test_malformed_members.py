"""What a model works out from members of an answer, where these are not as they should be."""

from typing import Any

import pytest
from clew.collectors.azure.security import SecurityConnector
from clew.collectors.failure import AnswerError
from clew.collectors.gcp.tags import ResourceTagBinding
from clew.graph.model import Location

ROLE = "arn:aws:iam::111122223333:role/r"
TAGGED = {
    "name": "n",
    "place": "global",
    "parent": "//storage.googleapis.com/b",
    "tagValue": "tagValues/1",
}


@pytest.mark.parametrize(
    ("changed", "value"),
    [("parent", None), ("parent", 7), ("tagValue", None), ("tagValue", ["tagValues/1"])],
)
def test_a_tag_that_does_not_tell_its_resource_is_none(changed: str, value: Any) -> None:
    here = Location("p", "global", "")
    assert ResourceTagBinding.load(TAGGED, here).resource == TAGGED["parent"]
    with pytest.raises(AnswerError):
        ResourceTagBinding.load({**TAGGED, changed: value}, here)


@pytest.mark.parametrize("role", [7, [ROLE], {"arn": ROLE}])
def test_a_role_of_a_connector_that_is_no_text_is_not_passed_over(role: Any) -> None:
    here = Location("s", "westeurope", "")
    known = {
        "id": "/subscriptions/s/resourcegroups/g/providers/microsoft.security/securityconnectors/c",
        "name": "c",
        "environmentName": "AWS",
        "hierarchyIdentifier": "111122223333",
    }
    offering = {"offeringType": "CspmMonitorAws"}

    def loaded(arn: Any) -> SecurityConnector:
        found = {**offering, "nativeCloudConnection": {"cloudRoleArn": arn}}
        return SecurityConnector.load({**known, "offerings": [found]}, here)

    assert loaded(ROLE).aws_roles == [ROLE]
    assert loaded(None).aws_roles == []
    with pytest.raises(AnswerError):
        loaded(role)
