"""Providers of pools that take every role of an account of AWS."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ....graph.logic import Truth, all_of, any_of, negation
from ...check import Category, Check, Place, Row, Severity, Traversal
from ...neighbours import present, sources, targets

if TYPE_CHECKING:
    import networkx

_PROVIDER, _POOL = "GCPWorkloadIdentityProvider", "GCPWorkloadIdentityPool"
_BINDING, _WHO = "GCPPolicyBinding", "GCPFederatedPrincipal"
_OF_ONE = ("subject", "attribute.aws_role", "attribute.arn")
"""By what a single role or user is distinguished, as Google maps them."""
_NAMES_ONE = re.compile(r"assertion\.(arn|userid)\b|attribute\.aws_role\b")


def _walk(graph: "networkx.MultiDiGraph") -> Iterator[Row]:
    for provider in present(graph, _PROVIDER):
        properties = graph.nodes[provider]
        if properties["aws_account"] == "":
            continue
        is_on = negation(any_of((properties["disabled"], properties["state"] == "DELETED")))
        bound = {
            who: _is_of_all(graph.nodes[who])
            for pool in targets(graph, provider, "PART_OF", _POOL)
            for who in sources(graph, pool, "MEMBER_OF", _WHO)
            if any(sources(graph, who, "GRANTED_TO", _BINDING))
        }
        is_of_aws = None if properties["aws_account"] is None else True
        truth = all_of((is_on, is_of_aws, _is_open(properties), any_of(bound.values())))
        evidence = [who for who, each in bound.items() if each is not False]
        yield Row(
            provider,
            None if truth is None else not truth,
            unread=["whether its condition, or who holds roles, keeps roles out"],
            evidence=sorted(evidence),
            values={"account": properties["aws_account"]},
            listing_scope=[Place()],
        )


def _is_open(provider: Mapping[str, Any]) -> Truth:
    """Whether the condition lets every role through; what it comes to is not worked out where it
    looks at the caller's name."""
    condition = provider["attribute_condition"]
    if condition is None:
        return None
    return None if _NAMES_ONE.search(condition) else True


def _is_of_all(who: Mapping[str, Any]) -> Truth:
    """Whether a name stands for more than one role: all of the pool, or all of an account."""
    attribute = who["attribute"]
    if attribute is None:
        return None
    return True if attribute == "*" else False if attribute in _OF_ONE else None


check = Check(
    id="pool_takes_any_role_of_account",
    title="Pools take chosen roles of an AWS account, not all of them",
    provider="gcp",
    service="iam",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource=_PROVIDER,
    what=(
        "Where a provider takes callers of an account of AWS, its condition looks at the caller's "
        "name, or roles are given to single identities of the pool alone: by subject or by "
        "attribute.aws_role. A condition that does, and roles given by an attribute of one's own, "
        "are MANUAL. Providers of other kinds get no verdict, and a pool that no role was given "
        "to passes."
    ),
    why=(
        "Every role and user of the AWS account acts in Google Cloud then: who may start a "
        "function there, or finds a key of any user, has the role in the project."
    ),
    remediation=(
        "gcloud projects remove-iam-policy-binding PROJECT --role=ROLE "
        "--member=principalSet://…/POOL/*, and bind …/POOL/attribute.aws_role/"
        "arn:aws:sts::ACCOUNT:assumed-role/NAME instead"
    ),
    passes="{resource} opens roles to chosen callers of AWS alone.",
    fails="Every principal of the AWS account {account} comes in by {resource} and holds roles.",
    rule=Traversal((_PROVIDER, _POOL, _BINDING, _WHO), _walk),
    pass_requires_listing=(_POOL, _BINDING, _WHO),
    references=(
        "https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds",
    ),
)
