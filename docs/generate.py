"""Writes the pages of this folder that the code itself can tell.

python docs/generate.py           writes what has changed
python docs/generate.py --check   names what would change, and fails if anything would
"""

import io
import json
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from itertools import groupby
from pathlib import Path
from unittest.mock import patch

from clew.checks import Category, Check, checks
from clew.checks.frameworks import (
    Framework,
    RequirementStatus,
    controls_of,
    deciding,
    frameworks,
)
from clew.checks.report import ReportedFinding
from clew.cli.errors import ExitCode
from clew.cli.main import main
from clew.cli.requirements import STATUS_WORDS
from clew.collectors.registry import models, permissions, providers
from clew.graph.attack.engine.requirement import Created, Existing, Relation, Where
from clew.graph.attack.engine.technique import ExternalTechnique, Technique
from clew.graph.attack.engine.technique_files import TechniqueSet
from clew.graph.attack.provider import provider_types
from clew.graph.model import RELATIONSHIPS, MissingReason, Resource
from clew.graph.schema import EdgeType, Schema, column_of
from clew.queries import Query, library
from clew.scans.connecting import permission_document
from clew.scans.documents import (
    ChokePointAnswer,
    CoverageRow,
    CutRow,
    DecisionRow,
    GapRow,
    PathAnswer,
    PathHopRow,
    PathRow,
    PermissionAnswer,
    PermissionRow,
)
from pydantic import BaseModel

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
import products  # noqa: E402

COMMANDS = (
    ("demo",),
    ("scan",),
    ("check",),
    ("paths",),
    ("choke-points",),
    ("diff",),
    ("can",),
    ("who-can",),
    ("query",),
    ("serve",),
    ("mcp",),
    ("coverage",),
    ("export",),
    ("push",),
    ("import",),
    ("merge",),
    ("simulate",),
    ("list",),
    ("list", "checks"),
    ("list", "compliance"),
    ("list", "queries"),
    ("list", "techniques"),
    ("list", "collectors"),
    ("list", "labels"),
    ("list", "permissions"),
    ("list", "schemas"),
)
EXIT_CODES = {
    ExitCode.DONE: "Done.",
    ExitCode.FAILED: "Failed; standard error says why in one sentence.",
    ExitCode.USAGE: "Wrong usage, or a name that the scan does not hold; standard error says what "
    "would be right.",
    ExitCode.FINDINGS: "`clew check --fail-on` found a failure of that severity or worse; "
    "`clew diff --fail-on-new` a new one; `clew simulate` a decision that was not expected.",
    ExitCode.INCOMPLETE: "`clew scan --strict` could not read everything.",
    ExitCode.INTERRUPTED: "Interrupted. What a scan has read is kept and can be resumed.",
}
VARIABLES = {
    "CLEW_HOME": "Where scans are kept; by default the user's data folder.",
    "CLEW_CACHE_DIR": "Where the graphs built from scans are cached; by default the user's cache.",
    "CLEW_CONTENT": "Folders with own checks, queries, techniques and collectors (own-content.md), "
    "separated as in PATH.",
    "NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE": "Credentials for Neo4j, and the database.",
    "NO_COLOR": "If set, nothing is coloured.",
}
CLOUDS = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud", "entra": "Entra ID", "any": "Any"}


def pages() -> dict[str, str]:
    """Every generated page, by its path in this folder."""
    permissions = {
        f"permissions/{provider}.json": _permissions(provider) for provider in providers()
    }
    return {
        "checks.md": _text(_checks(checks().values())),
        "cli.md": _text(_cli()),
        "compliance.md": _text(_compliance(checks().values())),
        "labels.md": _text(_labels()),
        "products.md": _text(products.page(CLOUDS)),
        "queries.md": _text(_queries(library().values())),
        "techniques.md": _text(
            _techniques({name: each.techniques() for name, each in provider_types().items()})
        ),
        **permissions,
    }


def stale() -> list[str]:
    """The pages that are not what the code says now."""
    return [
        name
        for name, text in pages().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != text
    ]


