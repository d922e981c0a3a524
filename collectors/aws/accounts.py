"""Which AWS accounts and regions a scan reads, and with whose credentials."""

from typing import Any

from ...graph.model import Coverage, Status
from ..errors import CollectError
from ..failure import AnswerError, Failure
from ..shape import hold
from .clients import Clients
from .options import AWSOptions
from .session import AWSAccount, classify

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


def connect(options: AWSOptions) -> list[AWSAccount]:
    """The accounts that the options name, each with a session and its regions.

    :raises CollectError: where no credentials can be had, or a profile or region does not exist.
    """
    accounts: dict[str, AWSAccount] = {}
    clients = Clients(options.patience)
    for profile in options.profiles or [""]:
        for account in _accounts_of(_own(profile, clients, options), options):
            known = accounts.get(account.id)
            if known is None or not known.reachable:
                accounts[account.id] = account if known is None or account.reachable else known
    for account in accounts.values():
        if account.reachable:
            _find_regions(account, options)
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


def _own(profile: str, clients: Clients, options: AWSOptions) -> AWSAccount:
    """The account that a profile's own credentials are of."""
    session = _session(profile)
    clients.prepare(session)
    region = session.region_name or "us-east-1"
    if options.mfa_token:
        _sign_in(session, clients.client(session, "sts", region), options)
    try:
        identity = clients.client(session, "sts", region).get_caller_identity()
        hold({}, identity, ("Account", "Arn"))
    except Exception as error:
        raise _refused("ask who you are", error) from error
    partition = identity["Arn"].split(":")[1]
    return AWSAccount(identity["Account"], partition, session, clients=clients)


def _sign_in(session: Any, sts: Any, options: AWSOptions) -> None:
    """Gives a session credentials that say that an MFA device was used. A token is good for one
    call: what roles are assumed with is this session."""
    serial = options.mfa_serial or session._session.get_scoped_config().get("mfa_serial")
    if not serial:
        raise CollectError(
            "--mfa-token needs the device it comes from: add --mfa-serial, or mfa_serial to the "
            "profile."
        )
    try:
        answer = sts.get_session_token(SerialNumber=serial, TokenCode=options.mfa_token)
        hold({}, answer["Credentials"], ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    except Exception as error:
        raise _refused("accept the MFA token", error) from error
    keys = answer["Credentials"]
    session._session.set_credentials(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
    )


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
        return [own, *(_behind(own, role, options) for role in roles)]
    if options.roles:
        return [_behind(own, chain, options) for chain in options.roles]
    return [own]


def _behind(own: AWSAccount, chain: str, options: AWSOptions) -> AWSAccount:
    """The account of the last role of a chain; an unreachable one, with the reason in its coverage,
    if one of the roles may not be assumed."""
    roles = [role.strip() for role in chain.split(",")]
    accounts = [*map(_account_of, roles)]
    session, status = own.session, Failure(Status.OK, "", "")
    for role in roles:
        session, status = _assume(session, own, role, options)
        if status.status != Status.OK:
            break
    return AWSAccount(
        accounts[-1],
        own.partition,
        session,
        coverage=[Coverage("aws", "sts", "AssumeRole", accounts[-1], "global", *status)],
        reachable=status.status == Status.OK,
        clients=own.clients,
    )


def _account_of(role: str) -> str:
    parts = role.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):
        raise CollectError(f"'{role}' is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME).")
    return parts[4]


def _assume(session: Any, own: AWSAccount, role: str, options: AWSOptions) -> tuple[Any, Failure]:
    """A session of a role, renewed for as long as the scan takes, and how assuming it ended."""
    import boto3
    import botocore.session
    from botocore.credentials import RefreshableCredentials

    more: dict[str, Any] = {"ExternalId": options.external_id} if options.external_id else {}
    if options.session_seconds:
        more["DurationSeconds"] = options.session_seconds
    sts = own.clients.client(session, "sts", session.region_name or own.home)

    def fetch() -> dict[str, Any]:
        answer = sts.assume_role(
            RoleArn=role, RoleSessionName=options.session_name or "clew", **more
        )["Credentials"]
        return {
            "access_key": answer["AccessKeyId"],
            "secret_key": answer["SecretAccessKey"],
            "token": answer["SessionToken"],
            "expiry_time": answer["Expiration"].isoformat(),
        }

    inner: Any = botocore.session.Session(profile=own.session._session.profile)
    assumed = boto3.Session(botocore_session=inner, region_name=session.region_name)
    own.clients.prepare(assumed)
    try:
        inner._credentials = RefreshableCredentials.create_from_metadata(
            fetch(), fetch, "assume-role"
        )
    except Exception as error:
        failure = classify(error)
        if failure is None:
            raise
        return assumed, failure
    return assumed, Failure(Status.OK, "", "")


def _find_regions(account: AWSAccount, options: AWSOptions) -> None:
    """Sets the account's regions: those wanted, or all that are enabled, less the excluded ones."""
    wanted, excluded = options.regions, options.excluded_regions
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
    unknown = sorted({*wanted, *excluded} - {*enabled, *known})
    if unknown:
        raise CollectError(
            f"There is no AWS region '{unknown[0]}'. Enabled in {account.id}: {', '.join(enabled)}."
        )
    account.regions = tuple(name for name in sorted(wanted) or enabled if name not in excluded)
    if not account.regions:
        raise CollectError(f"All regions of {account.id} are excluded.")
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
