"""The table ``issuers.yaml``: issuers of tokens at which anyone may open an account, what tokens of
external principals look like there, and who is distinguished.

An issuer that is not listed serves one customer, whom its address names, or is one that Clew does
not know.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from pydantic import RootModel

from ..engine.requirement import Part, Text
from ..engine.technique_files import kept_documents, validated

Forms = Mapping[str, tuple[str, ...]]
"""What values of claims look like, by claim: :mod:`clew.graph.authorization.claim_patterns`."""

FILE = "issuers.yaml"
ANY_AUDIENCE = ("{any}",)
"""The form of an audience that the caller who asks for a token picks, as at most issuers."""
OF_ITS_OWN = ("{who}",)
"""The form of a claim that is not listed."""
_OWN = re.compile(r"\{(owner|project)\}")
_OPEN = re.compile(r"\{(?:any|name)\}")


class PartyKind(Part):
    """Who is distinguished at an issuer: a repository, an organization."""

    name: Text
    """What one is called; ``{owner}`` and ``{project}`` are its own names."""
    claims: Mapping[str, tuple[Text, ...]]
    """What its tokens say."""

    def named(self, claim: str, pattern: str) -> Iterator[tuple[str, Forms]]:
        """The parties whose claim a pattern names: what they are called and what their tokens
        say."""
        for template in self.claims.get(claim, ()):
            found = _beginning(template).match(pattern)
            if found:
                own = found.groupdict()
                claims = {
                    key: tuple(_filled(each, own) for each in templates)
                    for key, templates in self.claims.items()
                }
                if all(f"{{{name}}}" not in self.name or name in own for name in _OWN_NAMES):
                    yield _filled(self.name, own), claims


class Issuer(Part):
    """An issuer that serves everyone."""

    claims: Mapping[str, tuple[Text, ...]]
    """What tokens of external principals say."""
    parties: tuple[PartyKind, ...] = ()
    """The narrowest first."""

    def party(self, claim: str, pattern: str) -> tuple[str, Forms] | None:
        """The party that a pattern of a claim means alone; None if it means several, or a kind of
        which nothing is known."""
        return next((one for kind in self.parties for one in kind.named(claim, pattern)), None)


_OWN_NAMES = ("owner", "project")


class _Table(RootModel[Mapping[str, Issuer]]):
    pass


@cache
def shared_issuers() -> Mapping[str, Issuer]:
    """The issuers by address without the scheme.

    :raises TechniqueFileError: if the file is not what it should be.
    """
    text = (files(__package__) / FILE).read_text("utf-8")
    return validated(_Table, FILE, kept_documents({FILE: text})[FILE]).root


def outside_forms(issuer: str) -> Forms | None:
    """What tokens of external principals look like; None if the issuer is not known to serve
    everyone. ``issuer`` is its address without the scheme."""
    found = shared_issuers().get(issuer)
    return found.claims if found else None


@cache
def _beginning(template: str) -> re.Pattern[str]:
    """What a pattern must begin with that means one party alone: its own names, and what ends
    them."""
    last = max((each.end() for each in _OWN.finditer(template)), default=0)
    ends_there = last == len(template)
    kept = template[: last + (0 if ends_there else 1)]
    parts = _OWN.split(kept)
    text = "".join(
        f"(?P<{part}>[^/:*?]+)" if place % 2 else _escaped(part) for place, part in enumerate(parts)
    )
    return re.compile(text + ("$" if ends_there else "") if last else r"(?!)")


def _escaped(part: str) -> str:
    """A part of a template as a regular expression: what is not a party's own may be a
    wildcard."""
    return "[^/:]+".join(re.escape(each) for each in _OPEN.split(part))


def _filled(template: str, own: Mapping[str, str]) -> str:
    for name, value in own.items():
        template = template.replace(f"{{{name}}}", value)
    return template
