"""Tenants in which a sign-in needs no managed device that complies."""

from ...check import Category, Check, Cypher, Severity

_RULE = """
    MATCH (t:EntraTenant)
    OPTIONAL MATCH (settings:IntuneSettings) WHERE settings.account = t.account
    WITH t, settings,
         EXISTS {
             MATCH (p:EntraConditionalAccessPolicy)-[:IN_ACCOUNT]->(t)
             WHERE p.state = 'enabled' AND p.includes_all_users
               AND 'All' IN p.applications
               AND 'compliantDevice' IN p.controls
               AND (p.operator = 'AND' OR size(p.controls) = 1)
         } AS asked,
         EXISTS {
             MATCH (c:IntuneCompliancePolicy)
             WHERE c.account = t.account AND c.is_assigned
         } AS assigned,
         EXISTS {
             MATCH (d:IntuneManagedDevice)
             WHERE d.account = t.account AND d.compliance_state = 'compliant'
         } AS compliant
    RETURN t AS resource, settings,
           CASE WHEN NOT asked OR NOT assigned OR NOT compliant THEN false
                ELSE settings.secure_by_default END AS passed
"""

check = Check(
    id="entra_conditional_access_policy_mdm_compliant_device_required",
    title="A sign-in needs a managed device that complies",
    provider="entra",
    service="conditional-access",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource="EntraTenant",
    what=(
        "An enabled Conditional Access policy asks all users of all applications for a compliant "
        "device, and nothing else will do instead; Intune has a compliance policy that holds for "
        "somebody, takes devices without one for not compliant, and manages a device that "
        "complies."
    ),
    why=(
        "A stolen password, and even a stolen second factor, is of no use from a device that "
        "nobody manages. Without a compliance policy every enrolled device complies, so that the "
        "Conditional Access policy asks for nothing."
    ),
    remediation=(
        "Intune: Devices, Compliance, make and assign a policy, and under Compliance settings mark "
        "devices without one as not compliant; then Entra ID: Conditional Access, a policy for "
        "all users and resources with the grant Require device to be marked as compliant"
    ),
    passes="Every sign-in to {resource} needs a managed device that complies.",
    fails="A sign-in to {resource} needs no managed device that complies.",
    rule=Cypher(_RULE),
    pass_requires_listing=("EntraConditionalAccessPolicy",),
    fail_requires_listing=(
        "EntraConditionalAccessPolicy",
        "IntuneCompliancePolicy",
        "IntuneManagedDevice",
        "IntuneSettings",
    ),
    references=("https://learn.microsoft.com/mem/intune/protect/device-compliance-get-started",),
)
