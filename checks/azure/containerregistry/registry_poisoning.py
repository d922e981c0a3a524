"""Images that somebody without a right on the workload may replace."""

from collections.abc import Iterator

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.logic import Truth, all_of, any_of
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import sources
from ..outsiders import SHARED_IDENTITY, open_words, outsiders
from ..privileges import is_privileged

_REGISTRY = "AzureContainerRegistry"
_WORKLOADS = (
    "AzureAppService",
    "AzureContainerApp",
    "AzureContainerAppJob",
    "AzureFunctionApp",
    "AzureGroupContainer",
)
_PUSH = (("Microsoft.ContainerRegistry/registries/push/write",),)


def _walk(access: Access) -> Iterator[Row]:
    for registry in access.view.labelled(_REGISTRY):
        for label in _WORKLOADS:
            for workload in sorted(set(sources(access.graph, registry, "USES_IMAGE", label))):
                if not access.view.is_missing(workload):
                    yield _judged(access, registry, workload)


def _judged(access: Access, registry: str, workload: str) -> Row:
    identities = [*access.identities(workload)]
    privileged = any_of(
        is_privileged(access, each.id) if access.is_principal(each.id) else None
        for each in identities
    )
    by_tag = _by_tag(access, registry, workload)
    found = outsiders(access, _PUSH, registry, workload, [each.id for each in identities])
    truth = all_of((privileged, by_tag, found.any))
    unread = [*open_words(access, found)]
    name = access.name(workload)
    if privileged is None:
        unread.append(f"whether {name} runs as an identity with a privileged role is not known")
    if by_tag is None:
        unread.append(f"which image {name} runs could not be read")
    return Row(
        registry,
        None if truth is None else not truth,
        target=workload,
        unread=unread,
        evidence=(*(each.id for each in identities), *access.ids(found.certain or found.possible)),
        values={"who": access.named(found.certain)},
    )


def _by_tag(access: Access, registry: str, workload: str) -> Truth:
    """Whether a workload names an image of a registry by a tag, which can be pushed over."""
    images = access.view.get(workload, "images")
    one = access.view.get(workload, "image")
    if images is None and one is None:
        return None
    host = str(access.view.get(registry, "login_server") or "").lower()
    named = [each for each in (*(images or ()), one or "") if each.lower().startswith(host)]
    return any("@sha256:" not in each for each in named if each)


check = Check(
    id="registry_poisoning",
    title="Nobody replaces the image of a privileged workload who has no right on it",
    provider="azure",
    service="containerregistry",
    severity=Severity.HIGH,
    categories=(Category.PERMISSIONS,),
    resource=_REGISTRY,
    what=(
        "Of each app, job or container group that runs an image of the registry: it names its "
        "images by digest; or none of its identities holds a role that names every action or that "
        "to give out roles; or anyone who may push to the registry may change the workload itself "
        "by a known technique too. What could not be read, and conditions that no scan can know, "
        "are MANUAL."
    ),
    why=(
        "Anyone who pushes an image under the tag that the workload pulls runs code with its "
        "identity's roles at its next start."
    ),
    remediation=(
        "Name images by digest or lock their tags (az acr repository update --name REGISTRY "
        "--image IMAGE --write-enabled false), and let only builds push"
    ),
    passes="Nobody replaces the image that {target} pulls from {resource} with no right on it.",
    fails="{who} may push to {resource}, from which {target} pulls by tag, with no right on that.",
    rule=AccessRule(
        authorizer=AZURE, walk=_walk, own_labels=(_REGISTRY, SHARED_IDENTITY, *_WORKLOADS)
    ),
    pass_requires_listing=_WORKLOADS,
    selected_by=_WORKLOADS,
    references=(
        "https://learn.microsoft.com/azure/container-registry/container-registry-image-lock",
        "https://learn.microsoft.com/azure/container-registry/container-registry-roles",
    ),
)
