"""AWS IAM: principals, their policies and credentials, and whom they trust."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from ...graph.model import Document, Location, Resource, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, TaggedResource, answered, parsed
from .session import AWSApi

AWS_OWNED = "aws"
"""The account of what belongs to AWS itself, as its ARNs spell it."""
_PERMISSION_SETS_ROLE = re.compile(
    r"(arn:[^:]+:iam::\d+:role/aws-reserved/sso\.amazonaws\.com/)(?:[^/]+/)?"
    r"(AWSReservedSSO_.+)_[0-9a-f]{16}"
)


class User(TaggedResource):
    """A user (GetAccountAuthorizationDetails)."""

    label = "AWSUser"
    identity = "arn:{partition}:iam::{account}:user{path}{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="UserName")
    user_id: str | None = field("Unique id, never used again.")
    path: str | None = field("Path.")
    create_date: Timestamp | None = field("When it was made.")
    groups: list[str] | None = ref("AWSGroup", by="name", rel="MEMBER_OF", wire="GroupList")
    attached_policies: list[str] | None = ref(
        "AWSPolicy", by="id", rel="HAS_POLICY", wire="AttachedManagedPolicies[].PolicyArn"
    )
    inline_policies: list[str] | None = ref("AWSInlinePolicy", by="id", rel="HAS_POLICY")
    permissions_boundary: str | None = ref(
        "AWSPolicy", by="id", rel="BOUNDED_BY", wire="PermissionsBoundary.PermissionsBoundaryArn"
    )
    has_login_profile: bool | None = field(
        "Has a password for the console.", call="GetLoginProfile"
    )
    password_last_used: Timestamp | None = field(
        "When it last signed in to the console; empty if never.", call="ListUsers"
    )
    access_key_ids: list[str] | None = field(
        "Its access keys, active or not; AWS allows two.", call="ListAccessKeys"
    )
    mfa_serial_numbers: list[str] | None = field("Its MFA devices.", call="ListMFADevices")
    service_credentials: list[str] | None = field(
        "The services that it has credentials of its own for, active or not: "
        "`codecommit.amazonaws.com` …",
        call="ListServiceSpecificCredentials",
    )


class Group(AWSResource):
    """A group (GetAccountAuthorizationDetails)."""

    label = "AWSGroup"
    identity = "arn:{partition}:iam::{account}:group{path}{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="GroupName")
    group_id: str | None = field("Unique id, never used again.")
    path: str | None = field("Path.")
    create_date: Timestamp | None = field("When it was made.")
    attached_policies: list[str] | None = ref(
        "AWSPolicy", by="id", rel="HAS_POLICY", wire="AttachedManagedPolicies[].PolicyArn"
    )
    inline_policies: list[str] | None = ref("AWSInlinePolicy", by="id", rel="HAS_POLICY")


class Role(TaggedResource):
    """A role (GetAccountAuthorizationDetails).

    Its ``TRUSTS`` edges lead to all that an Allow statement of its trust policy names; whether the
    statement's conditions and the policy's denials leave anything of it is not decided here.
    """

    label = "AWSRole"
    identity = "arn:{partition}:iam::{account}:role{path}{name}"
    unique_within = "account"
    global_keys = ("sessions_arn", "partial_arn")

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="RoleName")
    role_id: str | None = field("Unique id, never used again.")
    path: str | None = field(
        "Path; `/aws-service-role/` holds service-linked roles, `/aws-reserved/` those of IAM "
        "Identity Center."
    )
    create_date: Timestamp | None = field("When it was made.")
    last_used_date: Timestamp | None = field(
        "When it was last used in the tracking period; empty if not.",
        wire="RoleLastUsed.LastUsedDate",
    )
    last_used_region: str | None = field(
        "The region it was last used in.", wire="RoleLastUsed.Region"
    )
    sessions_arn: str | None = field(
        "ARN of its sessions, up to the session's name, by which policies may name them.", call="-"
    )
    partial_arn: str | None = field(
        "ARN without the region and the random end that IAM Identity Center gives its roles, by "
        "which assignments name it; empty for other roles.",
        call="-",
    )
    assume_role_policy_document: Document | None = field("Trust policy.", policy="sts")
    trusted_accounts: list[str] | None = ref("AWSAccount", by="id", rel="TRUSTS")
    trusted_principals: list[str] | None = ref(
        ("AWSRole", "AWSUser"), by=("id", "sessions_arn"), rel="TRUSTS"
    )
    trusted_providers: list[str] | None = ref(
        ("AWSSAMLProvider", "AWSOIDCProvider"), by="id", rel="TRUSTS"
    )
    trusted_services: list[str] | None = ref("AWSServicePrincipal", by="id", rel="TRUSTS")
    trusted_everyone: str | None = ref("AWSEveryone", by="id", rel="TRUSTS")
    attached_policies: list[str] | None = ref(
        "AWSPolicy", by="id", rel="HAS_POLICY", wire="AttachedManagedPolicies[].PolicyArn"
    )
    inline_policies: list[str] | None = ref("AWSInlinePolicy", by="id", rel="HAS_POLICY")
    permissions_boundary: str | None = ref(
        "AWSPolicy", by="id", rel="BOUNDED_BY", wire="PermissionsBoundary.PermissionsBoundaryArn"
    )
    instance_profiles: list[str] | None = field(
        "All instance profiles that hold it.", wire="InstanceProfileList[].Arn", call="-"
    )


class Policy(AWSResource):
    """A managed policy (GetAccountAuthorizationDetails), of the account or, if AWS manages it, of
    the account ``aws``; of the latter only those that are in use are read."""

    label = "AWSPolicy"
    identity = "arn:{partition}:iam::{account}:policy{path}{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="PolicyName")
    policy_id: str | None = field("Unique id, never used again.")
    path: str | None = field("Path.")
    create_date: Timestamp | None = field("When it was made.")
    update_date: Timestamp | None = field("When its newest version was made.")
    default_version_id: str | None = field("The version in force.")
    document: Document | None = field("The version in force.", call="GetPolicyVersion")
    versions: Document | None = field(
        "All versions, with their documents.", wire="PolicyVersionList", call="GetPolicyVersion"
    )


class InlinePolicy(AWSResource):
    """A policy that is a part of one user, group or role (GetAccountAuthorizationDetails)."""

    label = "AWSInlinePolicy"
    identity = (
        "arn:{partition}:iam::{account}:{principal_type}{path}{principal_name}/inline_policy/{name}"
    )
    unique_within = "account"

    name: str | None = field("Name.", wire="PolicyName")
    document: Document | None = field("The policy.", wire="PolicyDocument")
    principal_type: str | None = field("user, group or role.")
    principal_name: str | None = field("Name of the user, group or role.")
    path: str | None = field("Path of the user, group or role.")


class ServicePrincipal(AWSResource):
    """An AWS service that a trust policy names, such as ``ec2.amazonaws.com``."""

    label = "AWSServicePrincipal"
    identity = "{name}"
    unique_within = "global"


class Everyone(AWSResource):
    """Every principal of every account: ``*`` in a trust policy."""

    label = "AWSEveryone"
    identity = "{name}"
    unique_within = "global"


class AccessKey(AWSResource):
    """A user's access key (ListAccessKeys), without its secret."""

    label = "AWSAccessKey"
    identity = "arn:{partition}:iam::{account}:access-key/{access_key_id}"
    unique_within = "global"

    access_key_id: str | None = field("Id.")
    user_name: str | None = ref("AWSUser", by="name", rel="PART_OF")
    status: str | None = field("Active or Inactive.")
    create_date: Timestamp | None = field("When it was made.")
    last_used_date: Timestamp | None = field(
        "When it was last used; empty if never.", call="GetAccessKeyLastUsed"
    )
    last_used_service: str | None = field(
        "The service it was last used for.", call="GetAccessKeyLastUsed"
    )
    last_used_region: str | None = field(
        "The region it was last used in.", call="GetAccessKeyLastUsed"
    )


