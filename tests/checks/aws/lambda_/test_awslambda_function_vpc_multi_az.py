from clew.collectors.aws.lambda_ import Function
from clew.collectors.aws.vpc import Subnet
from clew.graph.model import Location
from support.judging import ACCOUNT, REGION, Estate, verdicts

CHECK = "awslambda_function_vpc_multi_az"
HERE = Location(ACCOUNT, REGION, "aws")


def function(name: str, *subnets: str) -> Function:
    network = {"VpcId": "vpc-1" if subnets else "", "SubnetIds": subnets}
    return Function.load(
        {"FunctionName": name, "VpcConfig": network},
        HERE,
        failure_destinations=[],
        success_destinations=[],
        image_repository="",
    )


def subnet(subnet_id: str, zone: str | None) -> Subnet:
    return Subnet.load({"SubnetId": subnet_id}, HERE, name=subnet_id, availability_zone_id=zone)


SUBNETS = [
    subnet("subnet-a", "use1-az1"),
    subnet("subnet-a2", "use1-az1"),
    subnet("subnet-b", "use1-az2"),
    subnet("subnet-unread", None),
]


def test_zones_are_counted_not_subnets() -> None:
    estate = Estate(
        [
            function("spread", "subnet-a", "subnet-b"),
            function("alone", "subnet-a"),
            function("same zone", "subnet-a", "subnet-a2"),
            function("no network"),
            *SUBNETS,
        ]
    )
    assert verdicts(CHECK, estate) == {
        "spread": "PASS",
        "alone": "FAIL",
        "same zone": "FAIL",
        "no network": "PASS",
    }


def test_a_subnet_that_cannot_be_seen_counts_only_where_it_decides() -> None:
    estate = Estate(
        [
            function("decided all the same", "subnet-a", "subnet-b", "subnet-gone"),
            function("single whatever it is", "subnet-gone"),
            function("open", "subnet-a", "subnet-gone"),
            function("field unread", "subnet-a", "subnet-unread"),
            *SUBNETS,
        ]
    )
    assert verdicts(CHECK, estate) == {
        "decided all the same": "PASS",
        "single whatever it is": "FAIL",
        "open": ("MANUAL", "NOT_FOUND"),
        "field unread": ("MANUAL", "UNREADABLE_FIELD"),
    }


def test_unread_subnets_and_functions_are_never_a_pass() -> None:
    functions = [function("blind", "subnet-a", "subnet-b")]
    assert verdicts(CHECK, Estate(functions, unread=["AWSEC2Subnet", "AWSLambda"])) == {
        "blind": ("MANUAL", "UNREADABLE"),
        ACCOUNT: ("MANUAL", "UNREADABLE"),
    }
