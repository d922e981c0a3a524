"""Services of Google Cloud's platform that the internet reaches."""

from ...check import Category, Check, Severity
from ...reach import reached

_SETTINGS = (
    "Ranges count as the internet from a /8 of IPv4 on, all together; Google's own addresses do "
    "not count. Passwords, certificates and tokens may still protect it: they are other checks' "
    "matter."
)
_IAM = (
    "Roles count wherever they are given, on the resource or above it, less what deny policies "
    "stop: to `allUsers`, who need not sign in, and to `allAuthenticatedUsers`, who need any "
    "Google account."
)


def _check(
    id_: str,
    service: str,
    label: str,
    words: str,
    what: str,
    why: str,
    command: str,
    severity: Severity = Severity.HIGH,
) -> Check:
    return Check(
        id=id_,
        title=f"Not everybody reaches {words}",
        provider="gcp",
        service=service,
        severity=severity,
        categories=(Category.EXPOSURE,),
        resource=label,
        what=f"{what} What decides and could not be read makes it MANUAL.",
        why=why,
        remediation=command,
        passes="Not everybody reaches {resource}.",
        fails="Everybody reaches {resource} on port {first}, {path}.",
        rule=reached(label),
        references=("https://docs.cloud.google.com/architecture/framework/security",),
    )


family = (
    _check(
        "cloudsql_instance_open_to_internet",
        "cloudsql",
        "GCPCloudSQLInstance",
        "databases",
        "The instance has no public address, or its authorized networks are narrow. " + _SETTINGS,
        "A guessed or leaked password, or a flaw, is enough for anyone who gets that far.",
        "gcloud sql instances patch INSTANCE --no-assign-ip",
    ),
    _check(
        "gke_control_plane_open_to_internet",
        "container",
        "GKECluster",
        "control planes of clusters",
        "The control plane has no public address, or only narrow networks reach it. " + _SETTINGS,
        "A leaked credential works from anywhere, and so does a flaw in the API server.",
        "gcloud container clusters update CLUSTER --enable-master-authorized-networks "
        "--master-authorized-networks=RANGES",
        severity=Severity.MEDIUM,
    ),
    _check(
        "cloudstorage_bucket_open_to_internet",
        "storage",
        "GCPBucket",
        "buckets",
        "Neither IAM nor, where they count, access control lists of the bucket let everybody read "
        "or list its objects, or public access is prevented, by the bucket or by an organization "
        "policy. " + _IAM,
        "Public buckets are found by their names, and what is in them is copied.",
        "gcloud storage buckets update gs://BUCKET --public-access-prevention",
    ),
    _check(
        "bigquery_dataset_open_to_internet",
        "bigquery",
        "GCPBigQueryDataset",
        "datasets",
        "Neither the dataset's own entries nor IAM above it let everybody read it. " + _IAM,
        "Anyone with a Google account queries what is in it.",
        "bq update --source FILE PROJECT:DATASET, without allUsers and allAuthenticatedUsers",
    ),
    _check(
        "cloudrun_service_open_to_internet",
        "run",
        "GCPCloudRunService",
        "services of Cloud Run",
        "Its ingress keeps the internet out, directly and behind load balancers, or not everybody "
        "may invoke it. Identity-Aware Proxy and Cloud Armor's rules on addresses count. " + _IAM,
        "Whatever flaw the service has is everybody's, with the service's account.",
        "gcloud run services update SERVICE --region=REGION --invoker-iam-check --ingress=internal",
        severity=Severity.MEDIUM,
    ),
    _check(
        "cloudfunction_open_to_internet",
        "functions",
        "GCPCloudFunction",
        "functions",
        "Its ingress keeps the internet out, or not everybody may invoke it; functions that only "
        "events start are not reached. " + _IAM,
        "Whatever flaw the function has is everybody's, with the function's account.",
        "gcloud functions deploy FUNCTION --ingress-settings=internal-only "
        "--no-allow-unauthenticated",
        severity=Severity.MEDIUM,
    ),
)
