"""What an ARN alone says about a resource."""

import pytest
from clew.graph.authorization.aws.arns import policy_called

OF = "arn:aws:iam::111111111111"


@pytest.mark.parametrize(
    ("id_", "called"),
    [
        (f"{OF}:role/path/boss", "trust policy of boss"),
        (f"{OF}:role/boss/inline_policy/own", "own"),
        (f"{OF}:user/ann/inline_policy/own", "own"),
        (f"{OF}:policy/path/shared", "shared"),
        ("arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess"),
        ("arn:aws:organizations::111111111111:policy/o-1/service_control_policy/p-2", "p-2"),
        ("arn:aws:s3:::box", "policy of box"),
        ("arn:aws:sqs:eu-west-1:111111111111:queue", "policy of queue"),
        ("arn:aws:lambda:eu-west-1:111111111111:function:job", "policy of job"),
        ("any identity policy", "any identity policy"),
    ],
)
def test_what_a_policy_is_called(id_: str, called: str) -> None:
    assert policy_called(id_) == called
