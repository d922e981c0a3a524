"""Azure Cache for Redis."""

from ...graph.model import field, ref
from .base import AzureCollector, Host, Identified, PlatformService, listing


class RedisCache(PlatformService, Identified):
    """A Redis cache (Resource Graph: resources)."""

    label = "AzureRedisCache"
    arm_type = "Microsoft.Cache/redis"

    host: Host | None = field("Host that answers for it.", wire="hostName")
    non_ssl_port: bool | None = field("It answers without TLS.", wire="enableNonSslPort")
    minimum_tls_version: str | None = field("Oldest TLS that is answered.")
    access_keys_disabled: bool | None = field(
        "Its keys open nothing.", wire="disableAccessKeyAuthentication"
    )
    subnet: str | None = ref("AzureSubnet", by="id", rel="IN_SUBNET", wire="subnetId")


class Redis(AzureCollector):
    """Redis caches."""

    service = "redis"

    caches = listing(RedisCache)
