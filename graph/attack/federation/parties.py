"""Those outside whose tokens are trusted: each repository, organization or subject that trust rules
name, and everybody where an issuer serves everyone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...model import ExternalSubject
from ..exposed import THE_INTERNET
from ..model import Node
from .issuers import ANY_AUDIENCE, OF_ITS_OWN, Forms, outside_forms, shared_issuers
from .model import ANYTHING, Claim, Picked, TokenClaims, TrustRule, fits, normalized

_SUBJECT, _AUDIENCE = "sub", "aud"
_OUTSIDE = "whether the issuer is one of the scan's own clusters could not be read"


def everybody(issuer: str, rule: TrustRule) -> tuple[Node, TokenClaims] | None:
    """Everybody's token of an issuer, as far as a rule tells claims apart; None if the issuer is
    not known to serve everyone."""
    forms = outside_forms(normalized(issuer))
    if forms is None:
        return None
    claims: dict[str, Claim] = {_AUDIENCE: Picked(forms.get(_AUDIENCE, ANY_AUDIENCE))}
    for claim in {*rule.named, *forms} - {_AUDIENCE}:
        claims[claim] = Picked(forms.get(claim, OF_ITS_OWN))
    return THE_INTERNET, TokenClaims(_url(issuer), claims)


class Inside:
    """Whom the scan's own principals have tokens about."""

    def __init__(self, unread_issuers: Iterable[str] = ()) -> None:
        self._unread = tuple(unread_issuers)
        self._subjects: dict[str, set[str]] = defaultdict(set)
        self._picked: dict[str, set[Picked]] = defaultdict(set)

    def add(self, token: TokenClaims) -> None:
        """Adds a token's subject."""
        issuer, subject = normalized(token.issuer), token.value(_SUBJECT)
        if isinstance(subject, Picked):
            self._picked[issuer].add(subject)
        else:
            self._subjects[issuer].update(subject or ())

    def may_issue(self, issuer: str) -> bool:
        """Whether one may have tokens of an issuer, of which that was not read."""
        return any(fits(issuer, each) for each in self._unread)

    def issues(self, issuer: str) -> bool:
        """Whether any principal has a token of an issuer."""
        return normalized(issuer) in self._subjects or normalized(issuer) in self._picked

    def has(self, issuer: str, subject: str) -> bool:
        """Whether one has a token of an issuer about a subject."""
        host = normalized(issuer)
        return subject in self._subjects.get(host, ()) or any(
            each.takes(subject) is not None for each in self._picked.get(host, ())
        )


def parties(rules: Iterable[TrustRule], inside: Inside) -> Iterator[tuple[Node, TokenClaims]]:
    """Whom rules of one issuer name, each once, with the tokens that it has; those that principals
    of the scan are, are not outside."""
    known: set[str] = set()
    for rule in rules:
        for node, token in _named(rule, inside):
            if node.id not in known:
                known.add(node.id)
                doubts = (_OUTSIDE,) if inside.may_issue(rule.issuer) else ()
                yield node, token._replace(conditions=(*token.conditions, *doubts))


def _named(rule: TrustRule, inside: Inside) -> Iterator[tuple[Node, TokenClaims]]:
    shared = shared_issuers().get(normalized(rule.issuer))
    is_any_told_apart = False
    for claim, patterns in rule.named.items():
        for pattern in patterns if shared else ():
            found = shared.party(claim, pattern) if shared else None
            if found:
                is_any_told_apart = True
                yield _party(rule.issuer, *found)
    if is_any_told_apart:
        return
    subjects = rule.named.get(_SUBJECT, ())
    for subject in subjects:
        if inside.has(rule.issuer, subject):
            continue
        yield _party(rule.issuer, subject, {_SUBJECT: (subject,)}, is_pattern=True)
    if not subjects and not shared and not inside.issues(rule.issuer):
        yield _party(rule.issuer, "", {})


def _party(
    issuer: str, name: str, forms: Forms, *, is_pattern: bool = False
) -> tuple[Node, TokenClaims]:
    """A party: what its tokens do not tell of is not known."""
    host = normalized(issuer)
    claims: dict[str, Claim] = {_AUDIENCE: ANYTHING}
    for claim, texts in forms.items():
        claims[claim] = Picked(_opened(texts) if is_pattern else texts)
    if not forms:
        claims[_SUBJECT] = ANYTHING
    said = f"{name} of {host}" if name else f"whoever {host} vouches for"
    node = Node(f"https://{host}#{name or '*'}", ExternalSubject.label, said, "")
    return node, TokenClaims(_url(issuer), claims, is_whole=False)


def _opened(patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns as forms."""
    return tuple(each.replace("*", "{any}").replace("?", "{any}") for each in patterns)


def _url(issuer: str) -> str:
    """An issuer with its scheme, which some clouds do not store."""
    return issuer if ":" in issuer else f"https://{issuer}"
