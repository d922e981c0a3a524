"""Buckets whose objects are read or written without a record."""

from collections.abc import Mapping
from typing import Any

from ...check import Category, Check, Severity
from .data_events import recorded
from .recording import SHADOW, TRAIL, Event


def _check(doing: str, done: str, event_name: str, *, read_only: bool) -> Check:
    def event_on(bucket: Mapping[str, Any]) -> Event:
        # A key that no selector names stands for every object of the bucket.
        objects = f"{bucket['id']}/"
        return Event(
            "s3.amazonaws.com",
            event_name,
            read_only,
            "AWS::S3::Object",
            f"{objects}any-object",
            stands_for_all_below=objects,
        )

    return Check(
        id=f"cloudtrail_s3_dataevents_{doing}_enabled",
        title=f"A trail records every {doing} of objects in S3",
        provider="aws",
        service="cloudtrail",
        severity=Severity.LOW,
        categories=(Category.LOGGING,),
        resource="AWSS3Bucket",
        what=(
            f"For each bucket some trail that is logging there, of this account or of its "
            f"organization, has a selector that takes every {doing} of the bucket's objects. "
            "Prefixes, single event names and selectors that leave out the bucket or a part of it "
            "do not count."
        ),
        why=f"Nobody can tell afterwards which objects were {done}, by whom and from where.",
        remediation=(
            "aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors "
            '\'[{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, '
            '{"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}]\''
        ),
        passes=f"A trail records every {doing} of objects in {{resource}}.",
        fails=f"No trail records every {doing} of objects in {{resource}}.",
        rule=recorded("AWSS3Bucket", event_on),
        fail_requires_listing=(TRAIL, SHADOW),
        references=(
            "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
        ),
    )


family = (
    _check("read", "read", "GetObject", read_only=True),
    _check("write", "written", "PutObject", read_only=False),
)
