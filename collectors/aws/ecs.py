"""Amazon ECS: clusters, services, tasks, and the task definitions that they run."""

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

from ...graph.model import Location, Resource, Timestamp, field, ref
from ..collector import lists
from .base import (
    AWSCollector,
    TaggedResource,
    answered,
    batches,
    container_image,
    named_by_digest,
    secret_or_parameter_arn,
)
from .session import AWSApi

_KEY_NAMES = ("id", "key_id", "alias_arns", "aliases")


class Cluster(TaggedResource):
    """A cluster (DescribeClusters)."""

    label = "AWSECSCluster"
    identity = "arn:{partition}:ecs:{region}:{account}:cluster/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="clusterArn")
    name: str | None = field("Name.", wire="clusterName")
    status: str | None = field("ACTIVE …")
    capacity_providers: list[str] | None = field("Where its tasks may run.")
    container_insights: str | None = field("disabled, enabled or enhanced.", call="-")
    exec_kms_key_id: str | None = ref(
        "AWSKMSKey",
        by=_KEY_NAMES,
        rel="ENCRYPTED_BY",
        wire="configuration.executeCommandConfiguration.kmsKeyId",
    )
    exec_logging: str | None = field(
        "How sessions opened in containers are logged: NONE, DEFAULT or OVERRIDE.",
        wire="configuration.executeCommandConfiguration.logging",
    )
    exec_log_group: str | None = ref(
        "AWSLogGroup",
        by="name",
        rel="LOGS_TO",
        wire="configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName",
    )
    exec_bucket: str | None = ref(
        "AWSS3Bucket",
        by="name",
        rel="LOGS_TO",
        wire="configuration.executeCommandConfiguration.logConfiguration.s3BucketName",
    )
    storage_kms_key_id: str | None = ref(
        "AWSKMSKey",
        by=_KEY_NAMES,
        rel="ENCRYPTED_BY",
        wire="configuration.managedStorageConfiguration.kmsKeyId",
    )


class Service(TaggedResource):
    """What keeps a number of tasks running (DescribeServices)."""

    label = "AWSECSService"
    identity = "arn:{partition}:ecs:{region}:{account}:service/{cluster_name}/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="serviceArn")
    name: str | None = field("Name.", wire="serviceName")
    cluster_name: str | None = field("Name of the cluster.", call="-")
    cluster_arn: str | None = ref("AWSECSCluster", by="id", rel="PART_OF")
    status: str | None = field("ACTIVE …")
    launch_type: str | None = field("EC2, FARGATE or EXTERNAL; empty with capacity providers.")
    desired_count: int | None = field("Tasks it should run.")
    running_count: int | None = field("Tasks it runs.")
    created_at: Timestamp | None = field("When it was made.")
    enable_execute_command: bool | None = field("Sessions may be opened in its containers.")
    deployment_controller: str | None = field(
        "What replaces its tasks: ECS, CODE_DEPLOY, or EXTERNAL, which is who makes task sets.",
        call="-",
    )
    task_definition: str | None = ref("AWSECSTaskDefinition", by="id", rel="INVOKES")
    task_sets: list[str] | None = ref(
        "AWSECSTaskDefinition", by="id", rel="INVOKES", wire="taskSets[].taskDefinition"
    )
    role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    subnets: list[str] | None = ref(
        "AWSEC2Subnet",
        by="subnet_id",
        rel="IN_SUBNET",
        wire="networkConfiguration.awsvpcConfiguration.subnets",
    )
    security_groups: list[str] | None = ref(
        "AWSEC2SecurityGroup",
        by="group_id",
        rel="PROTECTED_BY",
        wire="networkConfiguration.awsvpcConfiguration.securityGroups",
    )
    assign_public_ip: str | None = field(
        "ENABLED if its tasks get public addresses.",
        wire="networkConfiguration.awsvpcConfiguration.assignPublicIp",
    )
    target_groups: list[str] | None = ref(
        "AWSTargetGroup", by="id", rel="MEMBER_OF", wire="loadBalancers[].targetGroupArn"
    )
    load_balancers: list[str] | None = ref(
        "AWSLoadBalancer", by="name", rel="MEMBER_OF", wire="loadBalancers[].loadBalancerName"
    )


