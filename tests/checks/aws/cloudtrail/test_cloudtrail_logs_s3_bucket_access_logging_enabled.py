from support.audit import bucket, trail
from support.judging import Estate, verdicts


def test_the_buckets_own_logging_decides() -> None:
    estate = Estate(
        [
            trail("watched", s3_bucket_name="logged"),
            trail("stopped", s3_bucket_name="plain", is_logging=False),
            trail("blind", s3_bucket_name="unread"),
            trail("elsewhere", s3_bucket_name="not-ours"),
            trail("region", s3_bucket_name="far"),
            bucket("logged", logging_target_bucket="plain"),
            bucket("plain"),
            bucket("unread", logging_target_bucket=None),
        ],
        exists={"AWSS3Bucket": {"not-ours": True, "far": False}.get},
    )
    assert verdicts("cloudtrail_logs_s3_bucket_access_logging_enabled", estate) == {
        "watched → logged": "PASS",
        "stopped → plain": "FAIL",
        "blind → unread": ("MANUAL", "UNREADABLE_FIELD"),
        "elsewhere → not-ours": ("MANUAL", "UNKNOWN_OWNER"),
        "region → far": ("MANUAL", "NOT_FOUND"),
    }
