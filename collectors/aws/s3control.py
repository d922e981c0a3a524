"""Amazon S3 Control: what an account forbids all of its buckets."""

from collections.abc import Iterator

from ...graph.model import field
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_UNSET = ("NoSuchPublicAccessBlockConfiguration",)


class AccountPublicAccessBlock(AWSResource):
    """The account's block of public access to its buckets (GetPublicAccessBlock). There is always
    one: an account that never set it blocks nothing."""

    label = "AWSS3AccountPublicAccessBlock"
    identity = "arn:{partition}:s3:global:{account}:public-access-block"
    unique_within = "account"

    id: str = field("The account's only block.")
    block_public_acls: bool | None = field(
        "ACLs that grant public access are refused.", call="GetPublicAccessBlock"
    )
    ignore_public_acls: bool | None = field(
        "ACLs that grant public access have no effect.", call="GetPublicAccessBlock"
    )
    block_public_policy: bool | None = field(
        "Policies that grant public access are refused.", call="GetPublicAccessBlock"
    )
    restrict_public_buckets: bool | None = field(
        "Buckets with a public policy serve only their own account and AWS services.",
        call="GetPublicAccessBlock",
    )


class S3Control(AWSCollector):
    """The account-wide settings of S3."""

    service = "s3control"
    regional = False
    permissions = ("s3:GetAccountPublicAccessBlock",)

    @lists(AccountPublicAccessBlock)
    def public_access_block(self, api: AWSApi) -> Iterator[AccountPublicAccessBlock]:
        """The account's block, its settings unread if the call fails."""
        answer = api.read("get_public_access_block", AccountId=api.here.account, absent=_UNSET)
        block = answered(answer, "PublicAccessBlockConfiguration", {})
        yield AccountPublicAccessBlock.load(
            {},
            api.here,
            name="public access block",
            block_public_acls=answered(block, "BlockPublicAcls", False),
            ignore_public_acls=answered(block, "IgnorePublicAcls", False),
            block_public_policy=answered(block, "BlockPublicPolicy", False),
            restrict_public_buckets=answered(block, "RestrictPublicBuckets", False),
        )
