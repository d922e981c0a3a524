"""Whom policies name: one form each for what they write in several."""

import re
from typing import NamedTuple

from ...logic import Truth

ALL, AUTHENTICATED = "allUsers", "allAuthenticatedUsers"
EVERYONE = (ALL, AUTHENTICATED)
USER, GROUP, DOMAIN, ACCOUNT = "user:", "group:", "domain:", "serviceAccount:"
CUSTOMER = "principalSet://goog/cloudIdentityCustomerId/"
CONSUMER_DOMAINS = ("gmail.com", "googlemail.com")
"""Domains of accounts that are no customer's."""
_FORMS = (
    (re.compile(r"principalSet://goog/public:all"), ALL),
    (re.compile(r"principal://goog/subject/([^/]+)"), USER),
    (re.compile(r"principalSet://goog/group/([^/]+)"), GROUP),
    (
        re.compile(r"principal://iam\.googleapis\.com/projects/[^/]+/serviceAccounts/([^/]+)"),
        ACCOUNT,
    ),
    (re.compile(r"//iam\.googleapis\.com/projects/[^/]+/serviceAccounts/([^/]+)"), ACCOUNT),
)
_AGENT = re.compile(
    r"serviceAccount:(service-\d+@.+|\d+@cloud(services|build)\.gserviceaccount\.com"
    r"|project-\d+@storage-transfer-service\.iam\.gserviceaccount\.com"
    r"|.+@(gcp-sa-[^.@]+|bigquery-encryption)\.iam\.gserviceaccount\.com"
    r"|.+@system\.gserviceaccount\.com)"
)
_BASIC = re.compile(r"project(Owner|Editor|Viewer):(.+)")
_KNOWN = (
    *(*EVERYONE, USER, GROUP, DOMAIN, ACCOUNT, CUSTOMER),
    *(f"project{each}:" for each in ("Owner", "Editor", "Viewer")),
    "principalSet://cloudresourcemanager.googleapis.com/",
)
"""How the names begin that are understood."""
_IN_POOL = re.compile(r"principal(Set)?://iam\.googleapis\.com/(.*?Pools/[^/]+)/(.+)")
_OF_TREE = re.compile(
    r"principalSet:(//cloudresourcemanager\.googleapis\.com/[^/]+/[^/]+)(?:/type/(\w+))?"
)
_AGENT_OF = re.compile(r"serviceAccount:(?:service-|project-)?(\d+)@")


def member(text: str) -> str:
    """Whom a policy or a node means; empty for whom was deleted: an account that was made anew
    under the same name is another."""
    if text.startswith("deleted:"):
        return ""
    for form, kind in _FORMS:
        if match := form.fullmatch(text):
            text = kind + "".join(match.groups())
            break
    is_address = text.startswith((USER, GROUP, DOMAIN, ACCOUNT)) and "[" not in text
    return text.lower().replace(ACCOUNT.lower(), ACCOUNT) if is_address else text


def basic_role(holder: str) -> tuple[str, str] | None:
    """The role and the project, whose holders a convenience value stands for."""
    match = _BASIC.fullmatch(holder)
    return (f"roles/{match[1].lower()}", match[2]) if match else None


class PartOfTree(NamedTuple):
    """The principals of a project, folder or organization."""

    scope: str
    kind: str
    """``ServiceAccount`` or ``ServiceAgent``, if only those are meant."""


def part_of_tree(holder: str) -> PartOfTree | None:
    """Whose principals a set is; None for another."""
    match = _OF_TREE.fullmatch(holder)
    return PartOfTree(match[1], match[2] or "") if match else None


def is_service_agent(who: str) -> bool:
    """Whether an account is one of Google's own services, which acts for a project of a customer
    (https://cloud.google.com/iam/docs/service-agents)."""
    return _AGENT.fullmatch(member(who)) is not None


def project_of_agent(who: str) -> str:
    """The number of the project that a service agent acts for; empty if its name does not tell."""
    match = _AGENT_OF.match(member(who))
    return match[1] if match else ""


def domain_of(who: str) -> str:
    """The domain of a user's address; empty for others."""
    return who.rpartition("@")[2] if who.startswith(USER) else ""


class Pooled(NamedTuple):
    """An identity, or a set of identities, of a pool."""

    pool: str
    attribute: str
    value: str
    is_set: bool


def pooled(text: str) -> Pooled | None:
    """An identity of a pool, or None if it is none."""
    match = _IN_POOL.fullmatch(text)
    if match is None:
        return None
    attribute, _, value = match[3].partition("/")
    return Pooled(match[2], attribute, value, bool(match[1]))


def is_in(who: str, holder: str) -> Truth:
    """Whether somebody is whom a name stands for, as far as names tell. Groups, domains, customers
    and the sets of projects are not looked into."""
    if who == holder:
        return True
    if holder == ALL:
        return True
    if holder == AUTHENTICATED:
        return who.startswith((USER, ACCOUNT))
    one, several = pooled(who), pooled(holder)
    if one and several and several.is_set and one.pool == several.pool:
        return True if several.attribute == "*" else False if one.is_set else None
    return False if several or holder.startswith(_KNOWN) else None
