"""Amazon EMR Serverless: applications, and the roles of what runs in them."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered, container_image
from .session import AWSApi

_UNDER_WAY = ("SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING", "CANCELLING")


class Application(AWSResource):
    """An application that has not been ended (ListApplications). It has no role of its own: each
    job run in it brings one."""

    label = "AWSEMRServerlessApplication"
    identity = "arn:{partition}:emr-serverless:{region}:{account}:/applications/{application_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="arn")
    application_id: str | None = field("Id.", wire="id")
    type: str | None = field("Spark or Hive.")
    state: str | None = field("CREATED, STARTED, STOPPED …")
    release_label: str | None = field("Version of EMR.")
    created_at: Timestamp | None = field("When it was made.")
    job_run_roles: list[str] | None = ref("AWSRole", by="id", rel="RUNS_AS", call="ListJobRuns")
    subnet_ids: list[str] | None = ref(
        "AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="GetApplication"
    )
    security_group_ids: list[str] | None = ref(
        "AWSEC2SecurityGroup", by="group_id", rel="PROTECTED_BY", call="GetApplication"
    )
    image_repository: str | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call="GetApplication"
    )
    kms_key_arn: str | None = ref(
        "AWSKMSKey",
        by=("id", "key_id", "alias_arns", "aliases"),
        rel="ENCRYPTED_BY",
        call="GetApplication",
    )
    studio_enabled: bool | None = field("Notebooks may run in it.", call="GetApplication")
    livy_endpoint_enabled: bool | None = field(
        "Sessions may be opened in it over HTTPS.", call="GetApplication"
    )


class EMRServerless(AWSCollector):
    """Applications, with the roles of the job runs that are under way."""

    service = "emr-serverless"
    permissions = (
        "emr-serverless:GetApplication",
        "emr-serverless:ListApplications",
        "emr-serverless:ListJobRuns",
    )

    @lists(Application)
    def applications(self, api: AWSApi) -> Iterator[Application]:
        """Applications, without those that have been ended."""

        def detailed(raw: dict[str, Any]) -> Application:
            about = api.read("get_application", applicationId=raw["id"])
            image = answered(about, "application.imageConfiguration.imageUri")
            runs = api.details(
                "list_job_runs", "jobRuns", applicationId=raw["id"], states=list(_UNDER_WAY)
            )
            return Application.load(
                raw,
                api.here,
                job_run_roles=runs and sorted({run["executionRole"] for run in runs}),
                subnet_ids=answered(about, "application.networkConfiguration.subnetIds", []),
                security_group_ids=answered(
                    about, "application.networkConfiguration.securityGroupIds", []
                ),
                image_repository=image and container_image(image, api.here.partition),
                kms_key_arn=answered(
                    about, "application.diskEncryptionConfiguration.encryptionKeyArn"
                ),
                studio_enabled=answered(
                    about, "application.interactiveConfiguration.studioEnabled", False
                ),
                livy_endpoint_enabled=answered(
                    about, "application.interactiveConfiguration.livyEndpointEnabled", False
                ),
                tags=answered(about, "application.tags", {}),
            )

        listed = api.pages("list_applications", "applications")
        return api.each(detailed, (raw for raw in listed if raw["state"] != "TERMINATED"))