def _cli() -> Iterator[str]:
    yield from ("# The command line", "")
    yield "Data goes to standard output, progress and messages to standard error. `-f json` writes"
    yield "one JSON document. Colours and bars appear only on a terminal."
    yield ""
    yield from ("## Exit codes", "", "| code | meaning |", "|---|---|")
    yield from (_row(str(code.value), EXIT_CODES[code]) for code in ExitCode)
    yield from ("", "## Environment", "", "| variable | what it sets |", "|---|---|")
    yield from (_row(f"`{name}`", meaning) for name, meaning in VARIABLES.items())
    yield ""
    yield "Cloud credentials are found as each cloud's own tools find them."
    for command in COMMANDS:
        yield from ("", f"{'##' if len(command) == 1 else '###'} clew {' '.join(command)}", "")
        yield from ("```text", _help(command), "```")
    yield from ("", "## JSON", "")
    yield "`clew list schemas NAME` prints the JSON Schema of each of these documents. Its `$id`"
    yield "ends with the number of the format, which is raised when a key changes its meaning."
    yield ""
    yield "`clew check -f json` is an array of findings:"
    yield from _table("finding", ReportedFinding)
    yield ""
    yield "`clew coverage -f json` is an array of calls:"
    yield from _table("call", CoverageRow)
    yield ""
    yield "`clew can -f json` and `clew who-can -f json` are an object:"
    yield from _table("", PermissionAnswer)
    yield from ("", "A gap has a `message` and whatever of the other keys is known:")
    yield from _table("gap", GapRow)
    yield from _table("answer", PermissionRow)
    yield ""
    yield "`clew simulate -f json` is an array of decisions; `jsonl` has one on each line:"
    yield from _table("decision", DecisionRow)
    yield ""
    yield "`clew paths -f json` is an object:"
    yield from _table("", PathAnswer)
    yield from _table("path", PathRow)
    yield from _table("hop", PathHopRow)
    yield ""
    yield "`clew choke-points -f json` is an object:"
    yield from _table("", ChokePointAnswer)
    yield from _table("cut", CutRow)
    yield ""
    yield "`clew query -f json` is an array of rows by column; a node is an object of its"
    yield "properties with its `label`, an edge one with its `type`. What an answer that rests on"
    yield "derived edges may lack is said on standard error."


def _table(what: str, model: type[BaseModel]) -> Iterator[str]:
    """The keys of a document."""
    head = f"key of a{'n' if what[0] in 'aeiou' else ''} {what}" if what else "key"
    yield from ("", f"| {head} | what it is |", "|---|---|")
    for name, field in model.model_fields.items():
        yield _row(f"`{field.alias or name}`", field.description or "")


def _help(command: tuple[str, ...]) -> str:
    shown = io.StringIO()
    with redirect_stdout(shown), patch.dict(os.environ, {"COLUMNS": "80"}):
        main([*command, "--help"])
    return shown.getvalue().strip()


def _queries(queries: Iterable[Query]) -> Iterator[str]:
    yield from ("# Saved queries", "")
    yield "`clew query NAME` runs one of these; `clew query demo NAME` runs it on the demo. All run"
    yield "on the embedded database and on Neo4j."
    yield ""
    yield "A parameter that names a resource, an account or a tag is looked up in the scan: a name"
    yield "that nothing has is an error with the nearest names (exit code 2), and no empty answer."
    yield "A date is a day (`2025-12-31`), a timestamp, or a time before the scan (`90d`, `12h`)."
    ordered = sorted(queries, key=lambda query: (query.theme != "general", query.theme, query.id))
    for theme, group in groupby(ordered, key=lambda query: query.theme):
        yield from ("", f"## {CLOUDS.get(theme, 'General')}")
        for query in group:
            yield from _query(query)


def _query(query: Query) -> Iterator[str]:
    yield from ("", f"### {query.id}", "", f"{query.title}. {query.description.strip()}", "")
    if query.parameters:
        yield from ("| parameter | type | what it is | default |", "|---|---|---|---|")
        for name, one in query.parameters.items():
            default = "" if one.default is None else f"`{json.dumps(one.default)}`"
            kind = f"{one.type} ({' or '.join(one.labels)})" if one.labels else one.type
            yield _row(f"`{name}`", kind, one.description, default)
        yield ""
    yield from ("| column | what it is |", "|---|---|")
    yield from (_row(f"`{name}`", meaning) for name, meaning in query.columns.items())
    given = "".join(
        f" --param {shlex.quote(f'{name}={one.example}')}"
        for name, one in query.parameters.items()
        if one.default is None
    )
    yield from ("", "```sh", f"clew query demo {query.id}{given}", "```")
    yield from ("", "```cypher", query.cypher, "```")


