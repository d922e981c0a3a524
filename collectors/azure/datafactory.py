"""Azure Data Factory: factories, their pipelines, and what they connect to."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...graph.model import Location, field, ref
from ..shape import Shape
from .base import AzureCollector, Host, Identified, Part, PlatformService, listing

_API_VERSION = "2018-06-01"
_PLACES = ("url", "baseUrl", "accountEndpoint", "serviceEndpoint", "server", "domain")
"""Members that name where a linked service lies."""


class DataFactory(PlatformService, Identified):
    """A data factory (Resource Graph: resources)."""

    label = "AzureDataFactory"
    arm_type = "Microsoft.DataFactory/factories"

    repository: str | None = field(
        "Repository that it is kept in; else empty.", wire="repoConfiguration.repositoryName"
    )
    encryption_vault: Host | None = field(
        "Host of the vault that holds its key; else empty.", wire="encryption.vaultBaseUrl"
    )
    purview: str | None = field(
        "Purview account that it tells of data; else empty.",
        wire="purviewConfiguration.purviewResourceId",
    )


class DataFactoryPipeline(Part):
    """A pipeline of a factory (Pipelines - List By Factory)."""

    label = "AzureDataFactoryPipeline"
    arm_type = "Microsoft.DataFactory/factories/pipelines"
    api_version = _API_VERSION

    factory: str | None = ref("AzureDataFactory", by="id", rel="PART_OF", wire="containedIn")
    activities: list[str] | None = field("Names of what it does.", wire="activities[].name")


class DataFactoryLinkedService(Part):
    """What a factory connects to, without its credentials (Linked Services - List By Factory)."""

    label = "AzureDataFactoryLinkedService"
    arm_type = "Microsoft.DataFactory/factories/linkedServices"
    api_version = _API_VERSION
    shape: ClassVar[Shape] = {"typeProperties": {}}

    factory: str | None = ref("AzureDataFactory", by="id", rel="PART_OF", wire="containedIn")
    service_type: str | None = field(
        "AzureBlobStorage, AzureKeyVault, AzureSqlDatabase and others.", wire="properties.type"
    )
    host: Host | None = ref(
        (
            "AzureStorageAccount",
            "AzureKeyVault",
            "AzureSQLServer",
            "AzureCosmosDBAccount",
            "AzureAppService",
            "UnknownResource",
        ),
        by=("hosts", "host"),
        rel="CONNECTS_TO",
        wire="-",
    )
    integration_runtime: str | None = field(
        "Name of what runs it; empty is Azure's own.", wire="connectVia.referenceName"
    )

    @classmethod
    def load(cls, raw: Mapping[str, Any], here: Location, **known: Any) -> Self:
        """Makes the service out of the member that names its place; what is worked out when it
        runs, or kept in a vault, is not known."""
        properties = raw.get("typeProperties") or {}
        named = (properties.get(name) for name in _PLACES)
        first = next((each for each in named if each), "")
        place = first if isinstance(first, str) else None
        return super().load(raw, here, **{"host": place, **known})


class DataFactoryIntegrationRuntime(Part):
    """What runs a factory's work (Integration Runtimes - List By Factory)."""

    label = "AzureDataFactoryIntegrationRuntime"
    arm_type = "Microsoft.DataFactory/factories/integrationRuntimes"
    api_version = _API_VERSION

    factory: str | None = ref("AzureDataFactory", by="id", rel="PART_OF", wire="containedIn")
    runtime_type: str | None = field("Managed or SelfHosted.", wire="properties.type")


class DataFactories(AzureCollector):
    """Data factories."""

    service = "datafactory"

    factories = listing(
        DataFactory,
        DataFactoryPipeline,
        DataFactoryLinkedService,
        DataFactoryIntegrationRuntime,
    )