class MFADevice(AWSResource):
    """A user's second factor (ListMFADevices)."""

    label = "AWSMFADevice"
    identity = "arn:{partition}:iam::{account}:{device_type}/{name}"
    unique_within = "account"

    device_type: str | None = field("`mfa`: one-time codes; `u2f`: a security key or passkey.")
    serial_number: str | None = field("ARN, or the number on a hardware token.")
    user_name: str | None = ref("AWSUser", by="name", rel="PART_OF")
    enable_date: Timestamp | None = field("When it was enabled.")


class InstanceProfile(TaggedResource):
    """What gives EC2 instances a role (ListInstanceProfiles)."""

    label = "AWSInstanceProfile"
    identity = "arn:{partition}:iam::{account}:instance-profile{path}{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="InstanceProfileName")
    path: str | None = field("Path.")
    create_date: Timestamp | None = field("When it was made.")
    roles: list[str] | None = ref("AWSRole", by="id", rel="RUNS_AS", wire="Roles[].Arn")


class SAMLProvider(AWSResource):
    """A SAML identity provider (ListSAMLProviders)."""

    label = "AWSSAMLProvider"
    identity = "arn:{partition}:iam::{account}:saml-provider/{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    valid_until: Timestamp | None = field("When its metadata expires.")
    create_date: Timestamp | None = field("When it was made.")


