from typing import Any

from clew.collectors.aws.application_autoscaling import ScalableTarget
from clew.collectors.aws.dynamodb import Table
from clew.graph.model import Location
from support.judging import ACCOUNT, REGION, Estate, judge, verdicts

CHECK = "dynamodb_table_autoscaling_enabled"
HERE = Location(ACCOUNT, REGION, "aws")
READ, WRITE = "dynamodb:table:ReadCapacityUnits", "dynamodb:table:WriteCapacityUnits"


def table(name: str, billing_mode: str | None = "PROVISIONED") -> Table:
    return Table.load({"TableName": name}, HERE, billing_mode=billing_mode)


def scaled(name: str, dimension: str, here: Location = HERE, **state: Any) -> ScalableTarget:
    known = {"policy_names": ["track"], "scaling_out_suspended": False, **state}
    return ScalableTarget.load(
        {"ScalableDimension": dimension},
        here,
        name=f"{here.region} table/{name}:{dimension}",
        target=f"arn:aws:dynamodb:{here.region}:{ACCOUNT}:table/{name}",
        **known,
    )


def test_capacity_must_follow_the_load_in_both_directions() -> None:
    elsewhere = Location(ACCOUNT, "eu-west-1", "aws")
    estate = Estate(
        [
            table("on demand", "PAY_PER_REQUEST"),
            table("scaled"),
            scaled("scaled", READ),
            scaled("scaled", WRITE),
            table("fixed"),
            table("reads only"),
            scaled("reads only", READ),
            table("index only"),
            scaled("index only", READ),
            scaled("index only", "dynamodb:index:WriteCapacityUnits"),
            table("without a policy"),
            scaled("without a policy", READ, policy_names=[]),
            scaled("without a policy", WRITE),
            table("suspended"),
            scaled("suspended", READ),
            scaled("suspended", WRITE, scaling_out_suspended=True),
            table("namesake"),
            scaled("namesake", READ, elsewhere),
            scaled("namesake", WRITE, elsewhere),
        ]
    )
    assert verdicts(CHECK, estate) == {
        "on demand": "PASS",
        "scaled": "PASS",
        "fixed": "FAIL",
        "reads only": "FAIL",
        "index only": "FAIL",
        "without a policy": "FAIL",
        "suspended": "FAIL",
        "namesake": "FAIL",
    }


def test_each_index_has_a_capacity_of_its_own() -> None:
    def indexed(name: str, *indexes: str) -> Table:
        return table(name).model_copy(update={"global_secondary_indexes": list(indexes)})

    def both(name: str, index: str = "", **state: Any) -> list[ScalableTarget]:
        kind = "index" if index else "table"
        found = [
            scaled(name, f"dynamodb:{kind}:{unit}", **state)
            for unit in ("ReadCapacityUnits", "WriteCapacityUnits")
        ]
        resource = f"table/{name}/index/{index}" if index else f"table/{name}"
        return [
            one.model_copy(update={"resource_id": resource, "id": f"{one.id}/{index}"})
            for one in found
        ]

    estate = Estate(
        [
            indexed("all", "a", "b"),
            *both("all"),
            *both("all", "a"),
            *both("all", "b"),
            indexed("table alone", "a"),
            *both("table alone"),
            indexed("one of two", "a", "b"),
            *both("one of two"),
            *both("one of two", "a"),
            indexed("suspended", "a"),
            *both("suspended"),
            *both("suspended", "a", scaling_out_suspended=True),
            indexed("doubt", "a"),
            *both("doubt"),
            *both("doubt", "a", policy_names=None),
            table("unlisted").model_copy(update={"global_secondary_indexes": None}),
            *both("unlisted"),
        ]
    )
    unread = ("MANUAL", "UNREADABLE_FIELD")
    assert verdicts(CHECK, estate) == {
        "all": "PASS",
        "table alone": "FAIL",
        "one of two": "FAIL",
        "suspended": "FAIL",
        "doubt": unread,
        "unlisted": unread,
    }
    messages = {one.resource.rpartition("/")[2]: one.message for one in judge(CHECK, estate)}
    assert messages["one of two"].endswith("reads of index b and writes of index b.")


def test_unread_facts_decide_nothing() -> None:
    estate = Estate(
        [
            table("unread", None),
            table("policies unread"),
            scaled("policies unread", READ, policy_names=None),
            scaled("policies unread", WRITE),
            table("fixed whatever the rest"),
            scaled("fixed whatever the rest", READ, policy_names=None),
            scaled("fixed whatever the rest", WRITE, policy_names=[]),
        ]
    )
    assert verdicts(CHECK, estate) == {
        "unread": ("MANUAL", "UNREADABLE_FIELD"),
        "policies unread": ("MANUAL", "UNREADABLE_FIELD"),
        "fixed whatever the rest": "FAIL",
    }


def test_without_the_listing_of_targets_none_is_not_the_answer() -> None:
    tables = [table("fixed"), table("on demand", "PAY_PER_REQUEST")]
    assert verdicts(CHECK, Estate(tables, unread=["AWSScalableTarget"])) == {
        "fixed": ("MANUAL", "UNREADABLE"),
        "on demand": "PASS",
    }
    assert verdicts(CHECK, Estate(tables, unread=["AWSDynamoDBTable"]))[ACCOUNT] == (
        "MANUAL",
        "UNREADABLE",
    )
