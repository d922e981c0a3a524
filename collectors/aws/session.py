"""AWS credentials, accounts, regions, and the calls that collectors make."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import chain
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from ...graph.model import Coverage, Location, Resource, Status
from ..api import Api, Limits
from ..collector import Collector
from ..errors import CollectError
from ..failure import AnswerError, ErrorCodes, Failure
from ..paging import Pages
from ..shape import hold
from .clients import Clients

_CODES = ErrorCodes(
    throttled=(
        "Throttl",
        "TooManyRequests",
        "RequestLimitExceeded",
        "SlowDown",
        "BandwidthLimit",
    ),
    unsupported=(
        "InvalidAction",
        "NotImplemented",
        "SubscriptionRequired",
        "UnknownOperation",
        "UnsupportedOperation",
    ),
    denied=(
        "AccessDenied",
        "AuthorizationError",
        "Forbidden",
        "NotAuthorized",
        "UnauthorizedOperation",
        "OptInRequired",
        "UnrecognizedClient",
        "InvalidClientTokenId",
        "AuthFailure",
    ),
)

PERMISSIONS = (
    "ec2:DescribeRegions",
    "organizations:ListAccounts",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
)
"""What finding the accounts and regions of a scan needs."""

_ENABLED_BY_DEFAULT = frozenset(
    f"{area}-{number}"
    for area, numbers in {
        "ap-northeast": (1, 2, 3),
        "ap-south": (1,),
        "ap-southeast": (1, 2),
        "ca-central": (1,),
        "eu-central": (1,),
        "eu-north": (1,),
        "eu-west": (1, 2, 3),
        "sa-east": (1,),
        "us-east": (1, 2),
        "us-west": (1, 2),
    }.items()
    for number in numbers
)
"""The regions of the partition ``aws`` that no account can switch off. All that came after March
2019 are off until an account switches them on."""


@dataclass
class AWSApi(Api):
    """Calls to one AWS service (and its siblings) in one account and region."""

    account: "AWSAccount" = field(kw_only=True)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str = "", region: str = "") -> Any:
        """The SDK's client for this account; the collector's own service and region by default.

        It lives as long as this object, or another that uses it: clients are large, and a scan has
        one for every service in every region.
        """
        key = (service or self.service, region or self.here.region)
        if key not in self._clients:
            self._clients[key] = self.account.client(*key)
        return self._clients[key]

    def pages(
        self,
        operation: str,
        key: str = "",
        *,
        service: str = "",
        lists: type[Resource] | None = None,
        **params: Any,
    ) -> Iterator[Any]:
        """All items of a listing, over all of its pages.

        ``operation`` is the SDK's method (``describe_trails``), ``key`` a dotted path to the items
        in its answer; without one the items are the pages themselves. If a page cannot be had the
        listing ends and its labels are incomplete: all that the collector's method lists, or only
        the one that this call ``lists``.
        """
        name = self._name(operation, service)
        return self.list_through(name, lambda: self._paged(operation, key, service, params), lists)

    def details(
        self,
        operation: str,
        key: str,
        *,
        service: str = "",
        lists: type[Resource] | None = None,
        **params: Any,
    ) -> list[Any] | None:
        """All items, over all pages, of a listing that describes one resource; None if it fails.

        Where the items are resources too, ``lists`` is their model: its label is then incomplete.
        """
        return self.read_through(
            self._name(operation, service),
            lambda: [*chain.from_iterable(self._paged(operation, key, service, params))],
            lists=lists,
        )

    def read(
        self,
        operation: str,
        *,
        absent: Iterable[str] = (),
        service: str = "",
        region: str = "",
        lists: type[Resource] | None = None,
        **params: Any,
    ) -> dict[str, Any] | None:
        """One call's answer; ``{}`` if it ends with a code that means "there is none"; None if it
        fails, so that what it would have answered stays unread. Where the answer is all that lists
        a label, ``lists`` is its model: the label is then incomplete."""
        return self.read_through(
            self._name(operation, service),
            lambda: getattr(self.client(service, region), operation)(**params),
            absent,
            {},
            lists,
        )

    def scans(self, region: str) -> bool:
        """Whether the scan reads this region of the account."""
        return region in self.account.regions

    def classify(self, error: Exception) -> Failure | None:
        """What a botocore exception means."""
        return classify(error)

    def _name(self, operation: str, service: str) -> str:
        name: str = self.client(service).meta.method_to_api_mapping[operation]
        return f"{service}:{name}" if service and service != self.service else name

    def _paged(
        self, operation: str, key: str, service: str, params: dict[str, Any]
    ) -> Iterator[Sequence[Any]]:
        """The items of each page."""
        from botocore.exceptions import EndpointConnectionError

        try:
            yield from self._answers(operation, key, service, params)
        except EndpointConnectionError:
            # Where a service is not offered it has no endpoint, and nobody has anything there.
            if self.account.may_offer(service or self.service, self.here.region):
                raise

    def _answers(
        self, operation: str, key: str, service: str, params: dict[str, Any]
    ) -> Iterator[Sequence[Any]]:
        client = self.client(service)
        pages = Pages(self._name(operation, service))
        if client.can_paginate(operation):
            answers = client.get_paginator(operation).paginate(**params)
        else:
            answers = _by_token(getattr(client, operation), params, pages)
        output = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        ).output_shape
        for answer in answers:
            pages.follow()
            yield _listed(answer, key, output) if key else [answer]


_TOKENS = (("NextToken", "NextToken"), ("nextToken", "nextToken"), ("nextPageToken", "pageToken"))
"""What the token of a next page is called in an answer, and where it is asked for."""


def _by_token(
    call: Callable[..., dict[str, Any]], params: dict[str, Any], pages: Pages
) -> Iterator[Any]:
    """The pages of an operation that the SDK has no paginator for; one page if it has no tokens."""
    while True:
        answer = call(**params)
        yield answer
        name, asked = next((each for each in _TOKENS if each[0] in answer), _TOKENS[0])
        token = answer.get(name)
        if not token:
            return
        pages.follow(token)
        params = {**params, asked: token}


def _listed(answer: Mapping[str, Any], key: str, shape: Any) -> Sequence[Any]:
    """The items of a page at a dotted path.

    A list is there though it is empty, unless its wire form has no element of its own.

    :raises AnswerError: if it is not there.
    """
    value: Any = answer
    for part in key.split("."):
        shape = shape.members[part]
        if part not in value and not shape.serialization.get("flattened"):
            raise AnswerError.malformed(f"{part} is missing where it is listed")
        value = value.get(part) or []
    items: Sequence[Any] = value
    return items


def classify(error: Exception) -> Failure | None:
    """What a botocore exception means; None for any other exception."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ClientError):
        answered = error.response.get("Error", {})
        http = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return _CODES.failure(str(answered.get("Code", "")), http, str(answered.get("Message", "")))
    if isinstance(error, AnswerError):
        return error.failure
    if isinstance(error, BotoCoreError | ResponseParserError):
        return Failure.named_after(error, str(error))
    return None