def _checks(known: Iterable[Check]) -> Iterator[str]:
    ordered = sorted(known, key=lambda check: (providers().index(check.provider), check.service))
    yield from ("# Checks", "")
    yield "Each answers PASS, FAIL, or MANUAL where a fact that decides could not be read."
    yield "[compliance.md](compliance.md) says what the categories mean."
    for provider, of_cloud in groupby(ordered, key=lambda check: check.provider):
        listed = sorted(of_cloud, key=lambda check: (check.service, check.id))
        yield from (
            "",
            f"## {CLOUDS[provider]}",
            "",
            "| check | service | severity | categories |",
            "|---|---|---|---|",
        )
        for check in listed:
            linked = f"[{check.id}](#{check.id})"
            yield _row(linked, check.service, check.severity, ", ".join(check.categories))
        for check in listed:
            yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    yield from ("", f"### {check.id}", "", f"**{check.title}.** Severity: {check.severity}.")
    yield from ("", _line(check.what), "", f"*Why:* {_line(check.why)}")
    yield from ("", f"*What to do:* {_line(check.remediation)}")
    if controls := controls_of(check):
        yield from ("", f"*Controls:* {'; '.join(controls)}")
    if check.references:
        yield from ("", "*See:* " + ", ".join(f"<{address}>" for address in check.references))


STATUSES = {
    "ERROR": "A check crashed.",
    "FAIL": "A finding fails.",
    "MANUAL": "Nothing fails, and something could not be read.",
    "PARTLY": "What is looked at passes. A part of it is left open, was muted, or was not scanned.",
    "PASS": "Its checks decide all of it, all of them ran, and all of their findings pass.",
    "MUTED": "All that its checks found is muted.",
    "NO_RESOURCES": "Its checks found nothing that they are about.",
    "NOT_CHECKED": "The scan did not read what its checks are about, or they were left out.",
    "NOT_COVERED": "Clew has no check for it.",
    "UNDECIDABLE": "Clew cannot decide it: the note says why.",
}


def _compliance(known: Iterable[Check]) -> Iterator[str]:
    known = list(known)
    yield from ("# Compliance, and categories of checks", "")
    yield "    clew check demo --compliance cis-aws-5.0"
    yield from ("    clew list compliance", "")
    yield "tells requirement by requirement how a scan stands: as a table, JSON or CSV. Titles are"
    yield "in Clew's own words; the numbers lead to the framework's text, which others hold."
    yield ""
    yield "A requirement stands as the worst of the findings of its checks:"
    yield ""
    yield from ("| `status` | in the table | meaning |", "|---|---|---|")
    for status in RequirementStatus:
        yield _row(f"`{status}`", STATUS_WORDS.get(status, status), STATUSES[status])
    yield ""
    yield "Nothing passes that was not looked at. A benchmark of a cloud names settings, of which a"
    yield "check decides all or a part: the note says what is left open. General frameworks ask"
    yield "about people, premises and systems: of those a scan shows a part at most, so that no"
    yield "requirement of theirs is ever `PASS`. Checks of every cloud decide them; where one of"
    yield "the clouds was not scanned, a note says so. What no scan can decide is `UNDECIDABLE`,"
    yield "never left out."
    yield ""
    yield "Findings name their controls (`compliance`) in every report. A check of own content says"
    yield 'itself what it decides: `compliance=("CIS AWS 5.0: 3.4",)`.'
    yield ""
    yield from ("## Frameworks", "")
    yield from (
        "| name | framework | clouds | requirements | decided | in part | not covered "
        "| not decidable |",
        "|---|---|---|---|---|---|---|---|",
    )
    for each in frameworks().values():
        yield _framework(each, known)
    yield from ("", "## Categories", "")
    yield "`clew check --category exposure` runs the checks of a category, `clew list checks"
    yield "--category exposure` lists them. A check may be of several."
    yield from ("", "| category | meaning | checks |", "|---|---|---|")
    for category in Category:
        yield _row(
            f"`{category}`", category.meaning, str(sum(category in one.categories for one in known))
        )


