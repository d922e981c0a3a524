"""Clusters whose nodes somebody controls who is none of their administrators."""

from collections.abc import Iterator

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.authorization.azure.environment import (
    GROUP,
    RESOURCE_GROUP,
    PrincipalState,
    object_id,
)
from ....graph.logic import Truth, all_of, any_of
from ....graph.sets import MaySet, exactly
from ...access import Access, Identity
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import targets
from ..assigning import environment
from ..outsiders import SHARED_IDENTITY, controlling, open_words, without
from ..privileges import held, unlisted_roles

_CLUSTER, _TOKENS = "AzureKubernetesCluster", "AzureFederatedIdentityCredential"
_ADMIN = "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action"
_NODES = ("AzureVirtualMachineScaleSet", "AzureVirtualMachine")


def _walk(access: Access) -> Iterator[Row]:
    for cluster in access.view.labelled(_CLUSTER):
        for group in sorted(set(targets(access.graph, cluster, "MANAGES", RESOURCE_GROUP))):
            if access.view.is_missing(group):
                yield Row(cluster, None, undecided_by=group)
            else:
                yield _judged(access, cluster, group)


def _judged(access: Access, cluster: str, group: str) -> Row:
    choices = [
        actions
        for label in _NODES
        for actions in controlling(label)
        if not any(each.startswith("data:") for each in actions)
    ]
    found = without(access.who_may_any(choices, group), _administrators(access, cluster))
    identities = [*_identities(access, cluster)]
    own = frozenset(each.id for each in identities)
    found = found.within(
        sum(1 << number for number, id_ in enumerate(access.principals) if id_ not in own)
    )
    outside = any_of(_outside(access, each, group) for each in identities)
    truth = all_of((found.any, outside))
    unread = [*open_words(access, found)]
    if outside is None:
        unread.append(f"whether identities of {access.name(cluster)} hold roles is not known")
    return Row(
        cluster,
        None if truth is None else not truth,
        unread=unread,
        evidence=(
            group,
            *(each.id for each in identities),
            *access.ids(found.certain or found.possible),
        ),
        values={"who": access.named(found.certain), "where": access.name(group)},
    )


def _administrators(access: Access, cluster: str) -> MaySet:
    """Who administers a cluster: by the credential that Azure hands out, or as a member of a group
    that the cluster names."""
    found = access.who_may([_ADMIN], cluster)
    for group in targets(access.graph, cluster, "GRANTED_TO", GROUP):
        for number, who in enumerate(access.principals):
            is_member = environment(access).holds(PrincipalState(who), object_id(group))
            if is_member is not False:
                found |= exactly(1 << number).only_if(is_member is True)
    return found


def _identities(access: Access, cluster: str) -> Iterator[Identity]:
    """As whom a cluster, its nodes and its pods run: pods as identities that take its tokens."""
    yield from access.identities(cluster)
    issuer = access.view.get(cluster, "oidc_issuer")
    for credential in access.view.labelled(_TOKENS) if issuer else ():
        of_credential = access.view.get(credential, "issuer") or ""
        if of_credential.rstrip("/").lower() == issuer.rstrip("/").lower():
            for shared in targets(access.graph, credential, "PART_OF", SHARED_IDENTITY):
                yield from access.stands_for(shared)


def _outside(access: Access, one: Identity, group: str) -> Truth:
    """Whether an identity holds a role outside the group of a cluster's nodes."""
    if not access.is_principal(one.id):
        return None
    holds = (
        is_holder for grant, is_holder in held(access, one.id) if not _within(grant.scope, group)
    )
    return any_of((*holds, None if unlisted_roles(access) else False))


def _within(scope: str, group: str) -> bool:
    return f"{scope}/".startswith(f"{group.lower()}/")


check = Check(
    id="aks_nodepool_group_takeover",
    title="Nobody controls a cluster's nodes who is not one of its administrators",
    provider="azure",
    service="containerservice",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_CLUSTER,
    what=(
        "Nobody may run commands on, or change, the machines in the resource group of the "
        "cluster's nodes who does not administer the cluster (may have its administrator's "
        "credential, or is in one of its administrators' groups); or none of the identities of "
        "the cluster, its nodes and its workloads holds a role outside that group. The cluster's "
        "own identities do not count. What could not be read is MANUAL."
    ),
    why=(
        "A node has the tokens of its identity and those of every pod on it, whatever the cluster "
        "itself lets people do."
    ),
    remediation=(
        "Give nobody roles on the group of the nodes or above: az role assignment delete "
        "--assignee ID --role ROLE --scope GROUP; or restrict it: az aks update --name CLUSTER "
        "--resource-group GROUP --nrg-lockdown-restriction-level ReadOnly"
    ),
    passes="Nobody but administrators of {resource} takes over its identities by its nodes.",
    fails="{who} controls the nodes of {resource} in {where} and does not administer it.",
    rule=AccessRule(
        authorizer=AZURE,
        walk=_walk,
        own_labels=(_CLUSTER, RESOURCE_GROUP, SHARED_IDENTITY, _TOKENS),
    ),
    pass_requires_listing=(_TOKENS,),
    references=(
        "https://learn.microsoft.com/azure/aks/node-resource-group-lockdown",
        "https://learn.microsoft.com/azure/aks/workload-identity-overview",
    ),
)
