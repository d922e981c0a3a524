"""Vaults whose secrets a workload that the internet reaches may read."""

from collections.abc import Iterator
from typing import NamedTuple

from ....graph.attack.azure.external import RUNS_CODE, exposed_workloads
from ....graph.authorization.azure.authorizer import AZURE
from ....graph.authorization.azure.environment import SERVICE_PRINCIPAL
from ....graph.exposure.azure.platform_rules import default_action
from ....graph.exposure.reach import INTERNET, reaches
from ....graph.logic import Truth, all_of
from ...access import Access, Identity
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ..outsiders import SHARED_IDENTITY

_VAULT, _ENDPOINT, _SUBNET = "AzureKeyVault", "AzurePrivateEndpoint", "AzureSubnet"
_GET = "data:Microsoft.KeyVault/vaults/secrets/getSecret/action"
_BETWEEN = (
    "AzureContainerAppEnvironment",
    "AzureNetworkInterface",
    "AzureNetworkInterfaceIPConfiguration",
)
"""What workloads lie in subnets by."""
_SCALE_SET = "AzureVirtualMachineScaleSet"
_LABELS = (
    *RUNS_CODE,
    SHARED_IDENTITY,
    *_BETWEEN,
    _SCALE_SET,
    _SUBNET,
    _ENDPOINT,
    "Internet",
)


class _Door(NamedTuple):
    """A workload that the internet reaches, and as whom it runs."""

    workload: str
    unread: tuple[str, ...]
    evidence: tuple[str, ...]
    identities: tuple[Identity, ...]


def _walk(access: Access) -> Iterator[Row]:
    doors = [
        _Door(each.target, each.conditions, each.evidence, tuple(access.identities(each.target)))
        for each in exposed_workloads(access.view)
    ]
    for vault in access.view.labelled(_VAULT):
        for door in doors:
            for one in door.identities:
                row = _row(access, vault, door, one)
                if row:
                    yield row
        readers = access.ids(access.who_may([_GET], vault).possible, most=None)
        is_some = any(access.view.get(each, "label") == SERVICE_PRINCIPAL for each in readers)
        yield Row(vault, True, listing_scope=[Place()] if is_some else ())


def _row(access: Access, vault: str, door: _Door, one: Identity) -> Row | None:
    """The verdict about a vault because of one identity of a workload; nothing if that cannot
    read it."""
    reads = access.may(one.id, _GET, vault) if access.is_principal(one.id) else None
    let_in = _lets_in(access, vault, door.workload)
    truth = all_of((not door.unread or None, one.is_certain or None, reads, let_in))
    if truth is False:
        return None
    who = f"{access.name(door.workload)}, as {access.name(one.id)}"
    evidence = [INTERNET, door.workload, one.id, *door.evidence]
    open_ = list(door.unread)
    if not one.is_certain or not access.is_principal(one.id):
        open_.append(f"as whom {access.name(door.workload)} runs")
    elif reads is None:
        open_.append(access.why_open(one.id, _GET, vault))
    if let_in is None:
        open_.append(f"whether the firewall of {access.name(vault)} lets it in")
    return Row(
        vault,
        None if truth is None else False,
        unread=[f"{who} may read its secrets, depending on {'; '.join(open_)}"] if open_ else [],
        evidence=evidence,
        values={"who": who},
    )


def _lets_in(access: Access, vault: str, workload: str) -> Truth:
    """Whether the firewall of a vault lets a workload in; from which address it comes no scan
    knows, nor through which private endpoint."""
    view = access.view
    public = default_action(view, vault)
    if public.is_open:
        return None if public.unread else True
    is_off = (view.get(vault, "public_network_access") or "").lower() == "disabled"
    allowed = {*view.targets(vault, "subnets")}
    if not is_off and not allowed.isdisjoint(_subnets(access, workload)):
        return True
    has_endpoint = any(
        rel == "CONNECTS_TO" for _, _, rel in access.graph.in_edges(vault, data="rel")
    )
    by_address = not is_off and view.get(vault, "ip_rules")
    return None if has_endpoint or by_address else False


def _subnets(access: Access, workload: str) -> set[str]:
    """The subnets that a workload lies in."""
    graph, found, seen, ahead = access.graph, set[str](), {workload}, [workload]
    while ahead:
        at = ahead.pop()
        for near in {*graph.successors(at), *graph.predecessors(at)} - seen:
            label = graph.nodes[near]["label"]
            if label == _SUBNET and graph.has_edge(at, near):
                found.add(near)
            elif label in _BETWEEN:
                seen.add(near)
                ahead.append(near)
    return found


check = Check(
    id="keyvault_readable_from_exposed_workload",
    title="No workload that the internet reaches may read secrets of a key vault",
    provider="azure",
    service="keyvault",
    severity=Severity.HIGH,
    categories=(Category.ATTACK_PATHS,),
    resource=_VAULT,
    what=(
        "No machine, scale set, app, container app or container group that the internet reaches "
        "runs as a managed identity that may read the vault's secrets (by its access policies or "
        "by roles, whichever the vault goes by) and is let in by the vault's firewall. An address "
        "that the firewall lets in, and a private endpoint, may be the workload's: they are "
        "MANUAL, as is all that decides and could not be read."
    ),
    why="One flaw in the workload, and anyone who uses it asks the vault for every password in it.",
    remediation=(
        "Give the identity only the secrets that it needs, in a vault of its own, or take the "
        "role or access policy away: az keyvault delete-policy --name VAULT --object-id ID"
    ),
    passes="No workload that the internet reaches may read secrets of {resource}.",
    fails="The internet reaches {who}, which may read the secrets of {resource}.",
    rule=AccessRule(
        authorizer=AZURE,
        walk=_walk,
        own_labels=(
            *RUNS_CODE,
            SHARED_IDENTITY,
            *_BETWEEN,
            _SCALE_SET,
            _SUBNET,
            _ENDPOINT,
            "Internet",
        ),
        edges=reaches(*RUNS_CODE),
    ),
    pass_requires_listing=(_ENDPOINT, _SCALE_SET),
    references=(
        "https://learn.microsoft.com/azure/key-vault/general/security-features",
        "https://learn.microsoft.com/azure/key-vault/general/network-security",
    ),
)
