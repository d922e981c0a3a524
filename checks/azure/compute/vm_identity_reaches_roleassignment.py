"""Machines that the internet reaches and whose identity may give out roles."""

from collections.abc import Iterator

from ....graph.attack.exposed import exposed
from ....graph.authorization.azure.authorizer import AZURE
from ....graph.exposure.reach import reaches
from ....graph.schema import EdgeType
from ....graph.sets import NONE
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...exposed_path import exposed_paths
from ..assigning import SCOPES, assigners

_MACHINE = "AzureVirtualMachine"
_REACH = reaches(_MACHINE)


def _walk(access: Access) -> Iterator[Row]:
    is_any_reached = next(exposed(access.view, {_MACHINE}), None)
    target = assigners(access) if is_any_reached else NONE
    yield from exposed_paths(access, _MACHINE, target, "who may give out roles")


check = Check(
    id="vm_identity_reaches_roleassignment",
    title="No machine that the internet reaches has an identity that leads to giving out roles",
    provider="azure",
    service="compute",
    severity=Severity.CRITICAL,
    categories=(Category.ATTACK_PATHS,),
    resource=_MACHINE,
    what=(
        "The internet does not reach the machine on any port; or none of its managed identities "
        "may give out every role on a resource group, a subscription or above, nor reaches a "
        "principal that may: over roles of its own and of its groups, inherited ones too, and "
        "every known escalation technique. A condition that no scan can know, and what could not "
        "be read, is MANUAL."
    ),
    why=(
        "Anyone who exploits one flaw in the machine asks it for a token of its identity, and "
        "makes itself owner of the subscription."
    ),
    remediation=(
        "Take the role away from the identity, or give it one without "
        "Microsoft.Authorization/roleAssignments/write: az role assignment delete --assignee ID "
        "--role ROLE --scope SCOPE; close the machine's ports to the internet"
    ),
    passes="No path leads from the internet over {resource} to someone who may give out roles.",
    fails="The internet reaches {resource}, whose identity leads to giving out roles: {path}.",
    rule=AccessRule(
        authorizer=AZURE,
        walk=_walk,
        own_labels=(_MACHINE, "Internet", *SCOPES),
        edges=frozenset(
            {
                *_REACH,
                EdgeType("EntraServicePrincipal", "CAN_ESCALATE_TO", ""),
                EdgeType("EntraServicePrincipal", "ADMINISTERS", ""),
            }
        ),
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview",
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
    ),
)
