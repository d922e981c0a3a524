"""Accounts of an organization that does not manage its members' root users centrally."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="iam_root_credentials_management_enabled",
    title="Root users of member accounts are managed centrally",
    provider="aws",
    service="iam",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource="AWSAccount",
    what=(
        "The organization of the account has central management of root credentials switched on. "
        "Each scanned account of the organization gets the verdict, since each has a root user of "
        "its own; an account without an organization gets none. Only the management account can "
        "tell: if it is not in the scan the verdict is MANUAL."
    ),
    why=(
        "Every member's root user is bound by nothing in its account, and often has a password, "
        "keys or a second factor that nobody looks after. Managed centrally it needs none of them."
    ),
    remediation=(
        "In the management account: aws organizations enable-aws-service-access "
        "--service-principal iam.amazonaws.com, then aws iam "
        "enable-organizations-root-credentials-management; then delete the members' root "
        "credentials"
    ),
    passes="{target}, the organization of {resource}, manages its members' root users centrally.",
    fails="{target}, the organization of {resource}, leaves root users to its members.",
    rule=Cypher("""
        MATCH (a:AWSAccount)-[:MEMBER_OF]->(o:AWSOrganization)
        RETURN a AS resource, o AS target,
               'RootCredentialsManagement' IN o.root_access_features AS passed
    """),
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management",
    ),
)
