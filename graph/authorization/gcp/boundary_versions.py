"""Which permissions a principal access boundary limits, by its enforcement version.

Each version limits what those before it do, and more. What no version up to its own lists it leaves
alone, however little of the resource its principals are eligible for.

Source: cloud.google.com/iam/docs/pab-blocked-permissions
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from ...logic import Truth
from .permissions import any_names

LATEST = 5
"""``latest``, and every version that is newer than what is listed here: what that limits besides is
not known."""

_Listed = Mapping[str, str]
"""By service: permissions, or patterns of them. ``resource.{a,b}`` stands for both verbs."""

_LISTED: Mapping[int, _Listed] = {
    1: {
        "accessapproval": "requests.list serviceaccounts.get settings.*",
        "accesscontextmanager": "*",
        "aiplatform": "*",
        "bigquery": (
            "datasets.{create,delete,get,setIamPolicy,update} jobs.{create,delete,get,list} "
            "models.{create,delete,list,updateMetadata} routines.{create,delete,list,update}"
        ),
        "binaryauthorization": "*",
        "dataflow": "jobs.* messages.list metrics.get snapshots.list workItems.*",
        "datastore": "databases.{create,delete,get,getMetadata,list}",
        "firebaserules": "*",
        "gkehub": (
            "features.* fleet.{create,get,patch} locations.* membershipbindings.* memberships.* "
            "rbacrolebindings.* scopes.*"
        ),
        "logging": "logEntries.create logMetrics.*",
        "pubsub": "*",
        "redis": "instances.{create,delete,failover,get,getAuthString,list,update,upgrade}",
        "run": (
            "authorizeddomains.* configurations.{get,list} domainmappings.* executions.* "
            "jobs.{create,delete,get,list,run} revisions.* routes.{get,list} "
            "services.{create,delete,get,list,update} tasks.*"
        ),
        "storage": (
            "buckets.{get,getIamPolicy,list,setIamPolicy,update} hmacKeys.update "
            "objects.{delete,get,setRetention}"
        ),
    },
    2: {
        "accesscontextmanager": "*",
        "beyondcorp": "*",
        "bigquery": "datasets.* jobs.* models.* routines.* rowAccessPolicies.* tables.*",
        "bigquerydatapolicy": "*",
        "bigquerydatatransfer": "transfers.*",
        "billing": "budgets.*",
        "cloudasset": "*",
        "cloudbuild": "*",
        "cloudresourcemanager": "*",
        "cloudtrace": "*",
        "compute": (
            "networkAttachments.* networkEdgeSecurityServices.* regionSecurityPolicies.* routers.* "
            "securityPolicies.* serviceAttachments.*"
        ),
        "containeranalysis": "*",
        "firebaserules": "*",
        "gkemulticloud": "*",
        "iap": "*",
        "meshconfig": "*",
        "monitoring": "*",
        "networkmanagement": "*",
        "networkservices": "edgeCacheKeysets.* edgeCacheOrigins.* edgeCacheServices.*",
        "recaptchaenterprise": "*",
        "redis": "*",
        "storage": (
            "bucketOperations.* buckets.* folders.* hmacKeys.* managedFolders.* "
            "multipartUploads.* objects.*"
        ),
        "videostitcher": "*",
    },
    3: {
        "apikeys": "apikeys.* keys.*",
        "artifactregistry": "*",
        "bigtable": "*",
        "bigtableadmin": "*",
        "cloudfunctions": "*",
        "cloudkms": (
            "autokeyConfigs.* cryptoKeyVersions.{create,destroy,get,list,restore,update,"
            "useToDecrypt,useToEncrypt,useToSign,useToVerify,viewPublicKey} ekmConfigs.* "
            "importJobs.* keyHandles.* keyRings.*"
        ),
        "cloudsql": "*",
        "compute": (
            "addresses.* backendBuckets.* backendServices.* externalVpnGateways.* "
            "firewallPolicies.* firewalls.* forwardingRules.* globalAddresses.* "
            "globalForwardingRules.* healthChecks.* httpHealthChecks.* httpsHealthChecks.* "
            "interconnectAttachments.* interconnectLocations.* interconnectRemoteLocations.* "
            "interconnects.* networks.* packetMirrorings.* publicAdvertisedPrefixes.* "
            "publicDelegatedPrefixes.* regionBackendServices.* regionFirewallPolicies.* "
            "regionHealthChecks.* regionSslPolicies.* regionTargetHttpProxies.* "
            "regionTargetTcpProxies.* regionUrlMaps.* routes.* sslPolicies.* subnetworks.* "
            "targetGrpcProxies.* targetHttpProxies.* targetHttpsProxies.* targetInstances.* "
            "targetPools.* targetSslProxies.* targetTcpProxies.* targetVpnGateways.* urlMaps.* "
            "vpnGateways.*"
        ),
        "container": "*",
        "datalineage": "events.* locations.* operations.* processes.* runs.*",
        "dataplex": (
            "aspectTypes.* datascans.* entries.* entryGroups.{create,delete,get,getIamPolicy,"
            "import,list,setIamPolicy,update,useContactsAspect,useGenericAspect,useGenericEntry,"
            "useOverviewAspect,useSchemaAspect} entryTypes.* metadataJobs.*"
        ),
        "dataproc": (
            "autoscalingPolicies.* batches.* clusters.* jobs.* operations.* sessionTemplates.* "
            "sessions.* workflowTemplates.*"
        ),
        "datastore": (
            "backupSchedules.* backups.{delete,get,list} databases.* entities.* indexes.* "
            "locations.* operations.* userCreds.*"
        ),
        "dns": "*",
        "essentialcontacts": "contacts.*",
        "gkehub": "fleets.*",
        "gkeonprem": "*",
        "iam": "denypolicies.* roles.* serviceAccountKeys.* serviceAccounts.*",
        "networkmanagement": "*",
        "networkservices": (
            "endpointPolicies.* gateways.* grpcRoutes.* httpRoutes.* httpfilters.* meshes.* "
            "route_views.* serviceBindings.* serviceLbPolicies.* tcpRoutes.* tlsRoutes.*"
        ),
        "orgpolicy": "*",
        "pubsub": "*",
        "servicemanagement": "services.{check,report}",
        "serviceusage": "apiKeys.*",
        "spanner": "*",
        "trafficdirector": "*",
        "workflows": "*",
    },
    4: {
        "alloydb": "*",
        "analyticshub": "dataExchanges.*",
        "apphub": "*",
        "backupdr": (
            "backupPlanAssociations.{create,createForAlloydbCluster,createForCloudSqlInstance,"
            "createForComputeDisk,createForComputeInstance,deleteForAlloydbCluster,"
            "deleteForCloudSqlInstance,deleteForComputeDisk,deleteForComputeInstance,"
            "fetchForAlloydbCluster,fetchForCloudSqlInstance,fetchForComputeDisk,"
            "fetchForComputeInstance,getForAlloydbCluster,getForCloudSqlInstance,"
            "getForComputeDisk,getForComputeInstance,list} backupPlanRevisions.* backupPlans.* "
            "backupVaults.* bvbackups.* bvdataSources.{abandonBackup,fetchAccessToken,"
            "finalizeBackup,get,initiateBackup,list,remove,setInternalStatus,update} compute.* "
            "dataSourceReferences.{fetchForAlloydbCluster,fetchForCloudSqlInstance,"
            "fetchForFilestoreInstance,list} locations.* managementServers.{create,"
            "createConnection,delete,get,getIamPolicy,list,setIamPolicy,update} operations.* "
            "serviceConfig.*"
        ),
        "bigquery": "capacityCommitments.* datasources.* readsessions.* reservations.* transfers.*",
        "cloudasset": "*",
        "clouddeploy": "*",
        "cloudkms": "*",
        "cloudquotas": "*",
        "cloudsecurityscanner": "*",
        "cloudtranslate": "*",
        "composer": "*",
        "confidentialcomputing": "*",
        "config": "*",
        "connectors": "*",
        "contactcenteraiplatform": "*",
        "dataform": "*",
        "datafusion": (
            "instances.* locations.* namespaces.{getIamPolicy,list,setIamPolicy} operations.*"
        ),
        "datamigration": "*",
        "datastream": "*",
        "dlp": (
            "charts.* columnDataProfiles.* connections.* deidentifyTemplates.* estimates.* "
            "fileStoreProfiles.* inspecttemplates.* jobTriggers.* jobs.* projectDataProfiles.* "
            "storedInfoTypes.* subscriptions.* tableDataProfiles.*"
        ),
        "documentai": "*",
        "file": "*",
        "firebasestorage": "*",
        "gkebackup": "*",
        "iam": (
            "oauthClientCredentials.* oauthClients.* workforcePoolProviderKeys.* "
            "workforcePoolProviders.* workforcePoolSubjects.* workforcePools.* "
            "workloadIdentityPoolNamespaces.* workloadIdentityPoolProviderKeys.* "
            "workloadIdentityPoolProviders.* workloadIdentityPools.*"
        ),
        "integrations": "*",
        "kubernetesmetadata": "*",
        "livestream": "*",
        "metastore": (
            "backups.* databases.{delete,getIamPolicy,setIamPolicy,update} federations.* "
            "imports.* locations.* operations.* services.* "
            "tables.{delete,getIamPolicy,setIamPolicy,update}"
        ),
        "networkconnectivity": (
            "groups.* hubRouteTables.* hubRoutes.* hubs.* internalRanges.* policyBasedRoutes.* "
            "regionalEndpoints.* spokes.*"
        ),
        "parallelstore": "*",
        "policysimulator": "*",
        "privateca": "*",
        "recommender": "*",
        "secretmanager": "*",
        "securesourcemanager": (
            "branchRules.* hooks.* instances.{access,create,delete,get,getIamPolicy,"
            "linkDeveloperConnect,list,setIamPolicy} issuecomments.* issues.* locations.* "
            "operations.* prcomments.* pullRequests.* repositories.{create,delete,fetch,get,"
            "getIamPolicy,list,setIamPolicy,update}"
        ),
        "securitycenter": "*",
        "securitycentermanagement": "*",
        "servicemanagement": (
            "consumers.{getIamPolicy,setIamPolicy} services.{create,delete,get,getIamPolicy,list,"
            "setIamPolicy,update}"
        ),
        "serviceusage": "*",
        "vpcaccess": "*",
        "workstations": "*",
    },
}
_BINDINGS = (
    "*.createPolicyBinding *.deletePolicyBinding *.searchPolicyBindings *.updatePolicyBinding"
)
_TAGS = "*.createTagBinding *.deleteTagBinding *.listEffectiveTags *.listTagBindings"
_EXCEPTED: Mapping[int, _Listed] = {
    1: {
        "accesscontextmanager": "gcpUserAccessBindings.*",
        "aiplatform": "operations.*",
        "dataflow": "jobs.snapshot",
        "gkehub": _TAGS,
        "pubsub": ("*.getIamPolicy *.setIamPolicy schemas.{delete,validate} subscriptions.consume"),
    },
    2: {
        "cloudresourcemanager": _BINDINGS,
        "monitoring": "metricsScopes.link timeSeries.list",
    },
    3: {
        "cloudkms": "importJobs.useToImport",
        "iam": (
            "serviceAccounts.{createTagBinding,deleteTagBinding,getCertificateAs,"
            "listEffectiveTags,listTagBindings}"
        ),
    },
    4: {
        "alloydb": "databases.*",
        "backupdr": (
            "bvbackups.{useReadOnlyForAlloydbCluster,useReadOnlyForCloudSqlInstance,"
            "useReadOnlyForFilestoreInstance}"
        ),
        "cloudkms": "locations.{get,list}",
        "cloudtranslate": "custommodels.* translationmemories.*",
        "connectors": "connections.{executeSqlQuery,generateOpenAPISpec,listenEvent}",
        "dataform": "comments.* commentsnested.* commentthreads.* commentthreadsnested.*",
        "datamigration": "mappingrules.*",
        "iam": _BINDINGS,
        "integrations": (
            "apigeeauthconfigs.* apigeecertificates.* apigeeintegrations.* "
            "apigeeintegrationvers.* apigeeproducts.* apigeesfdcchannels.* apigeesfdcinstances.* "
            "apigeesuspensions.* integrations.{deploy,update} locations.* securityauthconfigs.* "
            "securityexecutions.* securityintegrations.* "
            "securityintegrationvers.{delete,deploy,list} securityintegtemps.* "
            "securityproducts.* sfdcchannels.{create,list} workflows.*"
        ),
        "metastore": "federations.use services.use",
    },
}
"""What a version leaves alone though it falls under one of its patterns."""


def version(text: str | None) -> int | None:
    """The number of a version; None for one that is not known."""
    if text == "latest":
        return LATEST
    return int(text) if text and text.isascii() and text.isdecimal() and int(text) else None


def limits(number: int | None, asked: str) -> Truth:
    """Whether a boundary of a version limits a permission; None if that is not known."""
    if any(_lists(each, asked) for each in _LISTED if each <= (number or 1)):
        return True
    return None if number is None or number >= LATEST else False


@cache
def _lists(number: int, asked: str) -> bool:
    is_excepted = any_names(_named(_EXCEPTED[number]), asked)
    return bool(any_names(_named(_LISTED[number]), asked)) and not is_excepted


def _named(listed: _Listed) -> Iterable[str]:
    """What is listed, as denials name permissions."""
    for service, texts in listed.items():
        for text in texts.split():
            for each in _verbs(text):
                yield f"{service}.googleapis.com/{each}"


def _verbs(text: str) -> Iterator[str]:
    resource, _, verbs = text.partition(".{")
    yield from (f"{resource}.{verb}" for verb in verbs.rstrip("}").split(",")) if verbs else (text,)
