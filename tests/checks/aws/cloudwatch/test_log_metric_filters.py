from typing import Any

import pytest
from clew.checks.aws.cloudwatch.log_metric_filters import family
from support.audit import (
    MANAGEMENT,
    account,
    alarm,
    composite_alarm,
    log_group,
    metric_filter,
    shadow,
    subscription,
    topic,
    trail,
)
from support.judging import ACCOUNT, REGION, Estate, judge, verdicts

CHECK = "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk"
BOTH = "{ ($.eventName = ScheduleKeyDeletion) || ($.eventName = DisableKey) }"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
UNREAD = ("MANUAL", "UNREADABLE_FIELD")
OTHER = "999900001111"


def group_arn(name: str, owner: str = ACCOUNT) -> str:
    return f"arn:aws:logs:{REGION}:{owner}:log-group:{name}"


def chain(**changed: Any) -> dict[str, Any]:
    """Each link from the trail to the topic, in order."""
    return {
        "account": [account()],
        "trail": [trail("t", cloud_watch_logs_log_group_arn=group_arn("/trail"))],
        "group": [log_group("/trail")],
        "filter": [metric_filter("keys", "/trail", BOTH)],
        "alarm": alarm("keys-alarm", "keys", TOPIC),
        "topic": [topic("alerts")],
        "subscription": [subscription("alerts")],
        **changed,
    }


def answer(links: dict[str, Any], **more: Any) -> Any:
    """The verdict on the account that the chain belongs to."""
    return verdicts(CHECK, estate_of(links, **more))[ACCOUNT]


def estate_of(links: dict[str, Any], **more: Any) -> Estate:
    return Estate([resource for part in links.values() for resource in part], **more)


def test_the_whole_chain_passes_and_is_the_evidence() -> None:
    (found,) = judge(CHECK, estate_of(chain()))
    assert found.status == "PASS"
    assert {node.label for node in found.evidence.nodes} == {
        "AWSAccount",
        "AWSCloudTrailTrail",
        "AWSLogGroup",
        "AWSLogMetricFilter",
        "AWSCloudWatchMetric",
        "AWSCloudWatchAlarm",
        "AWSSNSTopic",
        "AWSSNSSubscription",
    }


@pytest.mark.parametrize("link", ["trail", "group", "filter", "alarm", "topic", "subscription"])
def test_without_one_of_its_links_nobody_is_notified(link: str) -> None:
    assert answer(chain(**{link: []})) == "FAIL"


@pytest.mark.parametrize(
    "label",
    [
        "AWSCloudTrailTrail",
        "AWSLogGroup",
        "AWSLogMetricFilter",
        "AWSCloudWatchAlarm",
        "AWSSNSSubscription",
    ],
)
def test_an_unread_link_is_neither_a_pass_nor_a_fail(label: str) -> None:
    links = {
        "AWSCloudTrailTrail": "trail",
        "AWSLogGroup": "group",
        "AWSLogMetricFilter": "filter",
        "AWSSNSSubscription": "subscription",
    }
    without = chain(**{links.get(label, "alarm"): []})
    assert answer(without, unread=[label])[0] == "MANUAL"


def test_every_kind_of_event_must_be_taken() -> None:
    one = [metric_filter("keys", "/trail", "{ $.eventName = DisableKey }")]
    (found,) = judge(CHECK, estate_of(chain(filter=one)))
    assert found.status == "FAIL"
    assert found.message.endswith(f"in {ACCOUNT}: ScheduleKeyDeletion.")
    two = [*one, metric_filter("deletion", "/trail", "{ $.eventName = ScheduleKeyDeletion }")]
    alarms = [*alarm("a", "keys", TOPIC), *alarm("b", "deletion", TOPIC)]
    assert answer(chain(filter=two, alarm=alarms)) == "PASS"