def _framework(framework: Framework, known: list[Check]) -> str:
    decided = deciding(framework, known)
    with_checks = [each for each in framework.requirements if decided[each.id]]
    partly = sum(bool(each.partly or framework.partly) for each in with_checks)
    undecidable = sum(bool(each.undecidable) for each in framework.requirements)
    whole = len(framework.requirements)
    return _row(
        f"`{framework.id}`",
        f"[{framework.title}]({framework.source})",
        ", ".join(CLOUDS[each] for each in framework.providers) or "all",
        *map(str, (whole, len(with_checks) - partly, partly)),
        *map(str, (whole - len(with_checks) - undecidable, undecidable)),
    )


CATEGORIES = {
    "external": "Access from outside",
    "self-escalation": "More permissions for oneself",
    "principal-access": "Acting as another principal",
    "principal-change": "Changing another principal",
    "new-principal": "Creating a principal",
    "new-passrole": "Passing a role to a service",
    "existing-passrole": "Running code on what already has a role",
    "resource-policy": "Opening a resource",
}
GAINS = {
    "identity": "acts as {}",
    "control": "controls {}, and acts as what it runs as",
    "policies": "acts as {} with any policy added",
    "unbounded": "acts as {} without its permissions boundary",
    "membership": "{member} has the policies of {} too",
    "version": "acts with another version of {} in force",
    "tags": "acts as {} with the tags that it picks",
    "without": "acts without {}, and what that denied",
    "role": "has whatever role it likes on {}, or, if that is a role, has it active",
    "data": "reads the data of {}",
    "owner": "acts as the owner of {}, whom none of its own policies limits",
    "administrator": "acts as {}, a new administrator",
}
CHANGES = {
    **GAINS,
    "policies": "{} has any policy added",
    "unbounded": "{} has no permissions boundary",
    "version": "another version of {} is in force",
    "tags": "{} has the tags that the attacker picks",
}


def _techniques(known: Mapping[str, TechniqueSet]) -> Iterator[str]:
    yield from ("# Attack techniques", "")
    yield "What the steps of attack paths take and gain. A step exists where the principal has"
    yield "all the permissions on the resources at hand, and these are as the technique needs"
    yield "them. A technique that only changes another principal is one step of a path: acting as"
    yield "it is another. `self` is the acting principal. Difficulty: 1 calls of an API; 2 own"
    yield "code has to run; 3 waiting, another party or the network has to help; 4 unlikely."
    yield "Public ids are those of pathfinding.cloud and its labs."
    order = list(CATEGORIES)
    for provider, found in known.items():
        yield from ("", f"## {CLOUDS[provider]}")
        every = [*found.techniques.values(), *found.external.values()]
        every.sort(key=lambda technique: (order.index(technique.category), technique.id))
        for category, of_category in groupby(every, key=lambda technique: technique.category):
            yield from ("", f"### {CATEGORIES[category]}")
            for technique in of_category:
                yield from _technique(technique)


def _technique(technique: Technique | ExternalTechnique) -> Iterator[str]:
    yield from ("", f"#### {technique.id}", "")
    yield f"**{technique.title}.** Difficulty: {technique.difficulty}."
    if isinstance(technique, Technique):
        yield from _needs(technique)
    else:
        yield from ("", f"*Step:* `{technique.edge}`")
    yield from ("", _line(technique.steps), "")
    yield f"*Remediation:* {_line(technique.remediation)}"
    yield from ("", "*See:* " + ", ".join(f"<{address}>" for address in technique.references))


def _needs(technique: Technique) -> Iterator[str]:
    """What it takes of a principal that was collected, and what it gains."""
    if technique.public_ids:
        yield f"Public id: {', '.join(technique.public_ids)}."
    yield from ("", f"*Permissions:* {_keys(sorted(technique.permissions))}")
    resources = technique.resources.items()
    if needed := [text for name, resource in resources for text in _needed(name, resource)]:
        yield from ("", f"*Requires:* {'; '.join(needed)}")
    if technique.relations:
        edges = map(_related, technique.relations)
        yield from ("", f"*Related:* {'; '.join(edges)}")
    if technique.assumes:
        yield from ("", f"*Only if* {'; '.join(technique.assumes)}.")
    kind, name = technique.gain
    said = (GAINS if technique.holds else CHANGES)[kind]
    limits = f", for {_keys(technique.limited_to)} only" if technique.limited_to else ""
    yield from ("", f"*Gain:* {said.format(f'`{name}`', member=f'`{technique.member}`')}{limits}")


