from clew.collectors.aws.cloudtrail import Trail
from clew.collectors.aws.s3 import Bucket
from support.judging import ACCOUNT, REGION, Estate, verdicts


def trail(name: str, bucket: str, is_logging: bool | None = True) -> Trail:
    return Trail(
        id=f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{name}",
        name=name,
        account=ACCOUNT,
        region=REGION,
        s3_bucket_name=bucket,
        is_logging=is_logging,
        kms_key_id="",
        sns_topic_arn="",
        cloud_watch_logs_log_group_arn="",
        cloud_watch_logs_role_arn="",
    )


def bucket(name: str, mfa_delete: bool | None) -> Bucket:
    return Bucket(
        id=f"arn:aws:s3:::{name}", name=name, account=ACCOUNT, region=REGION, mfa_delete=mfa_delete
    )


def test_each_state_of_the_bucket_gets_its_own_verdict() -> None:
    estate = Estate(
        [
            trail("safe", "locked"),
            trail("open", "plain"),
            trail("blind", "unread"),
            trail("elsewhere", "not-ours"),
            trail("stopped", "plain", is_logging=False),
            trail("silent", "plain", is_logging=None),
            bucket("locked", True),
            bucket("plain", False),
            bucket("unread", None),
        ]
    )
    assert verdicts("cloudtrail_bucket_requires_mfa_delete", estate) == {
        "safe → locked": "PASS",
        "open → plain": "FAIL",
        "blind → unread": ("MANUAL", "UNREADABLE_FIELD"),
        "elsewhere → not-ours": ("MANUAL", "UNKNOWN_OWNER"),
        "silent → plain": ("MANUAL", "UNREADABLE_FIELD"),
    }


def test_unlisted_buckets_and_trails_are_never_a_pass() -> None:
    estate = Estate([trail("blind", "any")], unread=["AWSS3Bucket", "AWSCloudTrailTrail"])
    assert verdicts("cloudtrail_bucket_requires_mfa_delete", estate) == {
        "blind → any": ("MANUAL", "UNREADABLE"),
        ACCOUNT: ("MANUAL", "UNREADABLE"),
    }
