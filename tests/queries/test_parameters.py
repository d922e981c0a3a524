"""What the parameters of queries stand for, and what of them is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clew.collectors.aws.iam import Role, User
from clew.collectors.aws.kms import Key
from clew.collectors.aws.s3 import Bucket
from clew.graph.snapshot import Snapshot
from clew.graph.stores.ladybug import LadybugStore
from clew.graph.stores.neo4j import Neo4jStore
from clew.graph.stores.store import Store
from clew.queries import ParameterError, ScanNames, library
from clew.queries.parameters import Parameter
from servers.neo4j_server import Neo4jServer, needs_neo4j
from support.audit import blank
from support.judging import ACCOUNT, REGION, Estate
from support.small_scans import scan_of

OTHER = "444455556666"
KEY, FOREIGN_KEY = (
    f"arn:aws:kms:{REGION}:{account}:key/1a2b3c4d-0000-4000-8000-00000000000{number}"
    for number, account in enumerate((ACCOUNT, OTHER), 1)
)
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
ESTATE = Estate(
    [
        blank(Role, id=ADMIN, name="admin", account=ACCOUNT, tags=["team=red"]),
        blank(Role, id=ADMIN.replace(ACCOUNT, OTHER), name="admin", account=OTHER, tags=[]),
        blank(User, id=f"arn:aws:iam::{ACCOUNT}:user/ada", name="ada", account=ACCOUNT, tags=[]),
        blank(
            Key,
            id=KEY,
            key_id=KEY[-36:],
            account=ACCOUNT,
            region=REGION,
            aliases=["alias/data"],
            alias_arns=[],
        ),
        blank(Key, id=FOREIGN_KEY, key_id=FOREIGN_KEY[-36:], account=OTHER, region=REGION),
        blank(Bucket, id="arn:aws:s3:::logs", name="logs"),
    ],
    unread=[("AWSKMSKey", OTHER), "AWSS3Bucket"],
    accounts=(ACCOUNT, OTHER),
)


def resource(*labels: str, keys: tuple[str, ...] = ("id", "name")) -> Parameter:
    return Parameter(type="resource", labels=labels, keys=keys, description="R.", example="x")


def of(kind: str) -> Parameter:
    return Parameter.model_validate({"type": kind, "description": "P.", "example": "x"})


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return scan_of(tmp_path_factory.mktemp("scan") / "scan", ESTATE)


@pytest.fixture(scope="module", params=["embedded", pytest.param("neo4j", marks=needs_neo4j)])
def names(
    request: pytest.FixtureRequest, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ScanNames]:
    store: Store
    if request.param == "neo4j":
        server: Neo4jServer = request.getfixturevalue("neo4j_server")
        store = Neo4jStore(server.uri, server.user, server.password)
    else:
        store = LadybugStore(tmp_path_factory.mktemp("cache"))
    with store:
        store.load(snapshot)
        yield ScanNames(store, snapshot)


KEY_NAMES = resource("AWSKMSKey", keys=("id", "key_id", "aliases"))


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        (resource("AWSUser", "AWSRole"), "ada", f"arn:aws:iam::{ACCOUNT}:user/ada"),
        (resource("AWSRole"), ADMIN, ADMIN),
        (KEY_NAMES, "alias/data", KEY),
        (KEY_NAMES, FOREIGN_KEY[-36:], FOREIGN_KEY),
        (resource(), "logs", "arn:aws:s3:::logs"),
        (of("account"), OTHER, OTHER),
        (of("tag"), "team=red", "team=red"),
        (of("label"), "AWSRole", "AWSRole"),
        (of("date"), "2025-02-28", "2025-02-28"),
        (of("date"), "2025-02-28T12:00:00+02:00", "2025-02-28T10:00:00Z"),
        (of("date"), "90d", "2025-04-01T12:00:00Z"),
        (of("duration"), "12h", "2025-06-30T00:00:00Z"),
        (of("duration"), "2w", "2025-06-16T12:00:00Z"),
    ],
)
def test_a_text_stands_for_a_value(
    parameter: Parameter, text: str, value: str, names: ScanNames
) -> None:
    assert parameter.value("p", text, names) == value


@pytest.mark.parametrize(
    ("parameter", "text", "message"),
    [
        (
            resource("AWSRole"),
            "admin",
            f"'admin' can be {ADMIN} or {ADMIN.replace(ACCOUNT, OTHER)}: say which.",
        ),
        (
            resource("AWSUser"),
            "adda",
            "There is no AWSUser 'adda' in this scan. Did you mean ada?",
        ),
        (
            resource("AWSUser", "AWSRole"),
            "zzzz",
            "There is no AWSUser or AWSRole 'zzzz' in this scan. There is: ada, admin.",
        ),
        (
            KEY_NAMES,
            "alias/dat",
            f"No AWSKMSKey 'alias/dat' is known, but AWSKMSKey of account {OTHER} could not be "
            "listed in us-east-1 (List: AccessDenied), so there may be one. Did you mean "
            "alias/data?",
        ),
        (
            KEY_NAMES,
            KEY.replace("8000", "9000"),
            f"There is no AWSKMSKey '{KEY.replace('8000', '9000')}' in this scan. "
            f"Did you mean {KEY} or {FOREIGN_KEY}?",
        ),
        (
            resource("AWSRole"),
            "arn:aws:iam::999900001111:role/x",
            "No AWSRole 'arn:aws:iam::999900001111:role/x' is known, but account 999900001111 is "
            f"not in this scan, so there may be one. Did you mean {ADMIN} or "
            f"{ADMIN.replace(ACCOUNT, OTHER)}?",
        ),
        (
            resource("AWSNoSuchLabel"),
            "x",
            "This scan was made before Clew collected AWSNoSuchLabel; scan again.",
        ),
        (
            of("account"),
            "444455556667",
            f"There is no account '444455556667' in this scan. Did you mean {OTHER}?",
        ),
        (of("tag"), "red", "'red' is not a tag as KEY=VALUE."),
        (
            of("tag"),
            "taem=red",
            "No resource is known to have the tag key 'taem'; the tags of 3 resources are "
            "unknown. Did you mean team?",
        ),
        (
            of("tag"),
            "team=read",
            "No resource is known to have the tag 'team=read'; the tags of 3 resources are "
            "unknown. Did you mean team=red?",
        ),
        (
            of("label"),
            "AWSRoel",
            "There is no label 'AWSRoel'. Did you mean AWSRole or AWSUser or AWSKMSKey?",
        ),
        (
            of("date"),
            "yesterday",
            "p must be a date such as 2025-12-31, or how long before the scan, such as 90d; not "
            "'yesterday'.",
        ),
        (
            of("date"),
            "2025-02-30",
            "p must be a date such as 2025-12-31, or how long before the scan, such as 90d; not "
            "'2025-02-30'.",
        ),
        (of("duration"), "90", "p must be a duration such as 90d or 12h, not '90'."),
        (of("duration"), "999999w", "p must be a duration such as 90d or 12h, not '999999w'."),
        (
            Parameter(type="integer", description="I.", default=-1, minimum=-1, maximum=9),
            "10",
            "p must be 9 or less, not 10.",
        ),
        (
            Parameter(type="integer", description="I.", default=-1, minimum=-1, maximum=9),
            "-2",
            "p must be -1 or more, not -2.",
        ),
    ],
)
def test_what_the_scan_does_not_hold_is_refused_with_what_it_does(
    parameter: Parameter, text: str, message: str, names: ScanNames
) -> None:
    with pytest.raises(ParameterError) as refused:
        parameter.value("p", text, names)
    assert str(refused.value) == message


def test_what_was_left_out_may_be_there(tmp_path: Path) -> None:
    estate = Estate([], uncollected=["AWSKMSKey"])
    snapshot = scan_of(tmp_path / "scan", estate, labels=["AWSKMSKey"])
    with LadybugStore(tmp_path / "cache") as store:
        store.load(snapshot)
        with pytest.raises(ParameterError, match="this scan left out AWSKMSKey, so there may be"):
            KEY_NAMES.value("key", "alias/data", ScanNames(store, snapshot))


def test_an_empty_default_means_any(names: ScanNames) -> None:
    parameter = Parameter(type="account", description="A.", default="")
    assert parameter.value("account", "", names) == ""
    with pytest.raises(ParameterError):
        of("account").value("account", "", names)


def test_what_names_a_resource_account_tag_or_date_says_so() -> None:
    """No parameter is a free text that the scan could know."""
    free = {
        (query.id, name)
        for query in library().values()
        for name, parameter in query.parameters.items()
        if parameter.type in ("string", "strings")
    }
    assert free == {("find", "text"), ("app_role_owners", "app_role")}  # parts of words
