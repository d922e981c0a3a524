"""How Entra ID's techniques speak, and the techniques themselves."""

from ...authorization.entra.environment import (
    GROUP,
    PRINCIPALS,
    SERVICE_PRINCIPAL,
    TENANT_LABEL,
)
from ..engine import technique_files
from ..engine.technique_files import TechniqueSet
from ..engine.technique_vocabulary import TechniqueVocabulary

ENTRA = TechniqueVocabulary(
    provider="entra",
    principals=PRINCIPALS,
    groups=(GROUP,),
    identity=SERVICE_PRINCIPAL,
    identity_noun="service principal",
    account=TENANT_LABEL,
    action=r"microsoft\.[A-Za-z0-9.]+(/[A-Za-z0-9.-]+)+",
    label=r"(Entra|Intune)[A-Z][A-Za-z0-9]+",
    template=r"//graph\.microsoft\.com/tenants/\{account\}/",
    service=r"(?!)",
)
"""What actions and labels look like, and who can act. No policy of a service principal lets a
service act as it."""


def techniques() -> TechniqueSet:
    """Entra ID's techniques.

    :raises TechniqueFileError: if a file is not what it should be.
    """
    return technique_files.techniques(__package__, ENTRA)