@dataclass
class AWSAccount:
    """An AWS account and the session that reads it."""

    id: str
    partition: str
    session: Any
    regions: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    reachable: bool = True
    provider: str = "aws"
    clients: Clients = field(default_factory=Clients)
    _in_use: "WeakValueDictionary[tuple[str, str], Any]" = field(
        default_factory=WeakValueDictionary
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.clients.prepare(self.session)
        self.session.events.register("before-sign.s3-control", self._address_emulator)

    def api(self, collector: type[Collector], region: str, limits: Limits) -> AWSApi:
        """What a collector reads this account through."""
        here = Location(self.id, region, self.partition)
        return AWSApi("aws", collector.service, here, limits, account=self)

    def client(self, service: str, region: str) -> Any:
        """The client that is in use, or a new one; a global service's lies in the partition's home
        region."""
        key = (service, region if region != "global" else self.home)
        with self._lock:
            client = self._in_use.get(key)
            if client is None:
                client = self.clients.client(self.session, *key)
                if _is_address(urlsplit(client.meta.endpoint_url).hostname):
                    client.meta.config.inject_host_prefix = False
                self._in_use[key] = client
        return client

    def may_offer(self, service: str, region: str) -> bool:
        """Whether the SDK knows of a service in a region, or does not know where it is at all."""
        known = self.clients.known_regions(self.session, service, self.partition)
        return not known or region == "global" or region in known

    def _address_emulator(self, request: Any, **_: Any) -> None:
        """Takes the account out of the host name, where the SDK's endpoint rules put it for
        s3control, if what is left is an IP address: an emulator's, with no names below it."""
        account, _dot, host = (urlsplit(request.url).hostname or "").partition(".")
        if account == self.id and _is_address(host):
            request.url = request.url.replace(f"{self.id}.", "", 1)

    @property
    def home(self) -> str:
        """The region whose endpoints serve what is global in the partition."""
        return {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}.get(
            self.partition, "us-east-1"
        )


def _is_address(host: str | None) -> bool:
    """Whether a host is an IP address: an emulator's, with no names below it."""
    with suppress(ValueError):
        return bool(ip_address(host or ""))
    return False


@dataclass(frozen=True)
class AWSOptions:
    """Which accounts and regions of AWS to scan, and with whose credentials."""

    profiles: Sequence[str] = ()
    roles: Sequence[str] = ()
    """ARNs of roles to assume, each in the account to scan."""
    external_id: str = ""
    org_role: str = ""
    """Name of a role in every account of the organization."""
    regions: Sequence[str] = ()


def connect(options: AWSOptions) -> list[AWSAccount]:
    """The accounts that the options name, each with a session and its regions.

    :raises CollectError: where no credentials can be had, or a profile or region does not exist.
    """
    accounts: dict[str, AWSAccount] = {}
    clients = Clients()
    for profile in options.profiles or [""]:
        for account in _accounts_of(_identify(_session(profile), clients), options):
            accounts.setdefault(account.id, account)
    for account in accounts.values():
        if account.reachable:
            _find_regions(account, options.regions)
    return list(accounts.values())


def _session(profile: str) -> Any:
    try:
        import boto3
        from botocore.exceptions import ProfileNotFound
    except ModuleNotFoundError:
        raise CollectError("AWS needs its extra: pip install 'clew[aws]'") from None
    try:
        return boto3.Session(profile_name=profile or None)
    except ProfileNotFound:
        known = ", ".join(sorted(boto3.Session().available_profiles)) or "none"
        raise CollectError(
            f"There is no AWS profile '{profile}'. Profiles found: {known}."
        ) from None


def _accounts_of(own: AWSAccount, options: AWSOptions) -> list[AWSAccount]:
    if options.org_role:
        client = own.client("organizations", "global")
        try:
            pages = client.get_paginator("list_accounts").paginate()
            members = [member for page in pages for member in page["Accounts"]]
            for member in members:
                hold({}, member, ("Id", "Status"))
        except Exception as error:
            raise _refused("list the organization's accounts", error) from error
        active = [member["Id"] for member in members if member["Status"] == "ACTIVE"]
        roles = [
            f"arn:{own.partition}:iam::{member}:role/{options.org_role}"
            for member in active
            if member != own.id
        ]
        return [own, *(_assume(own, role, options.external_id) for role in roles)]
    if options.roles:
        return [_assume(own, role, options.external_id) for role in options.roles]
    return [own]


def _identify(session: Any, clients: Clients) -> AWSAccount:
    """The account that a session's own credentials are of."""
    clients.prepare(session)
    try:
        sts = clients.client(session, "sts", session.region_name or "us-east-1")
        identity = sts.get_caller_identity()
        hold({}, identity, ("Account", "Arn"))
    except Exception as error:
        raise _refused("ask who you are", error) from error
    partition = identity["Arn"].split(":")[1]
    return AWSAccount(identity["Account"], partition, session, clients=clients)


def _assume(own: AWSAccount, role: str, external_id: str) -> AWSAccount:
    """The account of a role; an unreachable one, with the reason in its coverage, if the role
    may not be assumed."""
    import boto3
    import botocore.session
    from botocore.credentials import RefreshableCredentials

    parts = role.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):
        raise CollectError(f"'{role}' is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME).")
    account = parts[4]
    more = {"ExternalId": external_id} if external_id else {}

    sts = own.client("sts", own.session.region_name or own.home)

    def fetch() -> dict[str, Any]:
        answer = sts.assume_role(RoleArn=role, RoleSessionName="clew", **more)["Credentials"]
        return {
            "access_key": answer["AccessKeyId"],
            "secret_key": answer["SecretAccessKey"],
            "token": answer["SessionToken"],
            "expiry_time": answer["Expiration"].isoformat(),
        }

    inner: Any = botocore.session.get_session()
    session = boto3.Session(botocore_session=inner, region_name=own.session.region_name)
    status = Failure(Status.OK, "", "")
    try:
        inner._credentials = RefreshableCredentials.create_from_metadata(
            fetch(), fetch, "assume-role"
        )
    except Exception as error:
        failure = classify(error)
        if failure is None:
            raise
        status = failure
    record = Coverage("aws", "sts", "AssumeRole", account, "global", *status)
    return AWSAccount(
        account,
        own.partition,
        session,
        coverage=[record],
        reachable=status.status == Status.OK,
        clients=own.clients,
    )