def test_a_filter_that_asks_for_more_takes_less() -> None:
    pattern = f'{BOTH[:-1]} && $.userIdentity.userName = "bob" }}'.replace("{ (", "{ ((", 1)
    pattern = pattern.replace("DisableKey)", "DisableKey))", 1)
    assert answer(chain(filter=[metric_filter("keys", "/trail", pattern)])) == "FAIL"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("DisableKey", "FAIL"),
        ("?DisableKey ?ScheduleKeyDeletion", "PASS"),
        ('?"DisableKey" ?"ScheduleKeyDeletion"', "PASS"),
        ('"kms.amazonaws.com" -bob', "PASS"),
        ("kms amazonaws", "PASS"),
        ('"kms.amazonaws.com" DisableKey', "FAIL"),
        ('"kms.amazonaws.com" -DisableKey', "FAIL"),
        ("%(Disable|ScheduleDeletion)%", "FAIL"),
        ("%DisableKey|ScheduleKeyDeletion%", "PASS"),
        ("Key", UNREAD),
        ("?DisableKey ScheduleKeyDeletion", UNREAD),
        ("[ip, user, name = DisableKey]", UNREAD),
        (None, UNREAD),
    ],
)
def test_a_filter_of_terms_looks_at_the_text(pattern: str | None, expected: Any) -> None:
    assert answer(chain(filter=[metric_filter("keys", "/trail", pattern)])) == expected


@pytest.mark.parametrize(
    ("of_alarm", "of_filter", "expected"),
    [
        ({}, {}, "PASS"),
        ({"dimensions": ["Service=kms"]}, {}, "FAIL"),
        ({}, {"metric_dimensions": ["Name=$.eventName"]}, "FAIL"),
        (
            {"dimensions": ["Source=kms.amazonaws.com"]},
            {"metric_dimensions": ["Source=$.eventSource"]},
            "PASS",
        ),
        (
            {"dimensions": ["Source=iam.amazonaws.com"]},
            {"metric_dimensions": ["Source=$.eventSource"]},
            "FAIL",
        ),
        (
            {"dimensions": ["Key=abc"]},
            {"metric_dimensions": ["Key=$.requestParameters.keyId"]},
            UNREAD,
        ),
        ({}, {"metric_value": "0"}, "FAIL"),
        ({"statistic": "SampleCount"}, {"metric_value": "0"}, "PASS"),
        ({"threshold": 0.0}, {"metric_value": "0"}, "PASS"),
        ({}, {"metric_value": "$.size"}, UNREAD),
        ({}, {"metric_value": None}, UNREAD),
        ({}, {"metric_dimensions": None}, UNREAD),
        ({"dimensions": None}, {}, UNREAD),
        ({"threshold": 5.0}, {}, "PASS"),
        ({"threshold": 5.0, "statistic": "Maximum"}, {}, "FAIL"),
        ({"threshold": 1.0, "statistic": "Average"}, {}, "PASS"),
        ({"statistic": "Average", "comparison_operator": "GreaterThanThreshold"}, {}, "FAIL"),
        ({"comparison_operator": "GreaterThanThreshold"}, {}, "PASS"),
        ({"comparison_operator": "LessThanThreshold"}, {}, "FAIL"),
        ({"comparison_operator": "LessThanThreshold", "threshold": 0.0}, {}, "FAIL"),
        ({"comparison_operator": "LessThanOrEqualToThreshold"}, {}, "PASS"),
        ({"comparison_operator": "LessThanLowerThreshold"}, {}, UNREAD),
        ({"threshold": None}, {}, UNREAD),
        ({"period": None}, {}, UNREAD),
    ],
)
def test_an_alarm_must_be_able_to_fire(
    of_alarm: dict[str, Any], of_filter: dict[str, Any], expected: Any
) -> None:
    links = chain(
        filter=[metric_filter("keys", "/trail", BOTH, **of_filter)],
        alarm=alarm("keys-alarm", "keys", TOPIC, **of_alarm),
    )
    assert answer(links) == expected