class OIDCProvider(TaggedResource):
    """An OpenID Connect identity provider (GetOpenIDConnectProvider)."""

    label = "AWSOIDCProvider"
    identity = "arn:{partition}:iam::{account}:oidc-provider/{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    url: str | None = field("Issuer.")
    client_ids: list[str] | None = field("Audiences it accepts.", wire="ClientIDList")
    thumbprints: list[str] | None = field("Of the issuer's certificates.", wire="ThumbprintList")
    create_date: Timestamp | None = field("When it was made.")


class ServerCertificate(AWSResource):
    """A TLS certificate kept in IAM (ListServerCertificates)."""

    label = "AWSServerCertificate"
    identity = "arn:{partition}:iam::{account}:server-certificate{path}{name}"
    unique_within = "account"

    id: str = field("ARN.", wire="Arn")
    name: str | None = field("Name.", wire="ServerCertificateName")
    path: str | None = field("Path.")
    server_certificate_id: str | None = field("Unique id, never used again.")
    upload_date: Timestamp | None = field("When it was uploaded.")
    expiration: Timestamp | None = field("When it expires.")


_SUMMARY = "GetAccountSummary"
_PASSWORDS = "GetAccountPasswordPolicy"


class AccountSummary(AWSResource):
    """What holds for an account as a whole: its root user and its password policy."""

    label = "AWSIAMAccountSummary"
    identity = "arn:{partition}:iam::{account}:account-summary"
    unique_within = "account"

    account_id: str | None = ref("AWSAccount", by="id", rel="PART_OF")
    aliases: list[str] | None = field("Alias for the sign-in page.", call="ListAccountAliases")
    account_mfa_enabled: bool | None = field("The root user has MFA.", call=_SUMMARY)
    account_access_keys_present: bool | None = field(
        "The root user has access keys.", call=_SUMMARY
    )
    account_password_present: bool | None = field("The root user has a password.", call=_SUMMARY)
    account_signing_certificates_present: bool | None = field(
        "The root user has signing certificates.", call=_SUMMARY
    )
    has_password_policy: bool | None = field(
        "Has a password policy of its own instead of AWS's default one.", call=_PASSWORDS
    )
    minimum_password_length: int | None = field("Least length.", call=_PASSWORDS)
    require_symbols: bool | None = field("Passwords need a symbol.", call=_PASSWORDS)
    require_numbers: bool | None = field("Passwords need a digit.", call=_PASSWORDS)
    require_uppercase_characters: bool | None = field(
        "Passwords need an uppercase letter.", call=_PASSWORDS
    )
    require_lowercase_characters: bool | None = field(
        "Passwords need a lowercase letter.", call=_PASSWORDS
    )
    allow_users_to_change_password: bool | None = field(
        "Users may change their password.", call=_PASSWORDS
    )
    expire_passwords: bool | None = field("Passwords expire.", call=_PASSWORDS)
    max_password_age: int | None = field("Days until a password expires.", call=_PASSWORDS)
    password_reuse_prevention: int | None = field(
        "How many old passwords may not be used again.", call=_PASSWORDS
    )
    hard_expiry: bool | None = field(
        "Users cannot replace an expired password themselves.", call=_PASSWORDS
    )


