"""Permissions that are asked on a part of a resource, or on what it names, in whatever account."""

from typing import Any

import pytest
from clew.collectors.aws.codedeploy import DeploymentGroup
from clew.collectors.aws.ec2 import Instance as Machine
from clew.collectors.aws.elasticbeanstalk import Environment as BeanstalkEnvironment
from clew.collectors.aws.emr import Cluster
from clew.collectors.aws.glue import Job
from clew.collectors.aws.iam import InstanceProfile
from clew.collectors.aws.mwaa import Environment
from clew.collectors.aws.s3 import Bucket
from clew.collectors.aws.sagemaker import Model
from clew.collectors.aws.sso_admin import AccountAssignment, Instance, PermissionSet
from clew.graph.model import Location
from support.audit import blank
from support.identities import ACCOUNT, OTHER, REGION, Document, Identities, allow, policy, trust
from support.steps import Steps

HERE = Location(ACCOUNT, REGION, "aws")
CODE = "arn:aws:s3:::code"
GLUE = "glue-replace-script"


def bucket(*statements: Document) -> Bucket:
    text = policy(*statements) if statements else ""
    return Bucket.unread(HERE, id=CODE, name="code", policy=text)


def job(role: str, script: str | None = "s3://code/jobs/nightly.py") -> Job:
    id_ = f"arn:aws:glue:{REGION}:{ACCOUNT}:job/nightly"
    return Job.unread(HERE, id=id_, name="nightly", role=role, script_location=script)


def taken(iam: Identities, *others: Identities, resources: Any, source: str = "mallory") -> Any:
    labels = {each.label for each in resources}
    steps = Steps.of(iam, *others, resources=resources, listed=labels)
    return {key[1:]: certain for key, certain in steps.taken(source=source).items()}, steps


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("*", True),
        (f"{CODE}/*", True),
        (f"{CODE}/jobs/nightly.py", True),
        (f"{CODE}/jobs/*.sql", None),
        (CODE, None),
        ("arn:aws:s3:::data/*", None),
    ],
)
def test_the_script_of_a_job_is_replaced_by_whoever_may_write_it(
    on: str, expected: bool | None
) -> None:
    iam = Identities()
    role = iam.role("worker", allow("*"), trusts=trust("glue.amazonaws.com"))
    iam.user("mallory", allow("s3:PutObject", on=on), allow("glue:StartJobRun"))

    found, steps = taken(iam, resources=[job(role), bucket()])

    assert found.get(("glue-replace-script-run", "nightly")) is expected
    if expected:
        hop = steps.hop("mallory", "glue-replace-script-run", "nightly")
        assert hop.permissions == ("s3:PutObject", "glue:StartJobRun")
        assert hop.conditions == ()


def test_where_a_job_s_script_lies_may_not_have_been_read() -> None:
    iam = Identities()
    role = iam.role("worker", allow("*"), trusts=trust("glue.amazonaws.com"))
    iam.user("mallory", allow("s3:PutObject", on="arn:aws:s3:::data/*"), allow("glue:StartJobRun"))

    found, steps = taken(iam, resources=[job(role, None), bucket()])

    assert found["glue-replace-script-run", "nightly"] is False
    hop = steps.hop("mallory", "glue-replace-script-run", "nightly")
    assert f"script_location of {job(role).id} could not be read" in hop.conditions


@pytest.mark.parametrize("lets_in", [True, False])
def test_a_bucket_s_policy_may_let_another_account_write(lets_in: bool) -> None:
    here, there = Identities(), Identities(OTHER)
    role = here.role("worker", allow("*"), trusts=trust("glue.amazonaws.com"))
    there.user("mallory", allow("s3:PutObject"))
    who = {"Principal": {"AWS": OTHER}}
    write = {**allow("s3:PutObject", on=f"{CODE}/*"), **who}

    found, _ = taken(here, there, resources=[job(role), bucket(*[write] * lets_in)])

    assert ((GLUE, "nightly") in found) is lets_in


def test_a_workflow_is_written_where_an_environment_reads_them() -> None:
    iam = Identities()
    role = iam.role("airflow", allow("*"), trusts=trust("airflow-env.amazonaws.com"))
    environment = Environment.unread(
        HERE,
        id=f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/etl",
        name="etl",
        status="AVAILABLE",
        execution_role=role,
        source_bucket=CODE,
        dag_path="dags",
    )
    iam.user("mallory", allow("s3:PutObject", on=f"{CODE}/dags/team-*"))
    iam.user("trudy", allow("s3:PutObject", on=f"{CODE}/plugins/*"))

    found, steps = taken(iam, resources=[environment, bucket()])

    assert found == {("mwaa-write-workflow", "etl"): True}
    assert steps.taken(source="trudy") == {}


