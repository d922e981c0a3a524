"""Subjects outside, such as repositories, that act in several clouds."""

from collections.abc import Iterator

from ....graph.authorization.aws.authorizer import AWS
from ....graph.sets import number_set
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Place, Row, Severity
from ...crossings import EDGES, Crossings, crossings

_PROVIDER, _OWN = "AWSOIDCProvider", "aws"


def _walk(access: Access) -> Iterator[Row]:
    known = crossings(access.graph)
    for provider in access.view.labelled(_PROVIDER):
        yield _judged(known, provider)


def _judged(known: Crossings, provider: str) -> Row:
    sure, perhaps, opened = 0, 0, 0
    host = provider.partition("oidc-provider/")[2].rstrip("/")
    for subject, several in known.outside():
        if not known.attack.nodes[subject].id.startswith(f"https://{host}#"):
            continue
        here = [each for each in several if known.cloud(each.target) == _OWN]
        elsewhere = [each for each in several if known.cloud(each.target) not in ("", _OWN)]
        if not here or not elsewhere:
            continue
        perhaps |= 1 << subject
        if any(each.is_certain for each in here) and any(each.is_certain for each in elsewhere):
            sure |= 1 << subject
            opened |= number_set(each.target for each in elsewhere)
    return Row(
        provider,
        False if sure else None if perhaps else True,
        unread=[f"whether {known.named(perhaps)} acts in further clouds is not certain"],
        evidence=known.ids(sure or perhaps),
        values={"subjects": known.named(sure), "opened": known.named(opened)},
        listing_scope=[Place()],
    )


check = Check(
    id="repository_deploys_to_several_clouds",
    title="No repository outside acts in several clouds",
    provider="aws",
    service="paths",
    severity=Severity.MEDIUM,
    categories=(Category.IDENTITY,),
    resource=_PROVIDER,
    what=(
        "No repository, organization or other subject of the provider's issuer that a role here "
        "trusts has its tokens taken by an application, a managed identity or a pool of another "
        "cloud, too. What hangs on a condition, or was not read, is MANUAL."
    ),
    why=(
        "Whoever may push one workflow to such a repository acts in all of these clouds at once: "
        "what it can do is more than any cloud's own administrators see."
    ),
    remediation=(
        "Deploy to each cloud from a repository or environment of its own, and name that in the "
        "trust policy's condition on the subject."
    ),
    passes="No subject of {resource} acts in another cloud besides.",
    fails="{subjects} acts here by {resource}, and in another cloud as {opened}.",
    rule=AccessRule(authorizer=AWS, walk=_walk, own_labels=(_PROVIDER,), edges=EDGES),
    references=(
        "https://docs.github.com/actions/concepts/security/openid-connect",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    ),
)
