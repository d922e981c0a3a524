"""Which service agents somebody is known to make act: identities of Google's services, with which a
service acts for anybody who may use it in a project. The caller needs no permission on the agent,
which holds roles of its own.

https://cloud.google.com/iam/docs/service-agents
"""

import re
from typing import NamedTuple


class ServiceAgent(NamedTuple):
    """Whom a service acts as."""

    technique: str
    address: re.Pattern[str]
    """Its address, with the number of the project."""
    actions: tuple[str, ...]
    """Each is enough, on the project, to have it act."""
    doubt: str = ""
    """What no scan tells and decides whether the service acts as this one."""


KINDS = (
    ServiceAgent(
        "gcp-agent-deployment",
        re.compile(r"(?P<number>\d+)@cloudservices\.gserviceaccount\.com"),
        ("deploymentmanager.deployments.create", "deploymentmanager.deployments.update"),
    ),
    ServiceAgent(
        "gcp-agent-build",
        re.compile(r"(?P<number>\d+)@cloudbuild\.gserviceaccount\.com"),
        ("cloudbuild.builds.create",),
        "builds that name no service account run as it",
    ),
    ServiceAgent(
        "gcp-agent-vertex",
        re.compile(r"service-(?P<number>\d+)@gcp-sa-aiplatform-cc\.iam\.gserviceaccount\.com"),
        (
            "aiplatform.customJobs.create",
            "aiplatform.hyperparameterTuningJobs.create",
            "aiplatform.pipelineJobs.create",
        ),
    ),
)


def kind_of(id_: str) -> tuple[ServiceAgent, str] | None:
    """Which agent an account is, with the number of the project that it acts for; None for one
    that nobody is known to make act."""
    address = id_.rpartition("/")[2]
    for kind in KINDS:
        if match := kind.address.fullmatch(address):
            return kind, match["number"]
    return None
