"""How AWS's techniques speak, and the techniques themselves."""

from ...authorization.aws.labels import ACCOUNT, CONTROL_POLICY
from ..engine import technique_files
from ..engine.technique_files import TechniqueSet
from ..engine.technique_vocabulary import TechniqueVocabulary
from .choices import CHOSEN, UNTAGGED

AWS = TechniqueVocabulary(
    provider="aws",
    principals=("AWSUser", "AWSRole"),
    groups=("AWSGroup",),
    identity="AWSRole",
    identity_noun="role",
    named_by_identity=(("AWSInstanceProfile", "instance_profiles"),),
    account="AWSAccount",
    owner="root user",
    controls=(CONTROL_POLICY, ACCOUNT),
    trust="sts:AssumeRole",
    trust_context=UNTAGGED,
    federate="sts:AssumeRoleWithWebIdentity",
    chosen=CHOSEN,
    action=r"[a-z0-9-]+:[A-Za-z][A-Za-z0-9]+",
    label=r"AWS[A-Z][A-Za-z0-9]+",
    template=r"arn:\{partition\}:[a-z0-9-]+:",
    service=r"[a-z0-9.-]+\.amazonaws\.com",
)
"""What actions, labels, ARNs and service principals look like, and who can act."""


def techniques() -> TechniqueSet:
    """AWS's techniques.

    :raises TechniqueFileError: if a file is not what it should be.
    """
    return technique_files.techniques(__package__, AWS)
