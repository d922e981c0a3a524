"""``clew list``: checks, queries, techniques, collectors, labels, permissions and schemas."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completing import check_ids, label_names
from .errors import UsageError, nearest
from .options import CategoryFilter, Format, FormatOption, OutputOption, Provider, ServiceFilter
from .output import opened, write_json, write_rows

if TYPE_CHECKING:
    from ..checks import Check
    from ..graph.model import Resource
    from ..queries.parameters import Value

listing = typer.Typer(
    name="list",
    no_args_is_help=True,
    help="List checks, compliance, queries, techniques, collectors, labels, permissions, schemas.",
)

ProviderFilter = Annotated[
    list[Provider] | None,
    typer.Option(metavar="CLOUD", help="Only those of this cloud. Repeatable."),
]


@listing.command()
def compliance(format: FormatOption = Format.table, output: OutputOption = None) -> None:  # noqa: A002
    """List the compliance frameworks, and how many of their requirements checks decide."""
    from ..checks import checks as known
    from ..checks.frameworks import deciding, frameworks

    rows: list[dict[str, Any]] = []
    for each in frameworks().values():
        decided = deciding(each, known().values())
        with_checks = [one for one in each.requirements if decided[one.id]]
        rows.append(
            {
                "name": each.id,
                "requirements": len(each.requirements),
                "with_checks": len(with_checks),
                "in_part": sum(bool(one.partly or each.partly) for one in with_checks),
                "undecidable": sum(bool(one.undecidable) for one in each.requirements),
                "title": each.title,
                "providers": list(each.providers),
                "source": each.source,
            }
        )
    columns = ("name", "requirements", "with_checks", "in_part", "title")
    more = (*columns, "undecidable", "providers", "source")
    write_rows(rows, columns if format == "table" else more, format, output)


@listing.command()
def checks(
    check: Annotated[
        str | None,
        typer.Argument(
            metavar="CHECK",
            help="Explain this check.",
            show_default=False,
            autocompletion=check_ids,
        ),
    ] = None,
    provider: ProviderFilter = None,
    service: ServiceFilter = None,
    category: CategoryFilter = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """List the checks, or explain one."""
    from ..checks import checks as known

    if check is not None:
        if check not in known():
            raise UsageError(
                f"There is no check '{check}'.",
                nearest(check, list(known())),
                "See: clew list checks",
            )
        texts = explained(known()[check])
        lines = [{"field": name, "value": value} for name, value in texts.items() if value]
        if format == "table":
            write_rows(lines, ("field", "value"), format, output)
        else:
            write_rows([texts], list(texts), format, output)
        return
    rows = [
        row
        for row in check_rows()
        if (not provider or row["provider"] in provider)
        and (not service or row["service"] in service)
        and (not category or not {*category}.isdisjoint(row["categories"]))
    ]
    columns = ("id", "severity", "provider", "service", "categories", "title")
    write_rows(rows, columns, format, output)


def check_rows() -> list[dict[str, Any]]:
    """The checks, as JSON has them."""
    from ..checks import checks as known

    return [
        {
            "id": check.id,
            "severity": check.severity.value,
            "provider": check.provider,
            "service": check.service,
            "categories": [str(each) for each in check.categories],
            "title": check.title,
        }
        for check in known().values()
    ]


def explained(check: "Check") -> dict[str, Any]:
    """A check with all its texts, as JSON has it."""
    from ..checks.frameworks import controls_of

    return {
        "id": check.id,
        "title": check.title,
        "severity": check.severity.value,
        "provider": check.provider,
        "service": check.service,
        "categories": [str(each) for each in check.categories],
        "resource": check.resource,
        "what": check.what,
        "why": check.why,
        "remediation": check.remediation,
        "compliance": controls_of(check),
        "references": list(check.references),
    }


@listing.command()
def queries(format: FormatOption = Format.table, output: OutputOption = None) -> None:  # noqa: A002
    """List the saved queries."""
    columns = ("name", "theme", "title", "parameters")
    more = (*columns, "columns")
    write_rows(query_rows(), columns if format == "table" else more, format, output)


def query_rows() -> list[dict[str, Any]]:
    """The saved queries, as JSON has them."""
    from ..queries.library import library

    return [
        {
            "name": query.id,
            "theme": query.theme,
            "title": query.title,
            "parameters": [
                _usage(name, parameter.default) for name, parameter in query.parameters.items()
            ],
            "columns": list(query.columns),
        }
        for query in sorted(library().values(), key=lambda query: (query.theme, query.id))
    ]


@listing.command()
def techniques(format: FormatOption = Format.table, output: OutputOption = None) -> None:  # noqa: A002
    """List the attack techniques."""
    columns = ("id", "category", "difficulty", "title")
    more = (*columns, "public_ids", "permissions", "steps", "remediation", "references")
    write_rows(technique_rows(), columns if format == "table" else more, format, output)


def technique_rows() -> list[dict[str, Any]]:
    """The attack techniques, as JSON has them."""
    from ..graph.attack.provider import known_techniques as known

    return [
        {
            "id": technique.id,
            "category": technique.category,
            "difficulty": technique.difficulty,
            "title": technique.title,
            "public_ids": list(getattr(technique, "public_ids", ())),
            "permissions": sorted(getattr(technique, "permissions", ())),
            "steps": technique.steps,
            "remediation": technique.remediation,
            "references": list(technique.references),
        }
        for technique in known().values()
    ]


@listing.command()
def collectors(
    provider: ProviderFilter = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """List the collectors, their labels and permissions."""
    columns = ("provider", "service", "labels")
    more = ("provider", "service", "regional", "labels", "permissions")
    write_rows(collector_rows(provider), columns if format == "table" else more, format, output)


def collector_rows(clouds: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The collectors of these clouds, or of all, as JSON has them."""
    from ..collectors.registry import collectors as known
    from ..collectors.registry import providers

    return [
        {
            "provider": each.provider,
            "service": each.service,
            "regional": each.regional,
            "labels": [model.label for model in each.models()],
            "permissions": list(each.permissions),
        }
        for name in clouds or providers()
        for each in known(name)
    ]