class Task(TaggedResource):
    """A running task (DescribeTasks)."""

    label = "AWSECSTask"
    identity = "arn:{partition}:ecs:{region}:{account}:task/{cluster_name}/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="taskArn")
    name: str | None = field("Id.", call="-")
    cluster_name: str | None = field("Name of the cluster.", call="-")
    cluster_arn: str | None = ref("AWSECSCluster", by="id", rel="PART_OF")
    service_arn: str | None = ref("AWSECSService", by="id", rel="PART_OF")
    task_definition_arn: str | None = ref("AWSECSTaskDefinition", by="id", rel="INVOKES")
    container_instance_arn: str | None = ref("AWSECSContainerInstance", by="id", rel="ATTACHED_TO")
    group: str | None = field("Service or family that it belongs to.")
    last_status: str | None = field("RUNNING …")
    launch_type: str | None = field("EC2, FARGATE or EXTERNAL.")
    created_at: Timestamp | None = field("When it was made.")
    enable_execute_command: bool | None = field("Sessions may be opened in its containers.")
    task_role_override: str | None = ref(
        "AWSRole", by="id", rel="RUNS_AS", wire="overrides.taskRoleArn"
    )
    execution_role_override: str | None = ref(
        "AWSRole", by="id", rel="USES_ROLE", wire="overrides.executionRoleArn"
    )
    images: list[str] | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call="-"
    )
    image_uris: list[str] | None = field("Images of its containers.", wire="containers[].image")
    image_digests: list[str] | None = field("Of these images.", wire="containers[].imageDigest")
    network_interface_ids: list[str] | None = ref(
        "AWSNetworkInterface", by="network_interface_id", rel="ATTACHED_TO", call="-"
    )
    subnets: list[str] | None = ref("AWSEC2Subnet", by="subnet_id", rel="IN_SUBNET", call="-")


class ContainerInstance(TaggedResource):
    """A machine that a cluster runs tasks on (DescribeContainerInstances)."""

    label = "AWSECSContainerInstance"
    identity = "arn:{partition}:ecs:{region}:{account}:container-instance/{cluster_name}/{name}"
    wire_case = "camel"

    id: str = field("ARN.", wire="containerInstanceArn")
    name: str | None = field("Id.", call="-")
    cluster_name: str | None = field("Name of the cluster.", call="-")
    cluster_arn: str | None = ref("AWSECSCluster", by="id", rel="PART_OF")
    instance_id: str | None = ref(
        ("AWSEC2Instance", "AWSSSMManagedInstance"),
        by="instance_id",
        rel="ATTACHED_TO",
        wire="ec2InstanceId",
    )
    status: str | None = field("ACTIVE, DRAINING …")
    agent_connected: bool | None = field("Its agent takes tasks.")
    agent_version: str | None = field("Version of the agent.", wire="versionInfo.agentVersion")
    running_tasks_count: int | None = field("Tasks it runs.")
    registered_at: Timestamp | None = field("When it joined the cluster.")


class TaskDefinition(TaggedResource):
    """What a task runs, as what and with which secrets (DescribeTaskDefinition).

    Only those that services and running tasks use are read, and the newest of every other family.
    Of environment variables and secrets only names are kept.
    """

    label = "AWSECSTaskDefinition"
    identity = "arn:{partition}:ecs:{region}:{account}:task-definition/{family}:{revision}"
    # Older revisions, and a family's newest by the family's name.
    listing_omits = ("arn:{partition}:ecs:{region}:{account}:task-definition/{family}",)
    wire_case = "camel"

    id: str = field("ARN.", wire="taskDefinitionArn")
    name: str | None = field("Family and revision.", call="-")
    family: str | None = field("Family.")
    revision: int | None = field("Revision.")
    status: str | None = field("ACTIVE or INACTIVE.")
    network_mode: str | None = field("awsvpc, bridge, host or none.")
    requires_compatibilities: list[str] | None = field("Launch types it is made for.")
    pid_mode: str | None = field("Whose processes its containers see.")
    task_role_arn: str | None = ref("AWSRole", by="id", rel="RUNS_AS")
    execution_role_arn: str | None = ref("AWSRole", by="id", rel="USES_ROLE")
    images: list[str] | None = ref(
        ("AWSECRRepository", "UnknownResource"), by="id", rel="USES_IMAGE", call="-"
    )
    image_uris: list[str] | None = field(
        "Images of its containers.", wire="containerDefinitions[].image"
    )
    images_by_digest: str | None = field(
        "Whether all, some or none of its images are named by digest, which no push changes.",
        call="-",
    )
    container_names: list[str] | None = field(
        "Names of its containers.", wire="containerDefinitions[].name"
    )
    privileged_containers: list[str] | None = field(
        "Containers with the rights of the host's root.", call="-"
    )
    writable_root_containers: list[str] | None = field(
        "Containers that may write to their root file system.", call="-"
    )
    environment_names: list[str] | None = field("Names of environment variables.", call="-")
    log_groups: list[str] | None = ref("AWSLogGroup", by="id", rel="LOGS_TO", call="-")
    secrets: list[str] | None = ref(
        ("AWSSecret", "AWSSSMParameter", "UnknownResource"),
        by=("id", "partial_arn"),
        rel="USES_SECRET",
        call="-",
    )
    file_system_ids: list[str] | None = field(
        "EFS file systems it mounts.", wire="volumes[].efsVolumeConfiguration.fileSystemId"
    )


