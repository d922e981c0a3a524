"""Workloads that the internet reaches and whose service account leads to an administrator."""

from collections.abc import Iterator
from functools import partial

from ....graph.authorization.gcp.authorizer import GCP
from ....graph.exposure.reach import reaches
from ....graph.schema import EdgeType
from ...access import Access
from ...access_rule import AccessRule
from ...check import Category, Check, Row, Severity
from ...exposed_path import exposed_paths

_ACCOUNT = "GCPServiceAccount"


def _walk(label: str, access: Access) -> Iterator[Row]:
    yield from exposed_paths(
        access, label, access.attack.administrators, "who administers a project"
    )


def _check(id_: str, service: str, label: str, words: str) -> Check:
    return Check(
        id=id_,
        title=f"No {words} that the internet reaches has an account that leads to an owner",
        provider="gcp",
        service=service,
        severity=Severity.CRITICAL,
        categories=(Category.EXPOSURE, Category.ATTACK_PATHS),
        resource=label,
        what=(
            f"The internet does not reach the {words} without signing in; or its service account "
            "may grant every role on no project, folder or organization, and reaches no principal "
            "that may: over roles of its own and of its groups, inherited ones too, and every "
            "known escalation technique. Access scopes of machines count. A condition that no "
            "scan can know, and what could not be read, is MANUAL."
        ),
        why=(
            f"Anyone who exploits one flaw in the {words} asks the metadata server for the "
            "account's token, and makes itself owner of the project."
        ),
        remediation=(
            "gcloud projects remove-iam-policy-binding PROJECT --member=serviceAccount:ADDRESS "
            "--role=ROLE; close it to the internet, or run it as an account of its own"
        ),
        passes="No path leads from the internet over {resource} to an administrator.",
        fails="The internet reaches {resource}, whose account leads to an administrator: {path}.",
        rule=AccessRule(
            authorizer=GCP,
            walk=partial(_walk, label),
            own_labels=(label, "Internet", _ACCOUNT),
            edges=frozenset(
                {
                    *reaches(label),
                    EdgeType(_ACCOUNT, "CAN_ESCALATE_TO", ""),
                    EdgeType(_ACCOUNT, "ADMINISTERS", ""),
                }
            ),
        ),
        references=(
            "https://docs.cloud.google.com/iam/docs/best-practices-service-accounts",
            "https://docs.cloud.google.com/compute/docs/access/service-accounts",
        ),
    )


family = (
    _check("exposed_instance_account_reaches_owner", "compute", "GCPInstance", "instance"),
    _check("exposed_service_account_reaches_owner", "run", "GCPCloudRunService", "service"),
    _check("exposed_function_account_reaches_owner", "functions", "GCPCloudFunction", "function"),
)
