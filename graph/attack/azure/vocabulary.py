"""How Azure's techniques speak, and the techniques themselves."""

from ...authorization.azure.environment import GROUP, PRINCIPALS, SERVICE_PRINCIPAL, SUBSCRIPTION
from ..engine import technique_files
from ..engine.technique_files import TechniqueSet
from ..engine.technique_vocabulary import TechniqueVocabulary

ROLE, HOLDER, KIND = "role", "holder", "kind"
"""Placeholders for what a role assignment says that an attacker makes: which role, who holds it,
and what kind of principal that is."""

AZURE = TechniqueVocabulary(
    provider="azure",
    principals=PRINCIPALS,
    groups=(GROUP,),
    identity=SERVICE_PRINCIPAL,
    identity_noun="managed identity",
    account=SUBSCRIPTION,
    chosen=(ROLE, HOLDER, KIND),
    action=r"(data:)?[A-Z][A-Za-z]+\.[A-Za-z]+(/[A-Za-z0-9*]+)+",
    label=r"(Azure|Entra)[A-Z][A-Za-z0-9]+",
    template=r"/providers/Microsoft\.[A-Za-z]+/",
)
"""What actions, labels and ARM ids look like, and who can act."""


def techniques() -> TechniqueSet:
    """Azure's techniques.

    :raises TechniqueFileError: if a file is not what it should be.
    """
    return technique_files.techniques(__package__, AZURE)
