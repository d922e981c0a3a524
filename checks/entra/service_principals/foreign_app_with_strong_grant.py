"""Applications of other tenants that hold strong permissions and whose publisher is unknown."""

from ....graph.authorization.entra.app_roles import GRAPH
from ....graph.authorization.entra.targets import MICROSOFT
from ...check import Category, Check, Cypher, Severity
from ..privileged import STRONG

_SCOPES = sorted(
    {
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "Directory.AccessAsUser.All",
        "Directory.ReadWrite.All",
        "Files.ReadWrite.All",
        "Group.ReadWrite.All",
        "Mail.Read",
        "Mail.ReadWrite",
        "Mail.Send",
        "RoleManagement.ReadWrite.Directory",
        "Sites.FullControl.All",
        "User.ReadWrite.All",
        "full_access_as_user",
    }
)
"""Delegated permissions that are strong if everybody has given them."""

_RULE = f"""
    MATCH (sp:EntraServicePrincipal)
    WHERE sp.service_principal_type <> 'ManagedIdentity'
      AND NOT sp.app_owner_organization_id IN $microsoft
    WITH sp,
         EXISTS {{
             MATCH (sp)<-[:GRANTED_TO]-(held:EntraAppRoleAssignment)
                   -[:GRANTS_ON]->(api:EntraServicePrincipal)
             WHERE api.app_id = $graph AND held.app_role IN $roles
         }} OR EXISTS {{
             MATCH (sp)<-[:GRANTED_TO]-(consent:EntraDelegatedGrant)
             WHERE consent.consent_type = 'AllPrincipals'
               AND any(scope IN consent.scopes WHERE scope IN {_SCOPES})
         }} AS strong
    RETURN sp AS resource,
           CASE WHEN sp.app_owner_organization_id = sp.account THEN true
                WHEN strong THEN sp.verified_publisher <> ''
                ELSE true END AS passed
"""

check = Check(
    id="foreign_app_with_strong_grant",
    title="Strong permissions of other tenants' applications are those of verified publishers",
    provider="entra",
    service="service-principals",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource="EntraServicePrincipal",
    what=(
        "No application that another tenant registered, and whose publisher Microsoft has not "
        "verified, holds an app role on Microsoft Graph that changes who holds what or reads "
        "everybody's mail and files, or a consent of that kind for all users. Microsoft's own "
        "applications and managed identities get no verdict."
    ),
    why=(
        "Anyone who registered the application, or steals its secret in that tenant, acts here "
        "with all that it was granted; nobody here sees how well it is guarded."
    ),
    remediation=(
        "Remove the grant, or the application: az ad sp delete --id ID; give it a narrower "
        "permission once its publisher is known"
    ),
    passes="{resource} is of this tenant or of a verified publisher, or holds nothing strong.",
    fails="{resource} is of another tenant's unverified publisher and holds a strong permission.",
    rule=Cypher(
        _RULE,
        {"microsoft": sorted(MICROSOFT), "graph": GRAPH, "roles": STRONG},
    ),
    pass_requires_listing=("EntraAppRoleAssignment", "EntraDelegatedGrant"),
    references=(
        "https://learn.microsoft.com/entra/identity-platform/publisher-verification-overview",
    ),
)