def _related(relation: Relation) -> str:
    ports = f" on TCP {' or '.join(map(str, relation.tcp))}" if relation.tcp else ""
    return f"`{relation.from_}` {relation.edge} `{relation.to}`{ports}"


def _needed(name: str, resource: Existing | Created) -> Iterator[str]:
    """The resource in words, if it is one that limits where the technique works."""
    if isinstance(resource, Existing):
        optional = f" (otherwise only if {resource.if_not})" if resource.optional else ""
        asked = {"trusts": resource.trusts + resource.federates, "is allowed": resource.can}
        said = [f"{verb} {' or '.join(each)}" for verb, each in asked.items() if each]
        said += [f"is allowed {own.action} on itself" for own in resource.to_itself]
        roles = f" that {' and '.join(said)}" if said else ""
        states = " and ".join(map(_state, resource.where))
        state = f" whose {states}" if states else ""
        yield f"`{name}`: {resource.existing}{roles}{state}{optional}"


def _state(where: Where) -> str:
    """What a field must say, in words; what must be so where it does not, in brackets."""
    if where.is_ is not None:
        said = f"is {_value(where.is_)}"
    elif where.in_ is not None:
        said = f"is {' or '.join(map(_value, where.in_))}"
    elif where.not_in is not None:
        said = f"is not {' or '.join(map(_value, where.not_in))}"
    elif where.contains is not None:
        said = f"contains {_value(where.contains)}"
    elif where.count_below is not None:
        said = f"has fewer than {where.count_below}"
    else:
        said = f"has {where.count_at_least} or more"
    otherwise = f" (otherwise only if {where.if_not})" if where.if_not else ""
    return f"`{where.field}` {said}{otherwise}"


def _value(value: bool | int | str) -> str:
    return "empty" if value == "" else str(value).lower() if isinstance(value, bool) else str(value)


def _labels() -> Iterator[str]:
    known = models()
    yield from ("# Labels and relationships", "")
    yield "Every node has `id` (its full identity), `provider`, `name`, `account`, `region`, `tags`"
    yield "and `missing`, which is null unless the node only stands for something that a reference"
    yield "names and that was not found; then it says why:"
    yield from ("", "| missing | the target |", "|---|---|")
    yield from (_row(f"`{reason}`", reason.meaning) for reason in MissingReason)
    yield from ("", "## Relationships", "", "Read from subject to object.", "")
    yield from ("| type | what it says | own properties |", "|---|---|---|")
    for name, relationship in sorted(RELATIONSHIPS.items()):
        own = ", ".join(f"`{each}`" for each in relationship.properties)
        yield _row(f"`{name}`", relationship.meaning, own)
    yield ""
    yield "Every edge also has `via`: the field of the resource that it was read from."
    pairs = Schema.of(known).pairs
    for provider in (*providers(), "any"):
        owned = [model for model in known if model.provider == provider]
        yield from ("", f"## {CLOUDS[provider]}" if provider != "any" else "## Of no cloud")
        for model in owned:
            yield from _label(model, [pair for pair in pairs if pair.target == model.label])


def _label(model: type[Resource], incoming: list[EdgeType]) -> Iterator[str]:
    yield from ("", f"### {model.label}", "", _line(model.__doc__ or ""), "")
    yield f"Service: {model.service}. Identity: `{model.identity}`."
    yield from ("", "| property | type | what it is |", "|---|---|---|")
    for name, info in model.model_fields.items():
        if name not in ("id", "account", "region", "missing"):
            kind = column_of(info.annotation).value
            yield _row(f"`{name}`", kind, info.description or "")
    if incoming:
        edges = ", ".join(f"{pair.source} {pair.rel}" for pair in incoming)
        yield from ("", f"Incoming: {edges}.")


def _permissions(provider: str) -> str:
    needed = permissions(provider)
    return json.dumps(permission_document(provider, needed), indent=2) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _line(text: str) -> str:
    return " ".join(text.split())


def _keys(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    changed = stale()
    print("\n".join(changed) if changed else "All pages are up to date.")
    if "--check" in sys.argv[1:]:
        sys.exit(bool(changed))
    for name, text in pages().items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_text(text, "utf-8")