class ECS(AWSCollector):
    """Clusters and all that runs in them."""

    service = "ecs"
    permissions = (
        "ecs:DescribeClusters",
        "ecs:DescribeContainerInstances",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListClusters",
        "ecs:ListContainerInstances",
        "ecs:ListServices",
        "ecs:ListTaskDefinitionFamilies",
        "ecs:ListTasks",
    )

    @lists(
        Cluster,
        Service,
        Task,
        ContainerInstance,
        TaskDefinition,
        through={TaskDefinition: (Service, Task)},
    )
    def clusters(self, api: AWSApi) -> Iterator[Resource]:
        """Clusters, what is listed by cluster, the definitions that this uses, and the newest
        revision of every other one."""
        arns = list(api.pages("list_clusters", "clusterArns"))

        def content(cluster: str) -> list[Service | Task | ContainerInstance]:
            services = list(_services(api, cluster))
            return [
                *services,
                *_tasks(api, cluster, services),
                *_container_instances(api, cluster),
            ]

        yield from _clusters(api, arns)
        found = list(chain.from_iterable(api.each(content, arns)))
        yield from found
        used = {each.task_definition for each in found if isinstance(each, Service)}
        used |= {arn for each in found if isinstance(each, Service) for arn in each.task_sets or []}
        used |= {each.task_definition_arn for each in found if isinstance(each, Task)}

        def definition(arn: str) -> TaskDefinition:
            answer = api.read("describe_task_definition", taskDefinition=arn, include=["TAGS"])
            if answer is None:
                return TaskDefinition.unread(api.here, id=arn, name=_last(arn))
            return _definition(answer, api.here)

        definitions = list(api.each(definition, sorted(arn for arn in used if arn)))
        families = set(
            api.pages(
                "list_task_definition_families", "families", lists=TaskDefinition, status="ACTIVE"
            )
        )
        rest = sorted(families - {each.family for each in definitions})
        yield from definitions
        yield from filter(None, api.each(partial(_newest, api), rest))


def _newest(api: AWSApi, family: str) -> TaskDefinition | None:
    """The newest revision of a family; None if it could not be read, whose ARN nothing tells."""
    answer = api.read(
        "describe_task_definition", taskDefinition=family, include=["TAGS"], lists=TaskDefinition
    )
    return _definition(answer, api.here) if answer else None


def _clusters(api: AWSApi, arns: list[str]) -> Iterator[Cluster]:
    for batch in batches(arns, 100):
        answer = api.read(
            "describe_clusters", clusters=batch, include=["CONFIGURATIONS", "SETTINGS", "TAGS"]
        )
        if answer is None:
            yield from (Cluster.unread(api.here, id=arn, name=_last(arn)) for arn in batch)
            continue
        for raw in answer["clusters"]:
            settings = {setting["name"]: setting["value"] for setting in raw.get("settings", [])}
            yield Cluster.load(
                raw, api.here, container_insights=settings.get("containerInsights", "")
            )


def _services(api: AWSApi, cluster: str) -> Iterator[Service]:
    arns = api.details("list_services", "serviceArns", lists=Service, cluster=cluster)
    for batch in batches(arns or [], 10):
        answer = api.read(
            "describe_services",
            lists=TaskDefinition,
            cluster=cluster,
            services=batch,
            include=["TAGS"],
        )
        known = {"cluster_name": _last(cluster), "cluster_arn": cluster}
        if answer is None:
            yield from (Service.unread(api.here, id=arn, name=_last(arn), **known) for arn in batch)
        else:
            for raw in answer["services"]:
                controller = answered(raw, "deploymentController.type", "ECS")
                yield Service.load(raw, api.here, deployment_controller=controller, **known)