class IAM(AWSCollector):
    """Principals, policies and credentials of an account."""

    service = "iam"
    regional = False
    permissions = (
        "iam:GetAccessKeyLastUsed",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "iam:GetLoginProfile",
        "iam:GetOpenIDConnectProvider",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListAccessKeys",
        "iam:ListAccountAliases",
        "iam:ListInstanceProfiles",
        "iam:ListMFADevices",
        "iam:ListOpenIDConnectProviders",
        "iam:ListSAMLProviders",
        "iam:ListServerCertificates",
        "iam:ListServiceSpecificCredentials",
        "iam:ListUsers",
    )

    @lists(
        User, Group, Role, Policy, InlinePolicy, ServicePrincipal, Everyone, AccessKey, MFADevice
    )
    def principals(self, api: AWSApi) -> Iterator[Resource]:
        """Users, groups, roles and all that hangs on them; one listing tells of them together."""
        users: list[dict[str, Any]] = []
        found: list[Resource] = []
        for page in api.pages("get_account_authorization_details", MaxItems=1000):
            users += page.get("UserDetailList", [])
            found += authorization_details({**page, "UserDetailList": []}, api.here)
        found += _users_with_credentials(api, users)
        found += _unlisted_policies(api, found)
        return iter({resource.id: resource for resource in found}.values())

    @lists(InstanceProfile)
    def instance_profiles(self, api: AWSApi) -> Iterator[InstanceProfile]:
        """Instance profiles, those without a role too."""
        for raw in api.pages("list_instance_profiles", "InstanceProfiles"):
            yield InstanceProfile.load(raw, api.here)

    @lists(SAMLProvider)
    def saml_providers(self, api: AWSApi) -> Iterator[SAMLProvider]:
        """SAML providers."""
        for raw in api.pages("list_saml_providers", "SAMLProviderList"):
            yield SAMLProvider.load(raw, api.here, name=_last(raw["Arn"]))

    @lists(OIDCProvider)
    def oidc_providers(self, api: AWSApi) -> Iterator[OIDCProvider]:
        """OpenID Connect providers."""

        def detailed(listed: dict[str, Any]) -> OIDCProvider:
            arn = listed["Arn"]
            name = arn.partition("/")[2]
            raw = api.read("get_open_id_connect_provider", OpenIDConnectProviderArn=arn)
            if raw is None:
                return OIDCProvider.unread(api.here, id=arn, name=name)
            return OIDCProvider.load(raw, api.here, id=arn, name=name)

        listing = api.pages("list_open_id_connect_providers", "OpenIDConnectProviderList")
        return api.each(detailed, listing)

    @lists(ServerCertificate)
    def server_certificates(self, api: AWSApi) -> Iterator[ServerCertificate]:
        """Server certificates."""
        for raw in api.pages("list_server_certificates", "ServerCertificateMetadataList"):
            yield ServerCertificate.load(raw, api.here)

    @lists(AccountSummary)
    def account_summary(self, api: AWSApi) -> Iterator[AccountSummary]:
        """The account's root user and password policy."""
        answer = api.read("get_account_summary")
        summary = answer["SummaryMap"] if answer else {}
        passwords = api.read("get_account_password_policy", absent=("NoSuchEntity",))
        yield AccountSummary.load(
            (passwords or {}).get("PasswordPolicy", {}),
            api.here,
            name=api.here.account,
            account_id=api.here.account,
            has_password_policy=None if passwords is None else bool(passwords),
            aliases=api.details("list_account_aliases", "AccountAliases"),
            account_mfa_enabled=summary.get("AccountMFAEnabled"),
            account_access_keys_present=summary.get("AccountAccessKeysPresent"),
            account_password_present=summary.get("AccountPasswordPresent"),
            account_signing_certificates_present=summary.get("AccountSigningCertificatesPresent"),
        )


