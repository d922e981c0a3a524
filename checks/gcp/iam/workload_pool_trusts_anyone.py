"""Providers of workload identity pools that let anybody in."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ....graph.attack.federation.issuers import outside_forms
from ....graph.authorization.claim_patterns import common
from ....graph.logic import Truth, all_of, any_of, negation
from ...check import Category, Check, Place, Row, Severity, Traversal
from ...neighbours import present, sources, targets

if TYPE_CHECKING:
    import networkx

_PROVIDER, _POOL = "GCPWorkloadIdentityProvider", "GCPWorkloadIdentityPool"
_BINDING, _WHO = "GCPPolicyBinding", "GCPFederatedPrincipal"


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for provider in present(graph, _PROVIDER):
        properties = graph.nodes[provider]
        is_on = negation(any_of((properties["disabled"], properties["state"] == "DELETED")))
        open_ = all_of((is_on, _is_shared(properties), _is_unlimited(properties)))
        pools = [*targets(graph, provider, "PART_OF", _POOL)]
        bound = {
            who: _takes_anyone(graph.nodes[who], properties)
            for pool in pools
            for who in sources(graph, pool, "MEMBER_OF", _WHO)
            if any(sources(graph, who, "GRANTED_TO", _BINDING))
        }
        truth = all_of((open_, any_of(bound.values())))
        evidence = [who for who, each in bound.items() if each is not False]
        bindings = [
            each for who in evidence for each in sources(graph, who, "GRANTED_TO", _BINDING)
        ]
        yield Row(
            provider,
            None if truth is None else not truth,
            unread=["whether its condition, or who holds roles, keeps others out"],
            evidence=sorted({*evidence, *bindings}),
            values={"issuer": properties["issuer"]},
            listing_scope=[Place()],  # identities may hold roles in any project
        )


def _is_shared(provider: Mapping[str, Any]) -> Truth:
    """Whether the issuer makes tokens for anybody."""
    if provider["issuer"] is None:
        return None
    return outside_forms(_host(provider["issuer"])) is not None


def _host(issuer: str) -> str:
    return issuer.removeprefix("https://").rstrip("/")


def _is_unlimited(provider: Mapping[str, Any]) -> Truth:
    """Whether no condition is asked of tokens; what one comes to is not worked out, but that it
    compares a claim with a text."""
    condition = provider["attribute_condition"]
    if condition is None:
        return None
    if condition.strip() in ("", "true"):
        return True
    return (
        False
        if re.search(r"""(==|\bin\b|startsWith|matches)\s*[\[(]?\s*['"]""", condition)
        else None
    )


def _takes_anyone(who: Mapping[str, Any], provider: Mapping[str, Any]) -> Truth:
    """Whether somebody outside may be one of these: all of the pool, or all with a value that
    anybody's token may have."""
    attribute, value = who["attribute"], who["value"]
    if attribute is None:
        return None
    if attribute == "*":
        return True
    if provider["attribute_mapping"] is None or provider["issuer"] is None:
        return None
    name = "google.subject" if attribute == "subject" else attribute
    mapping = dict(each.split("=", 1) for each in provider["attribute_mapping"])
    claim = mapping.get(name, "").removeprefix("assertion.")
    forms = (outside_forms(_host(provider["issuer"])) or {}).get(claim, ())
    return any(common(value, each) is not None for each in forms)


check = Check(
    id="workload_pool_trusts_anyone",
    title="Workload identity pools let nobody in from outside",
    provider="gcp",
    service="iam",
    severity=Severity.CRITICAL,
    categories=(Category.IDENTITY,),
    resource=_PROVIDER,
    what=(
        "A provider whose issuer makes tokens for anybody (GitHub, GitLab, Terraform Cloud and "
        "others) has a condition that compares a claim, or roles are given only to identities of "
        "the pool with a value that tokens of outsiders cannot have, such as a repository. All "
        "identities of the pool, and values such as a branch or an environment, are anybody's. A "
        "condition of another form is MANUAL. A pool that no role was given to passes."
    ),
    why="Anyone with an account at the issuer runs a job there, and acts with the role.",
    remediation=(
        "gcloud iam workload-identity-pools providers update-oidc PROVIDER "
        "--workload-identity-pool=POOL --location=global "
        "--attribute-condition=\"assertion.repository_owner == 'OWNER'\""
    ),
    passes="{resource} lets nobody in from outside.",
    fails="Anybody with a token of {issuer} comes in by {resource} and holds roles.",
    rule=Traversal((_PROVIDER, _POOL, _BINDING, _WHO), _walk),
    pass_requires_listing=(_POOL, _BINDING, _WHO),
    references=(
        "https://docs.cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation",
    ),
)
