"""Which products of the clouds are covered, and how far: what the models, the exposure, the
techniques and the checks say of them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from clew.collectors.registry import models
from clew.graph.attack.provider import known_techniques
from clew.graph.derivation import derivations, written
from clew.graph.schema import Schema

SOURCE = Path(__file__).parent / "products.yaml"
_INTRODUCTION = """Generated from the models. *Exposure* says that what the internet reaches of it
is worked out, *techniques* how many of the attack techniques are about what there is of it. Of a
product that is not collected nothing is in the graph: no check passes for it, and no attack path
leads over it. Techniques that make something new of it, such as a job, are found all the same:
they are asked of the project or the subscription. AWS's products are in
[labels.md](labels.md)."""


def page(clouds: Mapping[str, str]) -> Iterator[str]:
    """The page, line by line; ``clouds`` are their names."""
    yield from ("# Products", "", *_INTRODUCTION.splitlines())
    reached = _reached()
    for cloud, known in yaml.safe_load(SOURCE.read_text("utf-8")).items():
        yield from ("", f"## {clouds[cloud]}", "", "| product | labels | exposure | techniques |")
        yield "|---|---|---|---|"
        by_service = _labels(cloud)
        for service, product in sorted(known["collected"].items(), key=lambda one: one[1].lower()):
            labels = by_service[service]
            is_reached = "yes" if reached & labels else ""
            about = str(_techniques(labels) or "")
            yield f"| {product} | {_named(labels)} | {is_reached} | {about} |"
        yield from ("", f"Not collected in {clouds[cloud]}:", "")
        missing = known["not_collected"].items()
        yield from (f"- {product} (`{begins}`)" for product, begins in sorted(missing))


def _labels(cloud: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for model in models():
        if model.provider == cloud:
            found.setdefault(model.service, set()).add(model.label)
    return {service: frozenset(labels) for service, labels in found.items()}


def _reached() -> frozenset[str]:
    """The labels that edges from the internet lead to."""
    known = derivations(Schema.of(models()))
    return frozenset(each.target for each in written(known) if each.rel == "CAN_REACH")


def _techniques(labels: frozenset[str]) -> int:
    """How many techniques are about resources of some labels."""
    found = (getattr(each, "existing", {}).values() for each in known_techniques().values())
    return sum(not labels.isdisjoint(one.existing for one in each) for each in found)


def _named(labels: frozenset[str]) -> str:
    return ", ".join(f"`{each}`" for each in sorted(labels))
