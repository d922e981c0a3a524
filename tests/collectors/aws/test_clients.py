"""What the SDK's clients share, over TLS and from the SDK's own models."""

import json
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import SSLError
from clew.collectors.aws.clients import Clients
from clew.collectors.aws.service_models import service_models
from clew.collectors.aws.times import moment
from clew.collectors.errors import CollectError
from clew.collectors.options import Patience
from clew.collectors.registry import collectors
from dateutil.parser import parse
from servers.aws_replay import AwsReplay
from servers.certificates import Certificate, certificate

ACCOUNT = "111122223333"


@pytest.fixture
def trusted(tmp_path: Path) -> Certificate:
    return certificate(tmp_path)


@pytest.fixture
def server(tmp_path: Path, trusted: Certificate) -> Iterator[AwsReplay]:
    with AwsReplay(tmp_path, tls=trusted.server_context()) as replay:
        yield replay


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_CACHE_DIR", str(tmp_path / "cache"))
    for name in (*os.environ,):
        if name.startswith("AWS_") or name.lower().endswith("_proxy") or "CA_BUNDLE" in name:
            monkeypatch.delenv(name)


@pytest.fixture
def session(server: AwsReplay, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return boto3.Session(f"AKIA{ACCOUNT}", "none", region_name="us-east-1")


@pytest.fixture
def read_bundles(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The bundles that are read."""
    read: list[Any] = []
    original = ssl.SSLContext.load_verify_locations

    def reading(self: ssl.SSLContext, *files: Any, **more: Any) -> None:
        read.append(files[0] if files else more.get("cafile"))
        original(self, *files, **more)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", reading)
    return read


def test_a_bundle_is_read_once_for_all_connections_of_all_clients(
    session: boto3.Session,
    trusted: Certificate,
    read_bundles: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(trusted.bundle))
    clients = Clients()
    for _ in range(2):
        clients.prepare(session)
    for region in ("us-east-1", "eu-west-1"):
        for service, ask in (("sqs", "list_queues"), ("sns", "list_topics")):
            getattr(clients.client(session, service, region), ask)()
    assert read_bundles == [str(trusted.bundle)]


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", ""])
def test_a_server_is_trusted_by_the_bundle_that_the_user_names_or_by_none(
    session: boto3.Session, trusted: Certificate, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    if variable:
        monkeypatch.setenv(variable, str(trusted.bundle))
    clients = Clients(Patience(attempts=1))
    clients.prepare(session)
    queues = clients.client(session, "sqs", "us-east-1")
    if variable:
        assert "QueueUrls" not in queues.list_queues()
    else:
        with pytest.raises(SSLError):
            queues.list_queues()


def test_a_bundle_that_cannot_be_read_is_named(
    session: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(CollectError, match=r"The CA bundle .*none\.pem cannot be read"):
        Clients().prepare(session)


def test_requests_go_through_the_proxy_of_their_host(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere.example")
    clients = Clients(Patience(attempts=1))
    clients.prepare(session)
    with AwsReplay(Path()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        clients.client(session, "sqs", "us-east-1").list_queues()
        assert [call.operation for call in proxy.calls] == ["ListQueues"]


def test_a_client_can_ask_for_nothing_that_changes_an_account(session: boto3.Session) -> None:
    clients = Clients()
    clients.prepare(session)
    begins = ("batch", "describe", "get", "head", "list", "lookup", "query", "search")
    for service in sorted({each.service for each in collectors("aws")} - {"vpc"} | {"ec2"}):
        client = clients.client(session, service, "us-east-1")
        assert client.meta.method_to_api_mapping
        assert {name.partition("_")[0] for name in client.meta.method_to_api_mapping} <= {*begins}
    assert hasattr(clients.client(session, "sts", "us-east-1"), "assume_role")


def test_what_is_left_of_a_model_is_whole(session: boto3.Session) -> None:
    """Errors of a service are recognised by going through all of its shapes."""
    clients = Clients()
    clients.prepare(session)
    for service in sorted({each.service for each in collectors("aws")} - {"vpc"} | {"ec2"}):
        model = clients.client(session, service, "us-east-1").meta.service_model
        assert all(model.shape_for(name).type_name for name in model.shape_names)
        assert isinstance(model.error_shapes, list)


def test_models_are_read_once_for_all_sessions(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = Path.read_bytes

    def reading(self: Path) -> bytes:
        read.append(self.name)
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", reading)
    clients = Clients()
    for each in (session, boto3.Session("AKIA", "none")):
        clients.prepare(each)
        for region in ("us-east-1", "eu-west-1"):
            clients.client(each, "sqs", region)
    assert read.count("service-2.json.gz") == 1


def test_what_is_needed_of_a_model_is_kept_for_the_next_scan(
    session: boto3.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models" / "lantern" / "2020-01-01"
    folder.mkdir(parents=True)

    def write(*operations: str) -> None:
        model = {"operations": {name: {"name": name} for name in operations}, "shapes": {}}
        (folder / "service-2.json").write_text(json.dumps(model))

    def operations() -> set[str]:
        models = service_models([str(tmp_path / "models")])
        return {*models.load_service_model("lantern", "service-2")["operations"]}

    write("ListLamps", "DeleteLamp")
    assert operations() == {"ListLamps"}
    (kept,) = (tmp_path / "cache" / "aws-models").iterdir()
    with monkeypatch.context() as patch:
        patch.setattr("clew.collectors.aws.service_models._only_reading", None)
        assert operations() == {"ListLamps"}
    kept.write_bytes(kept.read_bytes()[:-1])
    assert operations() == {"ListLamps"}
    write("ListLamps", "ListShades")
    assert operations() == {"ListLamps", "ListShades"}


def test_every_client_listens_as_the_sdk_has_it(session: boto3.Session) -> None:
    clients = Clients()
    clients.prepare(session)
    plain = boto3.Session("AKIA", "none", region_name="us-east-1")

    def listening(of: boto3.Session, service: str, event: str) -> list[str]:
        client: Any = of.client(service, config=clients._config)  # type: ignore[call-overload]
        found = client.meta.events._emitter._handlers.prefix_search(f"{event}.{service}.Any")
        qualified = [f"{type(each).__name__} {getattr(each, '__qualname__', '')}" for each in found]
        return [name for name in qualified if "prepare" not in name and "hold_to" not in name]

    for service in ("s3", "ec2", "glacier"):
        for event in ("before-parameter-build", "before-call", "before-parse", "needs-retry"):
            assert listening(session, service, event) == listening(plain, service, event)


def test_a_handler_is_heard_by_its_client_alone(
    session: boto3.Session, trusted: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(trusted.bundle))
    clients = Clients()
    clients.prepare(session)
    one, other = (clients.client(session, "sqs", region) for region in ("us-east-1", "eu-west-1"))
    heard: list[str] = []

    def hear(event_name: str, **_: Any) -> None:
        heard.append(event_name)

    one.meta.events.register("before-call.sqs", hear)
    other.list_queues()
    assert heard == []
    one.list_queues()
    assert heard == ["before-call.sqs.ListQueues"]
    one.meta.events.unregister("before-call.sqs", hear)
    one.list_queues()
    assert len(heard) == 1


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-06T07:08:09Z",
        "2024-05-06T07:08:09.123Z",
        "2024-05-06T07:08:09+02:00",
        "2024-05-06",
        "Mon, 06 May 2024 07:08:09 GMT",
    ],
)
def test_times_are_what_the_sdk_takes_them_for(text: str) -> None:
    assert moment(text) == parse(text)


def test_what_is_no_time_is_an_error() -> None:
    for text in ("2024-13-06T07:08:09Z", "soon"):
        with pytest.raises(ValueError, match=r"."):
            moment(text)