def _find_regions(account: AWSAccount, wanted: Sequence[str]) -> None:
    """Sets the account's regions: those wanted, or all that are enabled."""
    known = account.session.get_available_regions("ec2", partition_name=account.partition)
    client = account.client("ec2", account.session.region_name or account.home)
    try:
        found = client.describe_regions()["Regions"]
        for region in found:
            hold({}, region, ("RegionName",))
        enabled = sorted(region["RegionName"] for region in found)
        failure = Failure(Status.OK, "", "")
    except Exception as error:
        refused = classify(error)
        if refused is None:
            raise
        enabled = known if account.partition != "aws" else sorted(_ENABLED_BY_DEFAULT & {*known})
        failure = refused
        if not wanted:
            failure = refused._replace(
                message=f"{refused.message} Only the regions that are enabled by default were "
                "read; name others with --region.".strip()
            )
    unknown = sorted(set(wanted) - {*enabled, *known})
    if unknown:
        raise CollectError(
            f"There is no AWS region '{unknown[0]}'. Enabled in {account.id}: {', '.join(enabled)}."
        )
    account.regions = tuple(sorted(wanted)) or tuple(enabled)
    account.coverage = [
        *account.coverage,
        Coverage("aws", "ec2", "DescribeRegions", account.id, "global", *failure),
    ]


def _refused(action: str, error: Exception) -> CollectError:
    failure = classify(error)
    if failure is None:
        raise error
    if isinstance(error, AnswerError):
        return CollectError(f"What AWS answered cannot be used: {error}")
    if failure.code in ("NoCredentialsError", "PartialCredentialsError"):
        return CollectError(
            "No AWS credentials were found. Set AWS_PROFILE or AWS_ACCESS_KEY_ID, or run "
            "`aws sso login`, and try again."
        )
    if "Expired" in failure.code or "TokenRetrieval" in failure.code or "SSO" in failure.code:
        return CollectError(
            "The AWS credentials have expired. Sign in again (`aws sso login`, or a new session "
            "token) and try again."
        )
    if failure.code == "EndpointConnectionError":
        return CollectError(f"AWS cannot be reached: {failure.message}")
    return CollectError(f"AWS refused to {action}: {failure.code} {failure.message}".strip())
