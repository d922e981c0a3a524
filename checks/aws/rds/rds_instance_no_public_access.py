"""Database instances that the internet can reach."""

from ...check import Category, Check, Severity
from ...reach import WORDS, reached

check = Check(
    id="rds_instance_no_public_access",
    title="Databases cannot be reached from the internet",
    provider="aws",
    service="rds",
    severity=Severity.CRITICAL,
    categories=(Category.EXPOSURE,),
    resource="AWSRDSInstance",
    what=(
        "No packet from the internet arrives at the port of the database instance. It does where "
        "the instance is publicly accessible and its security groups, network ACLs and routes all "
        "let it through, prefix lists included; if one of them could not be read the verdict is "
        "MANUAL."
    ),
    why=(
        "The password of the database, and its every unpatched flaw, is all that stands between "
        "the data and everyone."
    ),
    remediation=(
        "aws rds modify-db-instance --db-instance-identifier INSTANCE --no-publicly-accessible "
        "--apply-immediately, and take the ranges 0.0.0.0/0 and ::/0 out of its security groups"
    ),
    passes="Database {resource} cannot be reached from the internet.",
    fails=f"Database {{resource}} can be reached from the internet {WORDS}.",
    rule=reached("AWSRDSInstance"),
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    ),
    compliance=("AWS FSBP: RDS.2",),
)
