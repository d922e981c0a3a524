"""Rights over principals that have a boundary: delegated administration."""

from clew.graph.authorization.aws.authorizer import AWSAuthorizer
from clew.graph.authorization.aws.decision import Decision
from clew.graph.authorization.aws.environment import AWSEnvironment, PrincipalState
from support.identities import Identities, allow, graph_of, policy


def test_the_boundary_of_the_principal_that_is_changed_counts() -> None:
    iam = Identities()
    bound = iam.managed("bound", policy(allow("s3:*")))
    only = {"StringEquals": {"iam:PermissionsBoundary": bound}}
    delegate = iam.user("delegate", allow("iam:*", Condition=only))
    limited, free = iam.role("limited", boundary=bound), iam.role("free")
    permissions = AWSAuthorizer(AWSEnvironment.of(*graph_of(iam)))
    table = permissions.environment.table("AWSRole")

    def answer(arn: str) -> Decision:
        return permissions.decide(PrincipalState(delegate), "iam:AttachRolePolicy", arn).decision

    assert answer(limited) is Decision.ALLOWED
    assert answer(free) is Decision.IMPLICITLY_DENIED
    reached = permissions.allowed(PrincipalState(delegate), "iam:AttachRolePolicy", table)
    assert reached.certain == reached.possible == 1 << table.index[limited]
