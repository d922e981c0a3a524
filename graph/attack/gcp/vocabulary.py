"""How Google Cloud's techniques speak, and the techniques themselves."""

from ...authorization.gcp.environment import ACTING, GROUPS, PROJECT
from ...authorization.gcp.impersonation import ACCOUNT, MINTING
from ..engine import technique_files
from ..engine.technique_files import TechniqueSet
from ..engine.technique_vocabulary import TechniqueVocabulary

GCP = TechniqueVocabulary(
    provider="gcp",
    principals=(*ACTING, GROUPS),
    identity=ACCOUNT,
    identity_noun="service account",
    account=PROJECT,
    trust=MINTING[0],
    action=r"[a-z][a-z0-9]*(\.[A-Za-z0-9]+){2,}",
    label=r"(GCP|GKE)[A-Z][A-Za-z0-9]+",
    template=r"//[a-z]+\.googleapis\.com/",
    service=r"(?!)",
)
"""What permissions and labels look like, and who can act: of groups those that were not listed."""


def techniques() -> TechniqueSet:
    """Google Cloud's techniques.

    :raises TechniqueFileError: if a file is not what it should be.
    """
    return technique_files.techniques(__package__, GCP)
