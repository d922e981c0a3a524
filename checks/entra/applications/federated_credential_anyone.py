"""Applications with permissions that take tokens which anybody can have made."""

from collections.abc import Iterator

from ....graph.authorization.entra.authorizer import ENTRA
from ....graph.authorization.entra.environment import SERVICE_PRINCIPAL, TENANT_LABEL
from ....graph.logic import Truth, all_of, any_of
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ..holding import directory, holds_anything
from ..trusted_tokens import anyone_gets

_CREDENTIAL = "EntraFederatedIdentityCredential"
_IN_AZURE = ("AzureRoleAssignment", "AzureRoleEligibility")


def _walk(access: Access) -> Iterator[Row]:
    view = access.view
    tenants = {(view.get(each, "account") or "").lower() for each in view.labelled(TENANT_LABEL)}
    for credential in view.labelled(_CREDENTIAL):
        issuer = view.get(credential, "issuer")
        anyone = anyone_gets(
            issuer,
            view.get(credential, "subject"),
            view.get(credential, "claims_matching_expression"),
            tenants,
        )
        acting = [
            each
            for application in view.targets(credential, "application")
            for each in access.identities(application)
        ]
        strong = any_of(
            all_of((_is_able(access, each.id), each.is_certain or None)) for each in acting
        )
        found = all_of((anyone, strong))
        unread = "whether the application may do anything could not be read"
        if anyone is None:
            unread = f"whether others can have {issuer} sign such a token is not known"
        yield Row(
            credential,
            None if found is None else not found,
            unread=[] if found is not None else [unread],
            evidence=[each.id for each in acting],
            values={"issuer": issuer},
        )


def _is_able(access: Access, who: str) -> Truth:
    """Whether a service principal can sign in and may do anything then, in Entra ID or in Azure."""
    if who not in access.graph or access.view.is_missing(who):
        return None
    permitted = any_of((holds_anything(access, who), _holds_in_azure(access, who)))
    return all_of((access.view.get(who, "account_enabled"), permitted))


def _holds_in_azure(access: Access, who: str) -> Truth:
    known = directory(access)
    for holder in (who, *known.groups_of(who)):
        for source in access.graph.predecessors(holder):
            if access.view.get(source, "label") in _IN_AZURE:
                return True
    hidden = any(
        access.view.get(source, "label") in _IN_AZURE
        for group in known.unread_groups
        for source in access.graph.predecessors(group)
    )
    return None if hidden else False


check = Check(
    id="federated_credential_anyone",
    title="No application with permissions takes tokens that anybody can have made",
    provider="entra",
    service="applications",
    severity=Severity.CRITICAL,
    categories=(Category.IDENTITY,),
    resource=_CREDENTIAL,
    what=(
        "No federated credential of an application that holds a directory role, an app role on "
        "Microsoft Graph or a role in Azure, alone or by a group, takes a token that somebody "
        "outside can have made: one of an issuer that serves everybody (GitHub, GitLab, Terraform "
        "Cloud …) whose subject, or claims, name nothing that is one owner's alone. Issuers of "
        "which it is not known whom they serve, and expressions that are not understood, are "
        "MANUAL."
    ),
    why=(
        "Anyone who opens an account at the issuer has a token made that matches, and acts as the "
        "application: no secret has to be stolen."
    ),
    remediation=(
        "Name the organization and the repository, and the branch or environment, in the subject: "
        "az ad app federated-credential update --id APPLICATION --federated-credential-id ID "
        "--parameters FILE"
    ),
    passes="Nobody outside can have a token made that {resource} takes, or it leads to nothing.",
    fails="Anybody can have {issuer} sign a token that {resource} takes.",
    rule=AccessRule(
        authorizer=ENTRA,
        walk=_walk,
        own_labels=(_CREDENTIAL, SERVICE_PRINCIPAL, TENANT_LABEL, *_IN_AZURE),
    ),
    pass_requires_listing=_IN_AZURE,
    references=(
        "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
        "https://learn.microsoft.com/entra/workload-id/"
        "workload-identities-flexible-federated-identity-credentials",
    ),
)