@pytest.mark.parametrize(
    ("check_id", "pattern", "missed"),
    [
        (
            "cloudwatch_log_metric_filter_authentication_failures",
            '{ $.additionalEventData.MFAUsed != "Yes" }',
            "a failed sign-in with MFA",
        ),
        (
            "cloudwatch_log_metric_filter_authentication_failures",
            '{ $.errorMessage = "Failed authentication" && $.userIdentity.type = "IAMUser" }',
            "a failed sign-in of the root user",
        ),
        (
            "cloudwatch_log_metric_filter_unauthorized_api_calls",
            '{ $.errorCode = "AccessDenied" || $.errorCode = "*UnauthorizedOperation" }',
            "AccessDeniedException",
        ),
        (
            "cloudwatch_log_metric_filter_root_usage",
            "{ $.userIdentity.type = Root && $.eventSource != ec2.amazonaws.com }",
            "a call of the root user to another service",
        ),
        (
            "cloudwatch_log_metric_filter_root_usage",
            "{ $.userIdentity.type = Root && $.additionalEventData.MFAUsed NOT EXISTS || "
            "$.additionalEventData.MFAUsed = Yes }",
            "a sign-in of the root user without MFA",
        ),
    ],
)
def test_a_filter_that_takes_only_some_of_the_events_is_not_enough(
    check_id: str, pattern: str, missed: str
) -> None:
    estate = estate_of(chain(filter=[metric_filter("keys", "/trail", pattern)]))
    (found,) = judge(check_id, estate)
    assert (found.status, found.message.rpartition(": ")[2]) == ("FAIL", f"{missed}.")


def test_an_alarm_must_tell_somebody() -> None:
    assert answer(chain(alarm=alarm("keys-alarm", "keys"))) == "FAIL"
    assert answer(chain(alarm=alarm("keys-alarm", "keys", TOPIC, enabled=False))) == "FAIL"
    assert answer(chain(alarm=alarm("keys-alarm", "keys", TOPIC, enabled=None))) == UNREAD
    above = [*alarm("keys-alarm", "keys"), composite_alarm("any", "keys-alarm", TOPIC)]
    assert answer(chain(alarm=above)) == "PASS"
    foreign = alarm("keys-alarm", "keys", f"arn:aws:sns:{REGION}:{OTHER}:alerts")
    assert answer(chain(alarm=foreign)) == UNREAD
    waiting = [subscription("alerts", confirmed=False)]
    assert answer(chain(subscription=waiting)) == "FAIL"
    item = alarm("keys-alarm", "keys", f"arn:aws:ssm:{REGION}:{ACCOUNT}:opsitem:1")
    assert answer(chain(alarm=item)) == "PASS"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"is_logging": False}, "FAIL"),
        ({"is_logging": None}, UNREAD),
        ({"is_multi_region_trail": False}, "FAIL"),
        ({"classic": None, "advanced": None}, UNREAD),
        ({"classic": [{**MANAGEMENT[0], "ReadWriteType": "ReadOnly"}]}, "FAIL"),
        (
            {
                "classic": [
                    {**MANAGEMENT[0], "ExcludeManagementEventSources": ["kms.amazonaws.com"]}
                ]
            },
            "FAIL",
        ),
        (
            {
                "classic": [],
                "advanced": [
                    {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
                ],
            },
            "PASS",
        ),
        ({"cloud_watch_logs_log_group_arn": ""}, "FAIL"),
        ({"cloud_watch_logs_log_group_arn": group_arn("/trail", OTHER)}, UNREAD),
    ],
)
def test_the_trail_must_record_the_events_everywhere(known: Any, expected: Any) -> None:
    one = trail("t", **{"cloud_watch_logs_log_group_arn": group_arn("/trail"), **known})
    assert answer(chain(trail=[one])) == expected


def test_a_log_group_of_the_same_name_elsewhere_does_not_count() -> None:
    theirs = {
        "trail": [trail("t", cloud_watch_logs_log_group_arn=group_arn("/trail"))],
        "filter": [metric_filter("keys", "/trail", BOTH, OTHER)],
        "group": [log_group("/trail"), log_group("/trail", OTHER)],
        "alarm": alarm("keys-alarm", "keys", TOPIC, owner=OTHER),
    }
    assert answer(chain(**theirs), accounts=(ACCOUNT, OTHER)) == "FAIL"


