"""Keys that one principal may both use and administer."""

from collections.abc import Iterator

from ....graph.authorization.gcp.authorizer import GCP
from ...access import Access, worst
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ..holding import OPEN

_KEY = "GCPCryptoKey"
_DECRYPTS = ("cloudkms.cryptoKeyVersions.useToDecrypt",)
_ADMINISTERS = (
    ("cloudkms.cryptoKeys.setIamPolicy",),
    ("cloudkms.cryptoKeyVersions.destroy",),
)


def _walk(access: Access) -> Iterator[Row]:
    for key in access.view.labelled(_KEY):
        if access.view.get(key, "purpose") not in ("ENCRYPT_DECRYPT", None):
            continue
        both = access.who_may(_DECRYPTS, key) & access.who_may_any(_ADMINISTERS, key)
        named = access.named(both.possible)
        yield Row(
            key,
            worst(both),
            unread=[f"whether {named} may both use and administer it {OPEN}"],
            evidence=access.ids(both.certain or both.possible),
            values={"who": access.named(both.certain)},
        )


check = Check(
    id="kms_key_split_broken",
    title="Nobody both uses and administers a key",
    provider="gcp",
    service="kms",
    severity=Severity.MEDIUM,
    categories=(Category.ENCRYPTION, Category.PERMISSIONS),
    resource=_KEY,
    what=(
        "No principal may decrypt with the key and also destroy its versions or set its allow "
        "policy, by whatever roles on the key, its ring, the project or what is above that, by "
        "groups, and less what is denied. Owners of the project may do both. Conditions, and what "
        "could not be read, are MANUAL. Keys that only sign get no verdict."
    ),
    why=(
        "A key guards data from those who rule it only as long as nobody has both in hand: one "
        "stolen account then reads the data, lets others in, and destroys the key."
    ),
    remediation=(
        "gcloud kms keys remove-iam-policy-binding KEY --keyring=RING --location=LOCATION "
        "--member=MEMBER --role=ROLE; keep keys in a project of their own, without owners"
    ),
    passes="Nobody both uses and administers {resource}.",
    fails="{who} may both use and administer {resource}.",
    rule=AccessRule(authorizer=GCP, walk=_walk, own_labels=(_KEY,)),
    references=("https://docs.cloud.google.com/kms/docs/separation-of-duties",),
)