@pytest.mark.parametrize(("account", "expected"), [("*", True), (OTHER, True), (ACCOUNT, None)])
def test_a_permission_set_is_changed_that_is_assigned_in_another_account(
    account: str, expected: bool | None
) -> None:
    here, there = Identities(), Identities(OTHER)
    path = "/aws-reserved/sso.amazonaws.com/"
    role = there.role("AWSReservedSSO_ops_0123456789abcdef", allow("s3:GetObject"), path=path)
    instance = Instance.unread(HERE, id="arn:aws:sso:::instance/i")
    ops = PermissionSet.unread(
        HERE, id="arn:aws:sso:::permissionSet/i/p", instance=instance.id, name="ops"
    )
    assignment = AccountAssignment.unread(
        HERE,
        id=f"arn:aws:sso:::assignment/i/p/{OTHER}/u",
        permission_set=ops.id,
        target_account=OTHER,
        role=role.rpartition("_")[0],
    )
    here.user(
        "mallory",
        allow("sso:PutInlinePolicyToPermissionSet"),
        allow("sso:ProvisionPermissionSet", on=[instance.id, ops.id]),
        allow("sso:ProvisionPermissionSet", on=f"arn:aws:sso:::account/{account}"),
    )

    found, steps = taken(here, there, resources=[instance, ops, assignment])

    target = "AWSReservedSSO_ops_0123456789abcdef [any policy]"
    assert (("sso-put-permission-set", target) in found) is (expected is True)
    if expected:
        hop = steps.hop("mallory", "sso-put-permission-set", target)
        assert len(hop.conditions) == 1  # Somebody to sign in as.


CODES = {
    "app/release.zip": {"codedeploy-replace-revision"},
    "forum.zip": {"elasticbeanstalk-replace-source"},
    "setup.sh": {"emr-replace-bootstrap-action"},
    "report.py": {"emr-replace-step-code"},
    "model.tar.gz": {"sagemaker-replace-model", "sagemaker-replace-model-transform"},
    "source.tar.gz": {"sagemaker-replace-model", "sagemaker-replace-model-transform"},
    "other.zip": set(),
}
"""What is taken by anyone who may write an object."""


def running() -> list[Any]:
    def make(model: Any, **fields: Any) -> Any:
        return blank(model, account=ACCOUNT, name="it", **fields)

    at = f"{REGION}:{ACCOUNT}"
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/machines"
    return [
        bucket(),
        make(InstanceProfile, id=profile, roles=[f"arn:aws:iam::{ACCOUNT}:role/worker"]),
        make(
            Machine, id=f"arn:aws:ec2:{at}:instance/i-1", state="running", instance_profile=profile
        ),
        make(
            DeploymentGroup,
            id=f"arn:aws:codedeploy:{at}:deploymentgroup:a/b",
            compute_platform="Server",
            revision_object="code/app/release.zip",
            revision_is_pinned=False,
        ),
        make(
            BeanstalkEnvironment,
            id=f"arn:aws:elasticbeanstalk:{at}:environment/a/b",
            source_object="code/forum.zip",
            instance_profile=profile,
        ),
        make(
            Cluster,
            id=f"arn:aws:elasticmapreduce:{at}:cluster/j-1",
            state="WAITING",
            instance_profile=profile,
            bootstrap_objects=["aws/drivers.sh", "code/setup.sh"],
            step_objects=["code/report.py", "aws/lib.py"],
        ),
        make(
            Model,
            id=f"arn:aws:sagemaker:{at}:model/it",
            execution_role=f"arn:aws:iam::{ACCOUNT}:role/worker",
            code_objects=["code/model.tar.gz", "code/source.tar.gz"],
            network_isolation=False,
        ),
    ]


@pytest.mark.parametrize("written", CODES)
def test_code_in_a_bucket_is_replaced_by_whoever_may_write_it(written: str) -> None:
    iam = Identities()
    services = ("ec2.amazonaws.com", "sagemaker.amazonaws.com")
    iam.role("worker", allow("*"), trusts=trust(*services))
    own = allow("s3:PutObject", on=f"{CODE}/{written}"), allow("sagemaker:CreateTransformJob")
    iam.user("mallory", *own)

    found, steps = taken(iam, resources=running())

    assert {technique for technique, _ in found if "-replace-" in technique} == CODES[written]
    for technique, end in found:
        hop = steps.hop("mallory", technique, end)
        assert "s3:PutObject" in hop.permissions
        assert hop.conditions


def test_a_revision_that_is_pinned_is_not_replaced() -> None:
    iam = Identities()
    iam.role("worker", allow("*"), trusts=trust("ec2.amazonaws.com"))
    iam.user("mallory", allow("s3:PutObject"))
    resources = running()
    for each in resources:
        if isinstance(each, DeploymentGroup):
            each.revision_is_pinned = True

    found, _ = taken(iam, resources=resources)

    assert "codedeploy-replace-revision" not in {technique for technique, _ in found}


def test_what_a_job_that_could_not_be_listed_runs_may_lie_anywhere() -> None:
    iam = Identities()
    iam.role("worker", allow("*"), trusts=trust("glue.amazonaws.com"))
    iam.user("mallory", allow("s3:PutObject"))

    steps = Steps.of(iam, denied=["AWSGlueJob"])

    assert steps.taken(source="mallory") == {("mallory", GLUE, "worker"): False}
    assert "whether a AWSGlueJob runs as worker could not be read" in (
        steps.hop("mallory", GLUE, "worker").conditions
    )


def test_leave_to_write_objects_says_nothing_of_jobs_that_the_scan_left_out() -> None:
    iam = Identities()
    iam.role("worker", allow("*"), trusts=trust("glue.amazonaws.com"))
    iam.user("writes", allow("s3:PutObject"))
    iam.user("starts", allow("s3:PutObject", "glue:StartJobRun"))

    steps = Steps.of(iam)

    assert steps.taken(source="writes") == {}
    assert steps.taken(source="starts") == {("starts", f"{GLUE}-run", "worker"): False}
