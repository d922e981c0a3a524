"""The options of a scan of AWS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..options import Options, option

if TYPE_CHECKING:
    from ..scan import Account


@dataclass(frozen=True)
class AWSOptions(Options):
    """Which accounts and regions of AWS to scan, and with whose credentials."""

    provider = "aws"

    regions: Sequence[str] = option(
        "--region", "AWS: read this region only. Repeatable.", default=()
    )
    excluded_regions: Sequence[str] = ()
    profiles: Sequence[str] = option("--profile", "AWS: use this profile. Repeatable.", default=())
    roles: Sequence[str] = option(
        "--role-arn",
        "AWS: assume this role and scan its account; with ARN,ARN the first role assumes "
        "the second. Repeatable.",
        default=(),
        metavar="ARN",
    )
    """Each is in the account to scan."""
    external_id: str = option(
        "--external-id", "AWS: external id for assuming roles.", metavar="TEXT"
    )
    org_role: str = option(
        "--org-role", "AWS: name of a role to assume in every account of the organization."
    )
    session_name: str = option(
        "--session-name",
        "AWS: name of the sessions of assumed roles. Default: clew.",
        metavar="TEXT",
    )
    session_seconds: int = option(
        "--session-duration",
        "AWS: how long such a session lasts before it is renewed. Default: the role's.",
        default=0,
        metavar="SECONDS",
        most=43_200,
    )
    mfa_token: str = option(
        "--mfa-token",
        "AWS: sign in with this code of an MFA device.",
        metavar="CODE",
        is_kept=False,
    )
    mfa_serial: str = option(
        "--mfa-serial",
        "AWS: the MFA device of --mfa-token. Default: the profile's mfa_serial.",
        metavar="ARN",
    )

    def connect(self) -> "Sequence[Account]":
        """See :meth:`Options.connect`."""
        from .accounts import connect

        return connect(self)

    @classmethod
    def permission_document(cls, permissions: Sequence[str]) -> Any:
        """The IAM policy that allows them, all of them reading, on everything."""
        statement = {"Effect": "Allow", "Action": list(permissions), "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [{"Sid": "ClewReads", **statement}]}
