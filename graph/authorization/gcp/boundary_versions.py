"""Which permissions a principal access boundary limits, by its enforcement version.

Source: cloud.google.com/iam/docs/pab-blocked-permissions. Each version limits what those before it
do, and more. What is not listed here may be limited or not: Google's list is longer and grows.
"""

from ...logic import Truth
from .permissions import any_names

_BY_ALL = ("storage.googleapis.com/*",)
_SINCE: dict[int, tuple[str, ...]] = {
    2: (
        "accesscontextmanager.googleapis.com/*",
        "beyondcorp.googleapis.com/*",
        "billing.googleapis.com/budgets.*",
        "bigquery.googleapis.com/datasets.*",
        "bigquery.googleapis.com/jobs.*",
        "bigquery.googleapis.com/models.*",
        "bigquery.googleapis.com/routines.*",
        "bigquery.googleapis.com/rowAccessPolicies.*",
        "bigquery.googleapis.com/tables.*",
        "bigquerydatapolicy.googleapis.com/*",
        "cloudasset.googleapis.com/*",
        "cloudbuild.googleapis.com/*",
        "containeranalysis.googleapis.com/*",
        "meshconfig.googleapis.com/*",
        "monitoring.googleapis.com/*",
    ),
    3: (
        "essentialcontacts.googleapis.com/contacts.*",
        "iam.googleapis.com/denypolicies.*",
        "iam.googleapis.com/roles.*",
        "iam.googleapis.com/serviceAccountKeys.*",
        "iam.googleapis.com/serviceAccounts.*",
    ),
}
_EXCEPTED = (
    "iam.googleapis.com/serviceAccounts.createTagBinding",
    "iam.googleapis.com/serviceAccounts.deleteTagBinding",
    "iam.googleapis.com/serviceAccounts.getCertificateAs",
    "iam.googleapis.com/serviceAccounts.listEffectiveTags",
    "iam.googleapis.com/serviceAccounts.listTagBindings",
    "monitoring.googleapis.com/metricsScopes.link",
    "monitoring.googleapis.com/timeSeries.list",
)
"""What the list names apart from the patterns that it falls under."""
OLDEST, _LATEST = 1, 4


def version(text: str | None) -> int:
    """The number of a version. One that was not read limits what all of them do."""
    if text == "latest":
        return _LATEST
    return int(text) if text and text.isascii() and text.isdecimal() else OLDEST


def limits(number: int, asked: str) -> Truth:
    """Whether a boundary of a version limits a permission; None if that is not known."""
    if any_names(_EXCEPTED, asked):
        return None
    known = (*_BY_ALL, *(each for since in _SINCE if since <= number for each in _SINCE[since]))
    return True if any_names(known, asked) else None
