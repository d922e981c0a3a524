"""Who stands outside of an estate, as its policies name them."""

from collections.abc import Iterator
from functools import cached_property

from ...authorization.aws.arns import parse_arn
from ...authorization.aws.context import Context, Known
from ...authorization.aws.environment import AWSEnvironment
from ...authorization.aws.labels import ACCOUNT, ORGANIZATION, ROLE, USER
from ...authorization.aws.policy import Policy
from ...authorization.aws.public_access import EXTERNAL_ORGANIZATION, CallerClass, expected
from ...authorization.aws.request import TIMES
from ...view import GraphView
from ..model import Node

_SESSIONS = ":assumed-role/"


def node(view: GraphView, id_: str, label: str = "") -> Node:
    """The node of something; ``label`` is for what only a policy names."""
    known = view.graph.nodes.get(id_) or {}
    parts = parse_arn(id_)
    return Node(
        id_,
        known.get("label") or label,
        known.get("name") or id_.rpartition("/")[2],
        known.get("account") or (parts.account if parts else ""),
    )


class ExternalCallers:
    """The accounts, users and roles that were not scanned."""

    def __init__(self, estate: AWSEnvironment) -> None:
        self._estate = estate

    def named(self, policy: Policy) -> Iterator[tuple[Node, CallerClass]]:
        """Those that a policy's Allow statements name. Whom a statement does not name but lets in
        all the same is anyone."""
        accounts: set[str] = set()
        arns: set[str] = set()
        for statement in policy.statements:
            named = statement.principals
            if statement.effect == "Allow" and named and not statement.is_not_principal:
                accounts |= named.accounts
                arns |= {arn for arn in named.arns if not arn.endswith(":root")}
        for account in sorted(accounts - self._estate.scanned):
            whole = node(self._estate.view, account, ACCOUNT)._replace(account=account)
            yield whole, self._party(account, "", policy)
        for arn in sorted(arns):
            if one := self._principal(arn):
                party = self._party(one.account, arn, policy)
                yield one, party._replace(is_unread=one.account in self._estate.scanned)

    def _principal(self, arn: str) -> Node | None:
        """The user or role that was not scanned; None if it was, or is nobody any more."""
        parts = parse_arn(arn)
        if not parts or not parts.account:
            return None
        id_ = arn.rpartition("/")[0] if _SESSIONS in arn else arn
        label = USER if parts.resource.startswith("user/") else ROLE
        found = node(self._estate.view, id_, label)._replace(account=parts.account)
        if parts.account in self._estate.scanned:
            known = self._estate.view.graph.nodes.get(id_) or {}
            return found if known.get("missing") == "UNREADABLE" else None
        return found

    def _party(self, account: str, arn: str, policy: Policy) -> CallerClass:
        over = self._estate.account(account)
        if over.org_id is None and self._asked_organizations(policy) <= self._whole:
            organization = EXTERNAL_ORGANIZATION
            return CallerClass(
                account, arn, org_id=organization, org_path=f"{organization}/r-0000/"
            )
        return CallerClass(account, arn, org_id=over.org_id, org_path=over.org_path)

    def _asked_organizations(self, policy: Policy) -> set[str]:
        """The organizations that a policy asks for its callers to be in, or not."""
        paths = (text.partition("/")[0] for text in expected(policy, "aws:principalorgpaths"))
        return {*expected(policy, "aws:principalorgid"), *paths}

    @cached_property
    def _whole(self) -> set[str]:
        """The organizations all of whose accounts are known: what is not among them is not in."""
        view = self._estate.view
        return {
            view.get(organization, "organization_id")
            for organization in view.labelled(ORGANIZATION)
            if any(
                view.get(one, "arn") for one in view.sources(organization, ACCOUNT, "organization")
            )
        }


def resource_facts(estate: AWSEnvironment, resource: Node) -> Context:
    """The condition keys that follow from when it is asked for, from whose resource it is, and for
    a role from its tags."""
    over = estate.account(resource.account)
    known: dict[str, Known] = {}
    if estate.since:
        known |= dict.fromkeys(TIMES, estate.since)
    if over.org_id is not None:
        known["aws:ResourceOrgID"] = (over.org_id,) if over.org_id else ()
    if over.org_path is not None:
        known["aws:ResourceOrgPaths"] = (over.org_path,) if over.org_path else ()
    tags = estate.tags(resource.id) if resource.label == ROLE else None
    if tags is None:
        return Context(known)
    prefixes = ("aws:ResourceTag/", "iam:ResourceTag/")
    known |= {f"{prefix}{key}": (value,) for prefix in prefixes for key, value in tags.items()}
    return Context(known, complete=prefixes)
