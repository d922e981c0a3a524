"""Small estates over several clouds: who has which token, and what takes it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import networkx
from clew.collectors.aws.iam import OIDCProvider, SAMLProvider
from clew.graph.attack.aws import AWSProvider
from clew.graph.attack.azure import AzureProvider
from clew.graph.attack.engine.build import build
from clew.graph.attack.entra import EntraProvider
from clew.graph.attack.federation.match import Crossing, crossings
from clew.graph.attack.federation.model import TokenClaims
from clew.graph.attack.gcp import GCPProvider
from clew.graph.attack.model import AttackGraph, Node
from clew.graph.attack.provider import AttackProvider
from clew.graph.logic import Truth, any_of
from clew.graph.model import ListingStatus, Location, Resource, Status
from clew.graph.view import GraphView
from support.identities import Document, Identities, graph_of

TENANT = "0a0a0a0a-1111-4222-8333-444455556666"
V1, V2 = f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/v2.0"
EXCHANGE = "api://AzureADTokenExchange"
GITHUB = "https://token.actions.githubusercontent.com"
STS = "sts.amazonaws.com"
WEB = "sts:AssumeRoleWithWebIdentity"
_DIRECTORY = f"//graph.microsoft.com/tenants/{TENANT}"
_IAM = "//iam.googleapis.com/"


class Clouds:
    """An account of AWS, a tenant and a project, in which nothing is until it is added. Things are
    added by short names; what adds them says their id."""

    def __init__(self) -> None:
        self.iam = Identities()
        self._resources: list[Resource] = []
        self._nodes: list[tuple[str, str, dict[str, Any]]] = []
        self._edges: list[tuple[str, str, str, str]] = []
        self.tenant_listings = dict.fromkeys(
            ("EntraApplication", "EntraServicePrincipal", "EntraUser"), Status.OK
        )
        """How listings of the tenant ended; none of a tenant that was not scanned."""

    def node(self, id_: str, label: str, account: str, **fields: Any) -> str:
        """Adds a resource of any label."""
        self._nodes.append(
            (id_, label, {"name": fields.pop("name", id_), "account": account} | fields)
        )
        return id_

    def edge(self, source: str, rel: str, target: str, via: str) -> None:
        """Adds what a field of the source refers to."""
        self._edges.append((source, rel, target, via))

    # AWS.

    def role(self, name: str, *trusts: Document, admin: bool = False) -> str:
        """Adds a role."""
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        return self.iam.role(name, *([statement] if admin else []), trusts=trusts)

    def provider(self, issuer: str, audiences: Sequence[str] = (STS,)) -> str:
        """Adds an OpenID Connect provider."""
        host = issuer.removeprefix("https://")
        arn = f"arn:aws:iam::{self.iam.account}:oidc-provider/{host}"
        here = Location(self.iam.account, "global", "aws")
        answer = {"Arn": arn, "ClientIDList": list(audiences)}
        self._resources.append(OIDCProvider.load(answer, here, name=host))
        return arn

    def saml_provider(self, name: str) -> str:
        """Adds a SAML provider."""
        arn = f"arn:aws:iam::{self.iam.account}:saml-provider/{name}"
        here = Location(self.iam.account, "global", "aws")
        self._resources.append(SAMLProvider.load({"Arn": arn}, here, name=name))
        return arn

    # Entra ID.

    def service_principal(self, name: str, **fields: Any) -> str:
        """Adds the service principal of an application."""
        known = {"account_enabled": True, "app_id": f"client-of-{name}", "owners": []}
        id_ = f"{_DIRECTORY}/servicePrincipals/{name}"
        return self.node(id_, "EntraServicePrincipal", TENANT, name=name, **(known | fields))

    def application(self, name: str, **fields: Any) -> str:
        """Adds an application with its service principal."""
        known = {
            "app_id": f"client-of-{name}",
            "identifier_uris": [],
            "access_token_version": 2,
            "owners": [],
            "is_credential_locked": False,
        }
        id_ = f"{_DIRECTORY}/applications/client-of-{name}"
        self.node(id_, "EntraApplication", TENANT, name=name, **(known | fields))
        self.edge(id_, "RUNS_AS", self.service_principal(name), "application")
        return id_

    def user(self, name: str, **fields: Any) -> str:
        """Adds a user of the tenant."""
        known = {"account_enabled": True, "user_principal_name": f"{name}@clew.example"}
        id_ = f"{_DIRECTORY}/users/{name}"
        return self.node(id_, "EntraUser", TENANT, name=name, **(known | fields))

    def credential(
        self,
        application: str,
        issuer: str,
        subject: str,
        audience: str = EXCHANGE,
        expression: str = "",
    ) -> str:
        """Lets an application take tokens."""
        id_ = f"{application}/federatedIdentityCredentials/{len(self._nodes)}"
        self.node(
            id_,
            "EntraFederatedIdentityCredential",
            TENANT,
            issuer=issuer,
            subject=subject,
            audiences=[audience],
            claims_matching_expression=expression,
        )
        self.edge(id_, "PART_OF", application, "application")
        return id_

    # Google Cloud.

    def service_account(self, name: str, number: str = "", **fields: Any) -> str:
        """Adds a service account."""
        email = f"{name}@p.iam.gserviceaccount.com"
        id_ = f"{_IAM}projects/p/serviceAccounts/{email}"
        known = {"email": email, "unique_id": number, "disabled": False}
        return self.node(id_, "GCPServiceAccount", "p", name=name, **(known | fields))

    def pool(self, name: str) -> str:
        """Adds a workload identity pool."""
        id_ = f"{_IAM}projects/p/locations/global/workloadIdentityPools/{name}"
        return self.node(id_, "GCPWorkloadIdentityPool", "p", name=name, disabled=False)

    def pool_provider(self, pool: str, **fields: Any) -> str:
        """Adds a provider to a pool."""
        known = {
            "disabled": False,
            "state": "ACTIVE",
            "issuer": "",
            "audiences": [],
            "attribute_mapping": ["google.subject=assertion.sub"],
            "attribute_condition": "",
            "aws_account": "",
            "saml_metadata": "",
        }
        id_ = f"{pool}/providers/{len(self._nodes)}"
        self.node(id_, "GCPWorkloadIdentityProvider", "p", **(known | fields))
        self.edge(id_, "PART_OF", pool, "pool")
        return id_

    def identity(self, pool: str, selected: str) -> str:
        """Adds an identity of a pool, or a set of them: ``subject/X``, ``attribute.A/X``, ``*``."""
        attribute, _, value = selected.partition("/")
        kind = "principal" if attribute == "subject" else "principalSet"
        id_ = f"{kind}://iam.googleapis.com/{pool.removeprefix(_IAM)}/{selected}"
        self.node(
            id_,
            "GCPFederatedPrincipal",
            "",
            name=selected,
            is_set=kind == "principalSet",
            attribute=attribute,
            value=value,
        )
        self.edge(id_, "MEMBER_OF", pool, "pool")
        return id_

    def cluster(self, name: str, pool: str = "p.svc.id.goog") -> str:
        """Adds a cluster of Google's."""
        id_ = f"//container.googleapis.com/projects/p/locations/l/clusters/{name}"
        return self.node(id_, "GKECluster", "p", name=name, workload_pool=pool)

    # What comes of it.

    def view(self) -> tuple[GraphView, list[ListingStatus]]:
        """All of it."""
        made, listings = graph_of(
            self.iam, resources=self._resources, listed=["AWSOIDCProvider", "AWSSAMLProvider"]
        )
        listings = [
            *listings,
            *(
                ListingStatus(label, TENANT, "global", status)
                for label, status in self.tenant_listings.items()
            ),
        ]
        graph = networkx.MultiDiGraph(made)
        for id_, label, fields in self._nodes:
            graph.add_node(id_, **{"id": id_, "label": label, "missing": None, **fields})
        for source, rel, target, via in self._edges:
            graph.add_edge(source, target, rel=rel, via=via)
        return GraphView(graph, listings), listings

    @property
    def graph(self) -> networkx.MultiDiGraph:
        """The same as a graph."""
        return self.view()[0].graph

    def listings(
        self, unlisted: Collection[str] = (), more: Collection[str] = ()
    ) -> list[ListingStatus]:
        """What was listed of it: all but some labels."""
        accounts = (self.iam.account, TENANT, "p", "s", "organizations/o")
        made = [
            ListingStatus(label, account, "global", Status.OK)
            for label in more
            for account in accounts
        ]
        known = [*self.view()[1], *made]
        return [each for each in known if each.label not in unlisted]

    def providers(self) -> list[AttackProvider]:
        """All clouds."""
        view, listings = self.view()
        types = (AWSProvider, AzureProvider, EntraProvider, GCPProvider)
        return [each(view, listings) for each in types]

    def crossings(self) -> list[Crossing]:
        """Whose tokens are taken."""
        providers = self.providers()
        issues = (each for one in providers for each in one.issues())
        accepts = (each for one in providers for each in one.accepts())
        unread = {each for one in providers for each in one.unread_issuers()}
        return list(crossings(issues, accepts, unread))

    def taken(self) -> set[tuple[str, str, Truth]]:
        """The same in short: names of who and of what, and whether it is certain."""
        found: dict[tuple[str, str], Truth] = {}
        for each in self.crossings():
            key = each.source.name, each.rule.target.name
            found[key] = any_of((found.get(key, False), each.admission.truth))
        return {(*names, truth) for names, truth in found.items()}

    def takes(self, issuer: str, claims: Mapping[str, str]) -> Truth:
        """Whether anything takes a token that says all of this and nothing else."""
        token = TokenClaims(issuer, {claim: (value,) for claim, value in claims.items()})
        bearer = Node("bearer", "", "bearer", "")
        accepts = (each for one in self.providers() for each in one.accepts())
        found = crossings([(bearer, token)], accepts)
        return any_of(each.admission.truth for each in found if each.source == bearer)

    def attack_graph(self) -> AttackGraph:
        """All steps."""
        return build(self.providers())


def federated(provider: str, **conditions: Any) -> Document:
    """A statement of a trust policy that takes a provider's tokens."""
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": WEB}
    return {**statement, "Condition": conditions} if conditions else statement
