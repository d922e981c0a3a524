"""Images that somebody without a right on the workload may replace."""

from collections.abc import Callable, Iterator

from ....graph.authorization.azure.authorizer import AZURE
from ....graph.logic import Truth, all_of, any_of
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...neighbours import targets
from ..outsiders import SHARED_IDENTITY, open_words, outsiders
from ..privileges import is_privileged

_REGISTRY = "AzureContainerRegistry"
_PUSH = (("Microsoft.ContainerRegistry/registries/push/write",),)


def _walker(label: str) -> Callable[[Access], Iterator[Row]]:
    def walk(access: Access) -> Iterator[Row]:
        for workload in access.view.labelled(label):
            for registry in sorted({*targets(access.graph, workload, "USES_IMAGE", _REGISTRY)}):
                yield _judged(access, workload, registry)

    return walk


def _judged(access: Access, workload: str, registry: str) -> Row:
    """A verdict about the workload: of a registry that was not read only a name is known, which is
    no resource that a finding could be about whether or not it was read."""
    identities = [*access.identities(workload)]
    privileged = any_of(
        is_privileged(access, each.id) if access.is_principal(each.id) else None
        for each in identities
    )
    unread = []
    if privileged is None:
        unread.append("whether it runs as an identity with a privileged role is not known")
    where = {"where": access.name(registry)}
    if access.view.is_missing(registry):
        if privileged is False:
            return Row(workload, True, values=where)
        return Row(workload, None, undecided_by=registry, unread=unread, values=where)
    by_tag = _by_tag(access, registry, workload)
    found = outsiders(access, _PUSH, registry, workload, [each.id for each in identities])
    truth = all_of((privileged, by_tag, found.any))
    unread += open_words(access, found)
    if by_tag is None:
        unread.append("which image it runs could not be read")
    return Row(
        workload,
        None if truth is None else not truth,
        unread=unread,
        evidence=(
            registry,
            *(each.id for each in identities),
            *access.ids(found.certain or found.possible),
        ),
        values={"who": access.named(found.certain), **where},
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


def _check(suffix: str, service: str, label: str, words: str) -> Check:
    return Check(
        id=f"registry_poisoning{suffix}",
        title=f"Nobody replaces the images of privileged {words} who has no right on them",
        provider="azure",
        service=service,
        severity=Severity.HIGH,
        categories=(Category.PERMISSIONS,),
        resource=label,
        what=(
            "Where it runs images of an Azure registry: it names them by digest; or none of its "
            "identities holds a role that names every action or that to give out roles; or anyone "
            "who may push to the registry may change it by a known technique too. A registry that "
            "was not scanned, what could not be read, and conditions that no scan can know, are "
            "MANUAL."
        ),
        why=(
            "Anyone who pushes an image under the tag that is pulled runs code with the roles of "
            "the identity at the next start."
        ),
        remediation=(
            "Name images by digest or lock their tags (az acr repository update --name REGISTRY "
            "--image IMAGE --write-enabled false), and let only builds push"
        ),
        passes="No principal without a right on {resource} gains its roles through {where}.",
        fails="{who} may push to {where}, from which {resource} pulls by tag, with no right on it.",
        rule=AccessRule(
            authorizer=AZURE,
            walk=_walker(label),
            own_labels=(label, _REGISTRY, SHARED_IDENTITY),
        ),
        references=(
            "https://learn.microsoft.com/azure/container-registry/container-registry-image-lock",
            "https://learn.microsoft.com/azure/container-registry/container-registry-roles",
        ),
    )


family = (
    _check("", "containerapps", "AzureContainerApp", "container apps"),
    _check("_of_jobs", "containerapps", "AzureContainerAppJob", "container app jobs"),
    _check("_of_groups", "containerinstance", "AzureGroupContainer", "container groups"),
    _check("_of_apps", "web", "AzureAppService", "web apps"),
    _check("_of_functions", "web", "AzureFunctionApp", "function apps"),
)