def test_a_trail_of_the_organization_speaks_for_its_members() -> None:
    org = trail("org", account=OTHER, cloud_watch_logs_log_group_arn=group_arn("/trail", OTHER))
    management = {
        "trail": [org, shadow(org.id)],
        "group": [log_group("/trail", OTHER)],
        "filter": [metric_filter("keys", "/trail", BOTH, OTHER)],
        "alarm": alarm("keys-alarm", "keys", TOPIC, owner=OTHER),
    }
    assert answer(chain(**management), accounts=(ACCOUNT, OTHER)) == "PASS"
    assert answer(chain(trail=[shadow(org.id)])) == UNREAD


RECOMMENDED = {
    "cloudwatch_log_metric_filter_unauthorized_api_calls": (
        '{($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && '
        '($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }'
    ),
    "cloudwatch_log_metric_filter_sign_in_without_mfa": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    "cloudwatch_log_metric_filter_root_usage": (
        "{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS && "
        '$.eventType != "AwsServiceEvent" }'
    ),
    "cloudwatch_log_metric_filter_authentication_failures": (
        '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }'
    ),
    "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk": (
        "{($.eventSource = kms.amazonaws.com) && "
        "(($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }"
    ),
}


@pytest.mark.parametrize("check_id", RECOMMENDED)
def test_the_benchmarks_own_patterns_are_understood(check_id: str) -> None:
    links = chain(filter=[metric_filter("keys", "/trail", RECOMMENDED[check_id])])
    estate = estate_of(links)
    assert verdicts(check_id, estate) == {ACCOUNT: "PASS"}


@pytest.mark.parametrize("check", family, ids=lambda check: check.id)
def test_each_check_of_the_family_asks_for_the_events_that_it_names(check: Any) -> None:
    everything = chain(filter=[metric_filter("keys", "/trail", "{ $.eventVersion = * }")])
    assert verdicts(check.id, estate_of(everything)) == {ACCOUNT: "PASS"}
    nothing = chain(filter=[metric_filter("keys", "/trail", "{ $.eventName = NoSuchCall }")])
    (found,) = judge(check.id, estate_of(nothing))
    named = check.what.split("kind of event (", 1)[1].split(")", 1)[0]
    assert (found.status, found.message.rsplit(": ", 1)[1]) == ("FAIL", f"{named}.")


@pytest.mark.parametrize("label", ["AWSLogMetricFilter", "AWSCloudWatchAlarm", "AWSSNSTopic"])
def test_what_is_unread_where_the_trail_of_the_organization_leads_does_not_fail(
    label: str,
) -> None:
    org = trail("org", account=OTHER, cloud_watch_logs_log_group_arn=group_arn("/trail", OTHER))
    links = {
        "account": [account()],
        "trail": [org, shadow(org.id)],
        "group": [log_group("/trail", OTHER)],
        "filter": [metric_filter("keys", "/trail", BOTH, OTHER)],
        "alarm": alarm("keys-alarm", "keys", owner=OTHER),
    }
    both = (ACCOUNT, OTHER)
    assert answer(links, accounts=both) == "FAIL"
    assert answer(links, accounts=both, unread={(label, OTHER)}) == ("MANUAL", "UNREADABLE")
    third = (*both, "777788889999")
    assert answer(links, accounts=third, unread={(label, third[2])}) == "FAIL"


@pytest.mark.parametrize("field", ["ok_actions", "insufficient_data_actions"])
def test_an_alarm_that_tells_only_when_it_is_over_tells_nobody(field: str) -> None:
    watching, metric = alarm("keys-alarm", "keys")
    silent = watching.model_copy(update={field: [TOPIC]})
    assert answer(chain(alarm=[silent, metric])) == "FAIL"


def test_alarms_that_watch_each_other_in_a_circle_tell_nobody() -> None:
    first = composite_alarm("first", "keys-alarm")
    first = first.model_copy(
        update={"alarms": [*first.alarms, composite_alarm("second", "first").id]}
    )
    circle = [*alarm("keys-alarm", "keys"), first, composite_alarm("second", "first")]
    assert answer(chain(alarm=circle)) == "FAIL"
