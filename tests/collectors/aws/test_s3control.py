"""What the accounts of the demo estate forbid their buckets."""

from pathlib import Path
from typing import Any

from clew.collectors.aws.s3control import S3Control
from servers.aws_replay import AwsReplay
from support.account_reading import DEV, PROD, Reading


def settings(block: Any) -> tuple[bool | None, ...]:
    return (
        block.block_public_acls,
        block.ignore_public_acls,
        block.block_public_policy,
        block.restrict_public_buckets,
    )


def block_of(server: AwsReplay, folder: Path, account: str) -> Any:
    (block,) = Reading(server, folder, S3Control, account).all("AWSS3AccountPublicAccessBlock")
    assert block.account == account
    return block


def test_an_account_has_one_block_even_where_it_never_set_it(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    prod = block_of(aws_replay, tmp_path / "prod", PROD)
    dev = block_of(aws_replay, tmp_path / "dev", DEV)
    assert settings(prod) == (True, True, False, False)
    assert settings(dev) == (False, False, False, False)
    assert prod.id != dev.id


def test_a_block_that_cannot_be_read_blocks_nothing_for_sure(
    aws_replay: AwsReplay, tmp_path: Path
) -> None:
    aws_replay.deny("s3control", "GetPublicAccessBlock")
    assert settings(block_of(aws_replay, tmp_path, PROD)) == (None, None, None, None)
