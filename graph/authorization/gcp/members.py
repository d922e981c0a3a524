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
    r"|.+@gcp-sa-[^.@]+\.iam\.gserviceaccount\.com)"
)
_BASIC = re.compile(r"project(Owner|Editor|Viewer):(.+)")
_IN_POOL = re.compile(r"principal(Set)?://iam\.googleapis\.com/(.*?Pools/[^/]+)/(.+)")
_OF_TREE = re.compile(r"principalSet:(//cloudresourcemanager\.googleapis\.com/.+)")


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


def part_of_tree(holder: str) -> str:
    """The project, folder or organization whose principals a set is; empty for another."""
    match = _OF_TREE.fullmatch(holder)
    return match[1] if match else ""


def is_service_agent(who: str) -> bool:
    """Whether an account is one of Google's own services, which acts for a project of a customer
    (https://cloud.google.com/iam/docs/service-agents)."""
    return _AGENT.fullmatch(member(who)) is not None


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
    return False
