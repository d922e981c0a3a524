"""Security groups that nothing uses."""

from ...check import Check, Cypher, Severity

_USERS = (
    "AWSBatchComputeEnvironment",
    "AWSCodeBuildProject",
    "AWSEC2Instance",
    "AWSECSService",
    "AWSEKSCluster",
    "AWSEKSNodegroup",
    "AWSEventTarget",
    "AWSLambda",
    "AWSLaunchConfiguration",
    "AWSLaunchTemplate",
    "AWSLoadBalancer",
    "AWSLoadBalancerV2",
    "AWSNetworkInterface",
    "AWSRDSCluster",
    "AWSRDSInstance",
    "AWSSageMakerDomain",
    "AWSVpcEndpoint",
)

check = Check(
    id="ec2_securitygroup_not_used",
    title="Every security group is used",
    provider="aws",
    service="ec2",
    severity=Severity.LOW,
    resource="AWSEC2SecurityGroup",
    what=(
        "The group guards an interface, is named by a service that makes interfaces when it needs "
        "them (functions, containers, builds, batch jobs, notebooks, databases, load balancers, "
        "scheduled tasks), by the default version of a launch template or by a launch "
        "configuration, or by a rule of another group. Default groups, which cannot be deleted, "
        "are left out."
    ),
    why=("A forgotten group keeps its forgotten rules, until somebody picks it for its name."),
    remediation="aws ec2 delete-security-group --group-id GROUP",
    passes="Security group {resource} is used.",
    fails="Security group {resource} is used by nothing.",
    rule=Cypher(f"""
        MATCH (g:AWSEC2SecurityGroup)
        WHERE g.name <> 'default' AND g.missing IS NULL
        RETURN g AS resource,
               EXISTS {{ MATCH (user:{"|".join(_USERS)})-[:PROTECTED_BY]->(g) }}
               OR EXISTS {{
                   MATCH (rule:AWSEC2SecurityGroupRule)-[:ALLOWS_FROM|ALLOWS_TO]->(g)
                   WHERE rule.group_id <> g.group_id
               }} AS passed
    """),
    fail_requires_listing=(*_USERS, "AWSEC2SecurityGroupRule"),
    references=(
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deleting-security-group.html",
    ),
    compliance=("AWS FSBP: EC2.22",),
)