def authorization_details(page: Mapping[str, Any], here: Location) -> Iterator[Resource]:
    """The resources that an answer of GetAccountAuthorizationDetails holds."""
    for raw in page.get("UserDetailList", []):
        yield from _user(raw, here)
    for raw in page.get("GroupDetailList", []):
        inline = list(_inline_policies("group", raw, "Group", here))
        yield Group.load(raw, here, inline_policies=[policy.id for policy in inline])
        yield from inline
    for raw in page.get("RoleDetailList", []):
        inline = list(_inline_policies("role", raw, "Role", here))
        trusted = trusts(raw.get("AssumeRolePolicyDocument"))
        yield Role.load(
            raw,
            here,
            inline_policies=[policy.id for policy in inline],
            sessions_arn=f"arn:{here.partition}:sts::{here.account}:assumed-role/{raw['RoleName']}",
            partial_arn=_partial_arn(raw["Arn"]),
            trusted_accounts=trusted.accounts,
            trusted_principals=trusted.principals,
            trusted_providers=trusted.providers,
            trusted_services=trusted.services,
            trusted_everyone=trusted.everyone,
        )
        yield from inline
        for name in trusted.services:
            yield ServicePrincipal(id=name, name=name, account=AWS_OWNED, region="global")
        if trusted.everyone:
            yield Everyone(id="*", name="*", account=AWS_OWNED, region="global")
    for raw in page.get("Policies", []):
        yield _policy(raw, raw.get("PolicyVersionList", []), here)


def _partial_arn(role: str) -> str:
    of_identity_center = _PERMISSION_SETS_ROLE.fullmatch(role)
    return "".join(of_identity_center.groups()) if of_identity_center else ""


def _user(raw: Mapping[str, Any], here: Location, **credentials: Any) -> Iterator[Resource]:
    inline = list(_inline_policies("user", raw, "User", here))
    yield User.load(raw, here, inline_policies=[policy.id for policy in inline], **credentials)
    yield from inline


class Trusted(NamedTuple):
    """Whom the Allow statements of a trust policy name, by kind."""

    accounts: list[str]
    principals: list[str]
    providers: list[str]
    services: list[str]
    everyone: str


def trusts(document: object) -> Trusted:
    """Whom a trust policy names, whatever its conditions."""
    accounts: set[str] = set()
    principals: set[str] = set()
    providers: set[str] = set()
    services: set[str] = set()
    everyone = ""
    for kind, value in _allowed_principals(document):
        if value == "*":
            everyone = "*"
        elif kind == "Service":
            services.add(value)
        elif kind == "Federated":
            providers.add(value)
        elif account := _whole_account(value):
            accounts.add(account)
        else:
            principals.add(_without_session(value))
    return Trusted(
        sorted(accounts), sorted(principals), sorted(providers), sorted(services), everyone
    )


def _allowed_principals(document: object) -> Iterator[tuple[str, str]]:
    policy = document if isinstance(document, Mapping) else parsed(str(document or "")) or {}
    for statement in _several(policy.get("Statement")):
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        if "NotPrincipal" in statement:  # all but those that it names
            yield "AWS", "*"
        principal = statement.get("Principal", {})
        if isinstance(principal, str):
            yield "AWS", principal
        elif isinstance(principal, Mapping):
            for kind, values in principal.items():
                yield from ((kind, value) for value in _several(values) if isinstance(value, str))


