"""The labels that decide who may do what in AWS."""

USER, ROLE, GROUP = "AWSUser", "AWSRole", "AWSGroup"
ACCOUNT, ORGANIZATION = "AWSAccount", "AWSOrganization"
CONTROL_POLICY = "AWSOrganizationPolicy"
BUCKET = "AWSS3Bucket"