@listing.command()
def labels(
    label: Annotated[
        str | None,
        typer.Argument(
            metavar="LABEL",
            help="List the properties of this label.",
            show_default=False,
            autocompletion=label_names,
        ),
    ] = None,
    provider: ProviderFilter = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """List the node labels, or the properties of one."""
    from ..collectors.registry import models

    known = {model.label: model for model in models()}
    if label is not None:
        if label not in known:
            raise UsageError(
                f"There is no label '{label}'.",
                nearest(label, list(known)),
                "See: clew list labels",
            )
        write_rows(property_rows(known[label]), ("property", "type", "meaning"), format, output)
        return
    rows = [row for row in label_rows() if not provider or row["provider"] in provider]
    write_rows(rows, ("label", "provider", "service", "meaning"), format, output)


def label_rows() -> list[dict[str, Any]]:
    """The node labels, as JSON has them."""
    from ..collectors.registry import models

    return [
        {
            "label": model.label,
            "provider": model.provider,
            "service": model.service,
            "meaning": meaning(model),
        }
        for model in {model.label: model for model in models()}.values()
    ]


@listing.command()
def permissions(
    provider: Annotated[
        Provider, typer.Argument(metavar="CLOUD", help="aws, azure, gcp or entra.")
    ],
    service: ServiceFilter = None,
    output: OutputOption = None,
) -> None:
    """Print least-privilege permissions for scanning. A policy for AWS, else a list."""
    from ..collectors import registry
    from ..scans.connecting import permission_document

    names = sorted(each.service for each in registry.collectors(provider))
    for name in service or ():
        if name not in names:
            raise UsageError(f"There is no {provider} service '{name}'.", nearest(name, names))
    needed = registry.permissions(provider, service or ())
    with opened(output) as stream:
        write_json(permission_document(provider, needed), stream)


@listing.command()
def schemas(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Print the JSON Schema of this document.", show_default=False
        ),
    ] = None,
    format: FormatOption = Format.table,  # noqa: A002
    output: OutputOption = None,
) -> None:
    """List the JSON documents that commands write, or print the JSON Schema of one."""
    from ..scans.schemas import schemas as known

    if name is None:
        rows = [
            {"name": each, "id": schema["$id"], "written_by": schema["title"]}
            for each, schema in known().items()
        ]
        write_rows(rows, ("name", "id", "written_by"), format, output)
        return
    if name not in known():
        raise UsageError(
            f"There is no document '{name}'.",
            nearest(name, list(known())),
            "See: clew list schemas",
        )
    with opened(output) as stream:
        write_json(known()[name], stream)


def meaning(model: "type[Resource]") -> str:
    """The first sentence of a model's documentation, on one line."""
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def _usage(name: str, default: "Value | None") -> str:
    """A parameter with its default; in brackets if it can be left out and then means any."""
    if default is None:
        return name
    return f"[{name}]" if default == "" else f"{name}={default}"


def property_rows(model: "type[Resource]") -> list[dict[str, Any]]:
    """The properties of a label, as JSON has them."""
    from ..graph.schema import column_of

    return [
        {"property": name, "type": column_of(info.annotation).value, "meaning": info.description}
        for name, info in model.model_fields.items()
    ]