def _several(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _whole_account(principal: str) -> str:
    """The account that a principal stands for as a whole; empty if it names one of its members."""
    if principal.isdigit() and len(principal) == 12:
        return principal
    parts = principal.split(":")
    return parts[4] if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root" else ""


def _without_session(principal: str) -> str:
    """A principal's ARN; that of a role's session without the session's name."""
    return principal.rpartition("/")[0] if ":assumed-role/" in principal else principal


def _inline_policies(
    kind: str, raw: Mapping[str, Any], prefix: str, here: Location
) -> Iterator[InlinePolicy]:
    for policy in raw.get(f"{prefix}PolicyList", []):
        yield InlinePolicy.load(
            policy,
            here,
            id=f"{raw['Arn']}/inline_policy/{policy['PolicyName']}",
            principal_type=kind,
            principal_name=raw[f"{prefix}Name"],
            path=raw["Path"],
        )


def _policy(
    raw: Mapping[str, Any], versions: Iterable[Mapping[str, Any]], here: Location
) -> Policy:
    in_force = next((one["Document"] for one in versions if one["IsDefaultVersion"]), None)
    return Policy.load(raw, here, versions=list(versions) or None, document=in_force)


def _unlisted_policies(api: AWSApi, found: Iterable[Resource]) -> Iterator[Policy]:
    """AWS's own policies that something is bound to but that the listing did not tell of."""
    listed = {resource.id for resource in found if isinstance(resource, Policy)}
    named: set[str] = set()
    for resource in found:
        if isinstance(resource, User | Role):
            named.add(resource.permissions_boundary or "")
        if isinstance(resource, User | Role | Group):
            named.update(resource.attached_policies or [])
    unlisted = sorted(arn for arn in named - listed if f":iam::{AWS_OWNED}:policy/" in arn)

    def read(arn: str) -> Policy:
        answer = api.read("get_policy", PolicyArn=arn)
        raw = answer and answer["Policy"]
        version = raw and api.read(
            "get_policy_version", PolicyArn=arn, VersionId=raw["DefaultVersionId"]
        )
        if not raw:
            return Policy.unread(api.here, id=arn, name=_last(arn), account=AWS_OWNED)
        if not version:
            return Policy.load(raw, api.here)
        return _policy(raw, [version["PolicyVersion"]], api.here)

    return api.each(read, unlisted)


def _users_with_credentials(api: AWSApi, users: list[dict[str, Any]]) -> Iterator[Resource]:
    """The users with what tells of their credentials, and the credentials themselves."""
    listed = api.details("list_users", "Users") if users else []
    sign_ins = {user["Arn"]: user.get("PasswordLastUsed", "") for user in listed or []}

    def detailed(raw: dict[str, Any]) -> list[Resource]:
        name = raw["UserName"]
        keys = api.details("list_access_keys", "AccessKeyMetadata", lists=AccessKey, UserName=name)
        devices = api.details("list_mfa_devices", "MFADevices", lists=MFADevice, UserName=name)
        own = api.details(
            "list_service_specific_credentials", "ServiceSpecificCredentials", UserName=name
        )
        login = api.read("get_login_profile", absent=("NoSuchEntity",), UserName=name)
        user = _user(
            raw,
            api.here,
            has_login_profile=None if login is None else bool(login),
            password_last_used=sign_ins.get(raw["Arn"]),
            access_key_ids=keys and [key["AccessKeyId"] for key in keys],
            mfa_serial_numbers=devices and [device["SerialNumber"] for device in devices],
            service_credentials=own and sorted({each["ServiceName"] for each in own}),
        )
        access_keys = (_access_key(api, key) for key in keys or [])
        mfa_devices = (_mfa_device(device, api.here) for device in devices or [])
        return [*user, *access_keys, *mfa_devices]

    return chain.from_iterable(api.each(detailed, users))


def _access_key(api: AWSApi, raw: Mapping[str, Any]) -> AccessKey:
    used = api.read("get_access_key_last_used", AccessKeyId=raw["AccessKeyId"])
    return AccessKey.load(
        raw,
        api.here,
        name=raw["AccessKeyId"],
        last_used_date=answered(used, "AccessKeyLastUsed.LastUsedDate"),
        last_used_service=answered(used, "AccessKeyLastUsed.ServiceName"),
        last_used_region=answered(used, "AccessKeyLastUsed.Region"),
    )


def _mfa_device(raw: Mapping[str, Any], here: Location) -> MFADevice:
    serial = raw["SerialNumber"]
    arn = serial if serial.startswith("arn:") else ""  # a hardware token has a bare number
    kind = arn.rpartition(":")[2].partition("/")[0] or "mfa"
    return MFADevice.load(raw, here, id=arn, device_type=kind, name=_last(serial))


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
