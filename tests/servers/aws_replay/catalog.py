"""What botocore's own data says about services: names on the wire, models and paginators."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from moto.core.model import OperationModel, ServiceModel, Shape, StructureShape

LOADER = Loader()
S3_EXPRESS = "s3express"
# Endpoint rules make parts of S3 sign under names that no model carries.
_SIGNS_LIKE = {S3_EXPRESS: "s3", "s3-object-lambda": "s3"}


@dataclass(frozen=True)
class ServiceInfo:
    """The few facts that tell one service's requests from another's."""

    name: str
    signing_name: str
    api_version: str
    target_prefix: str | None


def _metadata(service: str) -> dict[str, Any]:
    """Read only the head of a model file: loading all models in full takes seconds."""
    version = LOADER.determine_latest_version(service, "service-2")
    for folder in LOADER.search_paths:
        path = Path(folder) / service / version / "service-2.json.gz"
        if path.is_file():
            with gzip.open(path) as stream:
                head = stream.read(16_384).decode(errors="ignore")
            start = head.find('"metadata":')
            try:
                found = json.JSONDecoder().raw_decode(head[start + 11 :].lstrip())[0]
            except ValueError:
                break
            return dict(found)
    return dict(LOADER.load_service_model(service, "service-2")["metadata"])


@cache
def _services_by_signing_name() -> dict[str, tuple[ServiceInfo, ...]]:
    found: dict[str, list[ServiceInfo]] = {}
    for service in LOADER.list_available_services("service-2"):
        data = _metadata(service)
        signing = data.get("signingName", data["endpointPrefix"])
        info = ServiceInfo(service, signing, data["apiVersion"], data.get("targetPrefix"))
        found.setdefault(signing, []).append(info)
    return {
        signing: tuple(sorted(infos, key=lambda info: (info.name != signing, info.name)))
        for signing, infos in found.items()
    }


def services_signing_as(signing_name: str) -> tuple[ServiceInfo, ...]:
    """Every service whose requests carry this name in their credential scope."""
    name = _SIGNS_LIKE.get(signing_name, signing_name)
    return _services_by_signing_name().get(name, ())


@cache
def service_model(service: str) -> ServiceModel:
    """The botocore model of a service, in the form moto's parsers and serializers expect."""
    return ServiceModel(LOADER.load_service_model(service, "service-2"), service)


def input_members(operation: OperationModel) -> dict[str, Shape]:
    """The top-level parameters of an operation."""
    shape = operation.input_shape
    return shape.members if isinstance(shape, StructureShape) else {}


def output_members(operation: OperationModel) -> dict[str, Shape]:
    """The top-level members of an operation's answer."""
    shape = operation.output_shape
    return shape.members if isinstance(shape, StructureShape) else {}


@cache
def paginators(service: str) -> dict[str, dict[str, Any]]:
    """The paginator definitions of a service, by operation; empty when it has none."""
    try:
        return dict(LOADER.load_service_model(service, "paginators-1")["pagination"])
    except UnknownServiceError:
        return {}
