"""The SDK's clients. A scan makes one for every service in every region of every account, so what
they have in common is made once.

Left alone, the SDK keeps the models of all services in each session, and reads the certificates of
all authorities for each connection.
"""

import os
import socket
import threading
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from ..errors import CollectError
from ..options import Patience
from .answers import hold_to_the_model
from .listeners import shared
from .service_models import service_models
from .times import moment

_HOSTS = 64
"""To how many hosts connections are kept open."""
_LISTED_ASKED = 3
"""Of how many of a service's regions the host is looked up, to see whether any is found."""
_CONNECTIONS = 32
"""How many connections are kept open to one host."""
_ELSEWHERE = ("endpoint_url", "services", "use_fips_endpoint", "use_dualstack_endpoint")
"""How settings begin by which a service has another host."""
_MARK = "clew"
"""Begins the names of what is registered with a session, so that each is there once."""


class Clients:
    """Makes the clients of any number of sessions."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._models: dict[tuple[str, ...], Any] = {}
        self._transports: dict[Any, Any] = {}
        self._regions: dict[tuple[Any, str, str], list[str]] = {}
        self._offered: dict[tuple[str, str], bool] = {}
        self._lock = threading.RLock()

    def prepare(self, session: Any) -> None:
        """Lets the clients of a session share what is shared here, and hold answers to their model.

        :raises CollectError: if its bundle of certificates cannot be read.
        """
        inner = session._session
        paths = tuple(inner.get_component("data_loader").search_paths)
        with self._lock:
            if paths not in self._models:
                self._models[paths] = service_models(paths)
        inner.register_component("data_loader", self._models[paths])
        parsers = inner.get_component("response_parser_factory")
        parsers.set_parser_defaults(timestamp_parser=moment)
        bundle = inner.get_config_variable("ca_bundle")
        verify = bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._transport(verify, {})
        by_host: dict[tuple[str, str], Any] = {}

        def send(request: Any, **_: Any) -> Any:
            url = urlsplit(request.url)
            host = (url.scheme, url.netloc)
            if host not in by_host:
                by_host[host] = self._transport(verify, _proxies(request.url))
            return by_host[host].send(request)

        events = shared(inner.get_component("event_emitter"))
        # A name stands for one handler, whatever the event.
        for event, handler in (("before-send", send), ("before-parse", hold_to_the_model)):
            events.register(event, handler, unique_id=f"{_MARK} {event}")
        inner.register_component("event_emitter", events)

    def client(self, session: Any, service: str, region: str) -> Any:
        """A new client of a session that was prepared."""
        with self._lock:  # sessions are not safe to make clients from in several threads
            return session.client(service, region_name=region, config=self._config)

    def known_regions(self, session: Any, service: str, partition: str) -> list[str]:
        """The regions in which the SDK knows of a service; none if it does not know where it is."""
        key = (session._session.get_component("data_loader"), service, partition)
        with self._lock:
            if key not in self._regions:
                self._regions[key] = session.get_available_regions(
                    service, partition_name=partition
                )
            return self._regions[key]

    def offers(self, session: Any, service: str, region: str, partition: str) -> bool:
        """Whether a service may be found in a region: the SDK knows of it there, or may not know,
        as it lags behind, and there is a host of its name. No client is made to find out.

        That there is no host only counts where the same name system knows one that the SDK lists:
        it may know of nothing outside.
        """
        known = self.known_regions(session, service, partition)
        if not known or region in known:
            return True
        with self._lock:
            return self._has_host(session, service, region) or not any(
                self._has_host(session, service, listed) for listed in known[:_LISTED_ASKED]
            )

    def _has_host(self, session: Any, service: str, region: str) -> bool:
        if (service, region) not in self._offered:
            self._offered[service, region] = _has_host(session, service, region)
        return self._offered[service, region]

    def operation(self, session: Any, service: str, method: str) -> str:
        """What the API calls an operation that has this method in clients."""
        found: str = session._session.get_component("data_loader").operation(service, method)
        return found

    @cached_property
    def _config(self) -> Any:
        """How every client behaves: bounded adaptive retries, and time-outs."""
        from botocore.config import Config

        return Config(
            retries={"mode": "adaptive", "total_max_attempts": self._patience.attempts},
            connect_timeout=self._patience.connect_seconds,
            read_timeout=self._patience.read_seconds,
            user_agent_extra="clew",
            proxies={},  # what sends requests looks for the proxy of each host
        )

    def _transport(self, verify: str | bool, proxies: Mapping[str, str]) -> Any:
        key = (verify, *sorted(proxies.items()))
        with self._lock:
            if key not in self._transports:
                self._transports[key] = _transport(verify, proxies, self._patience)
            return self._transports[key]


def _proxies(url: str) -> dict[str, str]:
    """The proxies that the environment names for a URL, by scheme."""
    from botocore.utils import get_environ_proxies

    found: dict[str, str] = get_environ_proxies(url)
    return found


def _has_host(session: Any, service: str, region: str) -> bool:
    """Whether a service has a host in a region by its rules for their names; True unless the name
    system says that there is none, since settings or a proxy may know of another."""
    from botocore.endpoint_provider import EndpointProvider
    from botocore.exceptions import EndpointProviderError

    inner = session._session
    settings = {*inner.get_scoped_config(), *map(str.lower, os.environ)}
    if any(name.removeprefix("aws_").startswith(_ELSEWHERE) for name in settings):
        return True
    models = inner.get_component("data_loader")
    rules = models.load_service_model(service, "endpoint-rule-set-1")
    try:
        found = EndpointProvider(rules, models.load_data("partitions")).resolve_endpoint(
            Region=region
        )
    except EndpointProviderError:
        return True
    if _proxies(found.url).get("https"):
        return True
    try:
        socket.getaddrinfo(urlsplit(found.url).hostname, 443)
    except socket.gaierror as error:
        return error.errno != socket.EAI_NONAME
    return True


def _transport(verify: str | bool, proxies: Mapping[str, str], patience: Patience) -> Any:
    """What sends requests, over connections whose certificates are held against one bundle.

    :raises CollectError: if the bundle cannot be read.
    """
    sdk: Any = import_module("botocore.httpsession")
    context = sdk.create_urllib3_context()
    if verify:
        bundle = sdk.get_cert_path(verify)
        try:
            context.load_verify_locations(bundle)
        except OSError as error:
            why = error.strerror or error
            raise CollectError(f"The CA bundle {bundle} cannot be read: {why}.") from error

    class Transport(sdk.URLLib3Session):  # type: ignore[misc]
        """The SDK's own, but that it does not read the bundle again for each connection."""

        def _get_pool_manager_kwargs(self, **more: Any) -> Any:
            return super()._get_pool_manager_kwargs(
                **{"ssl_context": context, "num_pools": _HOSTS, **more}
            )

        def _setup_ssl_cert(self, conn: Any, url: str, verify: Any) -> None:
            super()._setup_ssl_cert(conn, url, verify)
            conn.ca_certs = None

    return Transport(
        verify=verify,
        proxies=dict(proxies),
        timeout=(patience.connect_seconds, patience.read_seconds),
        max_pool_connections=_CONNECTIONS,
    )
