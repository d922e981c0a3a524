"""Directory roles that Microsoft calls privileged, as far as they lead to others."""

from ...graph.authorization.entra.app_roles import APP_ROLES
from ...graph.authorization.entra.built_in_roles import by_name

ROLES = sorted(
    by_name()[name]
    for name in (
        "Application Administrator",
        "Authentication Administrator",
        "Cloud Application Administrator",
        "Conditional Access Administrator",
        "Directory Writers",
        "Domain Name Administrator",
        "External Identity Provider Administrator",
        "Global Administrator",
        "Helpdesk Administrator",
        "Hybrid Identity Administrator",
        "Intune Administrator",
        "Partner Tier1 Support",
        "Partner Tier2 Support",
        "Password Administrator",
        "Privileged Authentication Administrator",
        "Privileged Role Administrator",
        "Security Administrator",
        "User Administrator",
    )
)
"""The ids of their templates."""

HIGHEST = sorted(
    by_name()[name]
    for name in (
        "Global Administrator",
        "Partner Tier2 Support",
        "Privileged Authentication Administrator",
        "Privileged Role Administrator",
    )
)
"""Those by which somebody becomes Global Administrator at once."""

TIER_0 = sorted(value for value, role in APP_ROLES.items() if role.tier == 0)
"""App roles on Microsoft Graph that lead to Global Administrator."""
STRONG = sorted(APP_ROLES)
"""All that change who holds what, or read everybody's mail and files."""
