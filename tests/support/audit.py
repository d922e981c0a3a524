"""Trails and what hangs on them, as small estates need them: nothing set but what is given."""

import json
from typing import Any

from clew.collectors.aws.cloudtrail import ShadowTrail, Trail
from clew.collectors.aws.cloudwatch import Alarm, CompositeAlarm, Metric
from clew.collectors.aws.logs import LogGroup, MetricFilter
from clew.collectors.aws.organizations import Account
from clew.collectors.aws.s3 import Bucket
from clew.collectors.aws.s3control import AccountPublicAccessBlock
from clew.collectors.aws.sns import Subscription, Topic
from clew.graph.model import Location, Resource

from .judging import ACCOUNT, REGION

HERE = Location(ACCOUNT, REGION, "aws")
MANAGEMENT = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]


def blank(model: type[Resource], **known: Any) -> Any:
    """A resource of which all references are read and empty, and nothing else is known."""
    empty = {
        name: [] if "list" in str(model.model_fields[name].annotation) else ""
        for name in model.references
    }
    return model(**{"account": ACCOUNT, "region": REGION, **empty, **known})


def trail(name: str, classic: Any = MANAGEMENT, advanced: Any = (), **known: Any) -> Trail:
    """A trail of every region that is logging."""
    place = {"account": ACCOUNT, "region": REGION, **known}
    return blank(
        Trail,
        **{
            "id": f"arn:aws:cloudtrail:{place['region']}:{place['account']}:trail/{name}",
            "name": name,
            "is_logging": True,
            "is_multi_region_trail": True,
            "event_selectors": None if classic is None else json.dumps(classic),
            "advanced_event_selectors": None if advanced is None else json.dumps(advanced),
            **known,
        },
    )


def shadow(of: str, account: str = ACCOUNT, region: str = REGION) -> ShadowTrail:
    """What a region shows of a trail from elsewhere."""
    return ShadowTrail(
        id=f"arn:aws:cloudtrail:{region}:{account}:shadow-trail/{of}",
        account=account,
        region=region,
        trail_arn=of,
        is_multi_region_trail=True,
    )


def account(number: str = ACCOUNT) -> Account:
    """A scanned account."""
    return blank(
        Account,
        id=f"arn:aws:organizations::{ACCOUNT}:account/o-clew/{number}",
        name=number,
        account=number,
        region="global",
    )


def bucket(name: str, **known: Any) -> Bucket:
    """A bucket that lets nobody in but has no block of its own."""
    return blank(
        Bucket,
        **{
            "id": f"arn:aws:s3:::{name}",
            "name": name,
            "account_public_access_block": ACCOUNT,
            "ignore_public_acls": False,
            "restrict_public_buckets": False,
            "object_ownership": "ObjectWriter",
            "acl_everyone": [],
            "acl_authenticated": [],
            "policy": "",
            "policy_is_public": False,
            **known,
        },
    )


def block(ignore: bool | None = False, restrict: bool | None = False) -> AccountPublicAccessBlock:
    """The account's own block of public access."""
    return AccountPublicAccessBlock(
        id=f"arn:aws:s3:global:{ACCOUNT}:public-access-block",
        name="public access block",
        account=ACCOUNT,
        region="global",
        ignore_public_acls=ignore,
        restrict_public_buckets=restrict,
    )


def log_group(name: str, owner: str = ACCOUNT) -> LogGroup:
    """A log group."""
    return blank(LogGroup, id=_arn("logs", f"log-group:{name}", owner), name=name, account=owner)


def metric_filter(
    name: str, group: str, pattern: str | None, owner: str = ACCOUNT, **known: Any
) -> MetricFilter:
    """A filter whose metric has its own name and counts events."""
    return blank(
        MetricFilter,
        id=_arn("logs", f"log-group:{group}:filter:{name}", owner),
        name=name,
        account=owner,
        log_group_name=group,
        filter_pattern=pattern,
        metrics=[_arn("cloudwatch", f"metric/Clew|{name}", owner)],
        **{"metric_value": "1", "metric_dimensions": [], **known},
    )


def alarm(
    name: str,
    metric: str,
    *actions: str,
    enabled: bool | None = True,
    owner: str = ACCOUNT,
    **known: Any,
) -> list[Resource]:
    """An alarm on a filter's metric that one event makes fire, with that metric."""
    fires = {
        "statistic": "Sum",
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 1.0,
        "period": 300,
        "dimensions": [],
    }
    arn = _arn("cloudwatch", f"metric/Clew|{metric}", owner)
    watching = blank(
        Alarm,
        id=_arn("cloudwatch", f"alarm:{name}", owner),
        name=name,
        account=owner,
        metrics=[arn],
        actions_enabled=enabled,
        alarm_actions=list(actions),
        **{**fires, **known},
    )
    return [watching, blank(Metric, id=arn, name=metric, namespace="Clew", account=owner)]


def composite_alarm(name: str, of: str, *actions: str) -> CompositeAlarm:
    """An alarm on another alarm."""
    return blank(
        CompositeAlarm,
        id=_arn("cloudwatch", f"alarm:{name}"),
        name=name,
        alarms=[_arn("cloudwatch", f"alarm:{of}")],
        actions_enabled=True,
        alarm_actions=list(actions),
    )


def topic(name: str, owner: str = ACCOUNT) -> Topic:
    """A topic."""
    return blank(Topic, id=_arn("sns", name, owner), name=name, account=owner)


def subscription(to: str, *, confirmed: bool | None = True) -> Subscription:
    """What somebody receives from a topic."""
    arn = f"{_arn('sns', to)}:1"
    return blank(Subscription, id=arn, topic_arn=_arn("sns", to), confirmed=confirmed)


def _arn(service: str, rest: str, owner: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{REGION}:{owner}:{rest}"
