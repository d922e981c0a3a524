"""Default security groups that let traffic through."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="ec2_securitygroup_default_restrict_traffic",
    title="Default security groups let nothing through",
    provider="aws",
    service="ec2",
    severity=Severity.HIGH,
    categories=(Category.EXPOSURE,),
    resource="AWSEC2SecurityGroup",
    what=(
        "The group named `default`, which every network has and which cannot be deleted, has no "
        "rules, neither inbound nor outbound."
    ),
    why=(
        "What is started without a thought for its group gets this one, and with it everything "
        "that was ever let in there."
    ),
    remediation=(
        "Give its members groups of their own, then revoke all rules of the default group "
        "(aws ec2 revoke-security-group-ingress, revoke-security-group-egress)."
    ),
    passes="The default security group of {network} has no rules.",
    fails="The default security group of {network} has rules: {rules}.",
    rule=Cypher("""
        MATCH (g:AWSEC2SecurityGroup)
        WHERE g.name = 'default' AND g.missing IS NULL
        OPTIONAL MATCH (rule:AWSEC2SecurityGroupRule)-[:PART_OF]->(g)
        WITH g, count(rule) AS rules, collect(rule) AS found
        RETURN g AS resource, g.vpc_id AS network, rules, found, rules = 0 AS passed
    """),
    pass_requires_listing=("AWSEC2SecurityGroupRule",),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",),
    compliance=("AWS FSBP: EC2.2",),
)
