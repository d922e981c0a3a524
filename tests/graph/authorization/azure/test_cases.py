"""The stated cases of single requests in Azure."""

from typing import Any

import pytest
from support.azure_stated_cases import CASES, stated, world_of

_CALLED = {"NO": "IMPLICITLY_DENIED", "DENIED": "EXPLICITLY_DENIED"}
"""What Clew calls an answer, where it is not called the same."""


@pytest.mark.skipif(not CASES.exists(), reason="the stated cases are not here")
@pytest.mark.parametrize("case", stated(techniques=False), ids=lambda case: case["id"])
def test_a_stated_case(case: dict[str, Any]) -> None:
    world, who, on, unlisted = world_of(case)
    asked = case["ask"]
    action = f"data:{asked['dataAction']}" if "dataAction" in asked else asked["action"]
    expected = _CALLED.get(case["expect"], case["expect"])
    assert world.decision(who, action, on, *unlisted, **asked.get("request", {})) == expected