def _tasks(api: AWSApi, cluster: str, services: list[Service]) -> Iterator[Task]:
    by_group = {f"service:{service.name}": service.id for service in services}
    arns = api.details("list_tasks", "taskArns", lists=Task, cluster=cluster)
    for batch in batches(arns or [], 100):
        answer = api.read(
            "describe_tasks", lists=TaskDefinition, cluster=cluster, tasks=batch, include=["TAGS"]
        )
        known = {"cluster_name": _last(cluster), "cluster_arn": cluster}
        if answer is None:
            yield from (Task.unread(api.here, id=arn, name=_last(arn), **known) for arn in batch)
            continue
        for raw in answer["tasks"]:
            group = raw.get("group", "")
            yield Task.load(
                raw,
                api.here,
                name=_last(raw["taskArn"]),
                # A service that is not among those that could be listed is unread.
                service_arn=by_group.get(group) if group.startswith("service:") else "",
                images=_images(raw["containers"], api.here),
                network_interface_ids=_attachments(raw, "networkInterfaceId"),
                subnets=_attachments(raw, "subnetId"),
                **known,
            )


def _container_instances(api: AWSApi, cluster: str) -> Iterator[ContainerInstance]:
    arns = api.details(
        "list_container_instances",
        "containerInstanceArns",
        lists=ContainerInstance,
        cluster=cluster,
    )
    for batch in batches(arns or [], 100):
        answer = api.read(
            "describe_container_instances",
            cluster=cluster,
            containerInstances=batch,
            include=["TAGS"],
        )
        known = {"cluster_name": _last(cluster), "cluster_arn": cluster}
        if answer is None:
            yield from (
                ContainerInstance.unread(api.here, id=arn, name=_last(arn), **known)
                for arn in batch
            )
            continue
        for raw in answer["containerInstances"]:
            yield ContainerInstance.load(
                raw, api.here, name=_last(raw["containerInstanceArn"]), **known
            )


def _attachments(task: dict[str, Any], name: str) -> list[str]:
    return [
        detail["value"]
        for attachment in task.get("attachments", [])
        for detail in attachment.get("details", [])
        if detail["name"] == name
    ]


def _definition(answer: dict[str, Any], here: Location) -> TaskDefinition:
    raw = answer["taskDefinition"]
    containers = raw["containerDefinitions"]
    return TaskDefinition.load(
        raw,
        here,
        name=f"{raw['family']}:{raw['revision']}",
        images=_images(containers, here),
        images_by_digest=named_by_digest(each["image"] for each in containers if each.get("image")),
        privileged_containers=[each["name"] for each in containers if each.get("privileged")],
        writable_root_containers=[
            each["name"] for each in containers if not each.get("readonlyRootFilesystem")
        ],
        environment_names=sorted(
            {variable["name"] for each in containers for variable in each.get("environment", [])}
        ),
        log_groups=sorted({arn for each in containers for arn in _log_group(each, here)}),
        secrets=sorted({arn for each in containers for arn in _secrets(each, here)}),
        tags=answer.get("tags", []),
    )


def _images(containers: list[dict[str, Any]], here: Location) -> list[str]:
    uris = {container["image"] for container in containers if container.get("image")}
    return sorted({container_image(uri, here.partition) for uri in uris})


def _log_group(container: dict[str, Any], here: Location) -> Iterator[str]:
    options = answered(container, "logConfiguration.options", {})
    if group := options.get("awslogs-group"):
        region = options.get("awslogs-region") or here.region
        yield f"arn:{here.partition}:logs:{region}:{here.account}:log-group:{group}"


def _secrets(container: dict[str, Any], here: Location) -> Iterator[str]:
    """Secrets and parameters that a container is given, or that fetch its image and logs."""
    given = [secret["valueFrom"] for secret in container.get("secrets", [])]
    given += answered(container, "logConfiguration.secretOptions[].valueFrom", [])
    given.append(answered(container, "repositoryCredentials.credentialsParameter"))
    for value in filter(None, given):
        yield secret_or_parameter_arn(value, here)


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
