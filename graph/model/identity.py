"""Full identities (ARN, ARM id, resource name) as templates that build and parse."""

import re
from functools import cache, cached_property
from string import Formatter


class Identity:
    """The pattern of a label's full identity, e.g.
    ``arn:{partition}:iam::{account}:role{path}{name}``.

    A placeholder matches one part (no ``:`` or ``/``), the last one matches the rest, and
    ``{path}`` matches an IAM path: ``/`` or ``/…/``.
    """

    def __init__(self, template: str) -> None:
        self.template = template
        self.fields = tuple(name for _, name, _, _ in Formatter().parse(template) if name)

    @staticmethod
    @cache
    def of(template: str) -> "Identity":
        """The identity of a template, made once."""
        return Identity(template)

    def build(self, values: dict[str, str | None]) -> str | None:
        """The identity made of these values, or None where one of them is unknown."""
        known = {name: values.get(name) for name in self.fields}
        if "path" in known and known["path"] is None:
            known["path"] = "/"
        if any(value is None for value in known.values()):
            return None
        return self.template.format(**known)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern = ""
        for literal, name, _, _ in Formatter().parse(self.template):
            pattern += re.escape(literal)
            if name == "path":
                pattern += "(?P<path>/(?:.*/)?)"
            elif name == self.fields[-1]:
                pattern += f"(?P<{name}>.+)"
            elif name:
                pattern += f"(?P<{name}>[^:/]*)"
        return re.compile(pattern, re.DOTALL)

    def parse(self, text: str) -> dict[str, str] | None:
        """The parts of a full identity, or None if the text has another form."""
        match = self._pattern.fullmatch(text)
        return match.groupdict() if match else None
