"""A second evaluator of AWS policies, written from AWS's documentation to be plainly right.

It reads the same cases as ``clew simulate``, shares no code with the product, and is as slow as it
is simple: it asks everything of every statement anew, and tries every way a wildcard may stretch.
An answer is yes, no, or open (None): a key that is not given is open, unless the case is strict,
and so is what AWS does not document.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import base64
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

Case = dict[str, Any]
Answer = bool | None

UNKNOWN, THERE = "unknown", "there"
"""What is known of a key that has no known values: nothing, or that it is there."""


# Three values


def either(answers: Iterable[Answer]) -> Answer:
    found = list(answers)
    return True if True in found else None if None in found else False


def both(answers: Iterable[Answer]) -> Answer:
    found = list(answers)
    return False if False in found else None if None in found else True


def opposite(answer: Answer) -> Answer:
    return None if answer is None else not answer


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# Who asks


class Who(NamedTuple):
    kind: str
    account: str = ""
    name: str = ""
    session: str = ""
    arn: str = ""
    path: str | None = ""
    """Of a role; None if it is not known."""

    @property
    def has_policies(self) -> bool:
        return self.kind in ("user", "role", "session", "federated user", "root")

    @property
    def is_service_linked(self) -> bool:
        if self.kind == "session" and self.name.startswith("AWSServiceRoleFor"):
            return True
        return self.kind == "role" and (self.path or "").startswith("aws-service-role/")


def who_asks(case: Case) -> Who:
    given = case["principal"]
    if given == "anonymous":
        return Who("anonymous")
    if isinstance(given, dict):
        return Who(*(("service", "", given["service"]) if "service" in given else _provider(given)))
    _, _, service, _, account, rest = given.split(":", 5)
    sort, _, name = rest.partition("/")
    if rest == "root":
        return Who("root", account, arn=given)
    if service == "sts" and sort == "federated-user":
        return Who("federated user", account, name, arn=given)
    if service == "sts":
        role, _, session = name.partition("/")
        return Who("session", account, role, session, given, None)
    path, slash, last = name.rpartition("/")
    return Who(sort, account, last, "", given, f"{path}{slash}")


def _provider(given: Case) -> tuple[str, str, str, str, str]:
    name = given["federated"]
    account = name.split(":")[4] if name.startswith("arn:") else ""
    return "provider", account, name, "", name


# What is known of the request


class Known:
    """The condition keys of a request."""

    def __init__(self, case: Case, strict: bool) -> None:
        self.is_strict = strict
        who = who_asks(case)
        self.values: dict[str, Any] = {
            key: value if value in (UNKNOWN, THERE) else listed(value)
            for key, value in facts(who, owner_of(case, who)).items()
        }
        if strict:
            self.values = {
                key: value for key, value in self.values.items() if isinstance(value, list)
            }
        for key, given in case.get("context", {}).items():
            values = [] if given is None else listed(given)
            self.values[key.lower()] = [
                str(one).lower()
                if isinstance(one, bool)
                else one
                if isinstance(one, Role)
                else str(one)
                for one in values
            ]
        self.has_tags = not who.has_policies

    def of(self, key: str) -> Any:
        key = key.lower()
        if key in self.values:
            return self.values[key]
        if self.has_tags and key.startswith("aws:principaltag/"):
            return []
        return [] if self.is_strict else UNKNOWN


class Role(NamedTuple):
    """The ARN of a session's role, of which the path is not known."""

    start: str
    name: str


def facts(who: Who, owner: str) -> Case:
    found: Case = {
        "aws:principalisawsservice": str(who.kind == "service").lower(),
        "aws:principalservicename": [who.name] if who.kind == "service" else [],
        "aws:username": [who.name] if who.kind == "user" else [],
    }
    types = {
        "user": "User",
        "role": "AssumedRole",
        "session": "AssumedRole",
        "federated user": "FederatedUser",
        "root": "Account",
        "anonymous": "Anonymous",
    }
    if who.kind in types:
        found["aws:principaltype"] = types[who.kind]
    if who.kind == "root":
        found["aws:userid"] = who.account
    elif who.has_policies:
        found["aws:userid"] = THERE
    if who.kind in ("role", "session", "federated user"):
        found["aws:tokenissuetime"] = THERE
    elif who.kind in ("user", "root"):
        found["aws:tokenissuetime"] = []
    if who.has_policies:
        found["aws:principalaccount"] = who.account
        found["aws:principalarn"] = who.arn
        if who.kind == "session":
            partition = who.arn.split(":")[1]
            found["aws:principalarn"] = Role(f"arn:{partition}:iam::{who.account}:role/", who.name)
    else:
        gone = ("arn", "account", "orgid", "orgpaths")
        found.update((f"aws:principal{key}", []) for key in gone)
    if re.fullmatch("[0-9]{12}", owner):
        found["aws:resourceaccount"] = owner
    return found


def owner_of(case: Case, who: Who) -> str:
    parts = case["resource"].split(":")
    own = parts[4] if len(parts) > 5 and re.fullmatch("[0-9]{12}", parts[4]) else ""
    return case.get("resource_account") or own or who.account


# Texts with wildcards and variables


class Token(NamedTuple):
    """A character of a pattern as it is written, a wildcard, or a variable."""

    sort: str
    """``is``, ``one``, ``many`` or ``variable``."""
    text: str = ""
    default: str | None = None


def tokens_of(pattern: str, has_variables: bool, has_wildcards: bool = True) -> list[Token]:
    found: list[Token] = []
    rest = pattern
    while rest:
        if has_variables and rest.startswith("${") and "}" in rest:
            inner, _, rest = rest[2:].partition("}")
            inner = inner.strip()
            if inner in ("*", "?", "$"):
                found.append(Token("is", inner))
                continue
            name, comma, default = inner.partition(",")
            found.append(Token("variable", name.strip(), default.strip()[1:-1] if comma else None))
            continue
        sort = {"*": "many", "?": "one"}.get(rest[0], "is") if has_wildcards else "is"
        found.append(Token(sort, rest[0]))
        rest = rest[1:]
    return found


class Filled(NamedTuple):
    tokens: list[Token]
    is_certain: bool
    """Whether every variable's value is known."""


def filled(tokens: list[Token], known: Known) -> Filled | None:
    """The tokens with the variables' values; None if one has none."""
    found: list[Token] = []
    certain = True
    for token in tokens:
        if token.sort != "variable":
            found.append(token)
            continue
        values = known.of(token.text)
        if values == [] and token.default is None:
            return None
        if values == []:
            found += [Token("is", char) for char in token.default or ""]
        elif isinstance(values, list) and len(values) == 1 and isinstance(values[0], str):
            found += [Token("is", char) for char in values[0]]
        else:
            found.append(Token("many", "any text"))
            certain = False
    return Filled(found, certain)


def stretches(
    tokens: list[Token], text: str, stays: Callable[[int], bool] = lambda _: False
) -> bool:
    """Whether a text is what the tokens describe. ``stays`` tells of which wildcards, by their
    place, no colon may be a part."""
    places = {0}
    for place, token in enumerate(tokens):
        after: set[int] = set()
        for start in places:
            if token.sort == "is":
                after.update([start + 1] if text[start : start + 1] == token.text else [])
            elif token.sort == "one":
                char = text[start : start + 1]
                after.update([start + 1] if char and not (char == ":" and stays(place)) else [])
            else:
                after.add(start)
                for end in range(start, len(text)):
                    if text[end] == ":" and stays(place):
                        break
                    after.add(end + 1)
        places = after
    return len(text) in places


def text_alike(pattern: str, value: Any, known: Known, version: bool, like: bool) -> Answer:
    """Whether a condition's text is that of a request, as strings are compared."""
    return alike(pattern, value, known, version, like, stretches)


def arn_alike(pattern: str, value: Any, known: Known, version: bool) -> Answer:
    """The same of ARNs: each of the six parts by itself."""
    return alike(pattern, value, known, version, True, arn_stretches)


def alike(
    pattern: str,
    value: Any,
    known: Known,
    version: bool,
    like: bool,
    compares: Callable[[list[Token], str], bool],
) -> Answer:
    found = filled(tokens_of(pattern, version, like), known)
    if found is None:
        return False
    if isinstance(value, Role):
        # Roles without a path, and with one.
        if found.is_certain and compares(found.tokens, f"{value.start}{value.name}"):
            return True
        form = f"{value.start}\0/{value.name}"
        by_parts = compares is arn_stretches and found.is_certain
        may = arn_overlaps(found.tokens, form) if by_parts else overlaps(found.tokens, form)
        if not found.is_certain:
            may = may or stretches(found.tokens, f"{value.start}{value.name}")
        return None if may else False
    if not found.is_certain:
        return None if stretches(found.tokens, value) else False
    return compares(found.tokens, value)


def overlaps(tokens: list[Token], form: str) -> bool:
    """Whether some text is what the tokens describe and of a form, in which NUL is any text."""
    seen: set[tuple[int, int]] = set()
    todo = [(0, 0)]
    while todo:
        i, j = todo.pop()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if i == len(tokens) and j == len(form):
            return True
        token = tokens[i] if i < len(tokens) else None
        char = form[j] if j < len(form) else None
        if token and token.sort == "many":
            todo.append((i + 1, j))
            if char:
                todo.append((i, j + 1))
        if char == "\0":
            todo.append((i, j + 1))
            if token:
                todo.append((i + 1, j))
        elif token and char and (token.sort == "one" or token == Token("is", char)):
            todo.append((i + 1, j + 1))
    return False


def six_parts(tokens: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token == Token("is", ":") and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def arn_stretches(tokens: list[Token], text: str) -> bool:
    parts, texts = six_parts(tokens), text.split(":", 5)
    return len(parts) == len(texts) == 6 and all(map(stretches, parts, texts))


def arn_overlaps(tokens: list[Token], form: str) -> bool:
    parts, forms = six_parts(tokens), form.split(":", 5)
    return len(parts) == len(forms) and all(map(overlaps, parts, forms))


# Resources


NO_TYPES = ("sns", "sqs", "execute-api", "codecommit", "codepipeline", "wafv2")


def resource_alike(
    pattern: str, resource: str, known: Known, version: bool, excepting: bool
) -> Answer:
    """Whether a resource is what a ``Resource`` or, ``excepting`` it, a ``NotResource`` names."""
    written = tokens_of(pattern, version)
    found = filled(written, known)
    if found is None:
        return None if excepting else False
    segments = segments_of(written)
    tokens: list[Token] = []
    bounds: list[tuple[bool, bool]] = []
    """Of each token whether it is bound to its segment, and whether that is documented."""
    for token, (segment, ends) in zip(written, segments, strict=True):
        new = filled([token], known)
        assert new is not None
        is_wild = token.sort in ("many", "one")
        bound = is_wild and not (token.sort == "many" and ends)
        tokens += new.tokens
        bounds += [(bound, segment < 5)] * len(new.tokens)
    wide = stretches(tokens, resource, lambda place: bounds[place] == (True, True))
    if not found.is_certain or not wide:
        return None if wide else False
    narrow = stretches(tokens, resource, lambda place: bounds[place][0])
    return True if narrow and not is_of_wild_type(tokens, resource) else None


def segments_of(tokens: list[Token]) -> Iterator[tuple[int, bool]]:
    """In which segment of the ARN each token stands, and whether it ends it."""
    colon = Token("is", ":")
    for place in range(len(tokens)):
        behind = tokens[place + 1 : place + 2]
        yield tokens[:place].count(colon), behind in ([], [colon])


def is_of_wild_type(tokens: list[Token], resource: str) -> bool:
    """Whether a wildcard stands in the type of resource, which is not documented."""
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[2] in NO_TYPES or (parts[2] == "s3" and not parts[4]):
        return False
    if parts[5].startswith(("/", ":")) or not re.search("[/:]", parts[5]):
        return False
    colons = [place for place, token in enumerate(tokens) if token == Token("is", ":")]
    if len(colons) < 5:
        return False
    own = tokens[colons[4] + 1 :]
    if all(token.sort == "many" or token.text in ("/", ":") for token in own):
        return False
    for token in own:
        if token.sort in ("many", "one"):
            return True
        if token.text in ("/", ":"):
            return False
    return False


# Conditions


def condition(name: str, key: str, wanted: list[str], known: Known, version: bool) -> Answer:
    values = known.of(key)
    if name.lower() == "null":
        if values == UNKNOWN:
            return True if {"true", "false"} <= {one.lower() for one in wanted} else None
        return ("true" if values == [] else "false") in [one.lower() for one in wanted]
    every, some = (name.lower().startswith(each) for each in ("forallvalues:", "foranyvalue:"))
    plain = name.rpartition(":")[2]
    if_exists = plain.lower().endswith("ifexists")
    plain = plain[: -len("IfExists")] if if_exists else plain
    if values in (UNKNOWN, THERE):
        return None
    negated = "not" in plain.lower()

    def holds(value: Any) -> Answer:
        found = either(compared(plain.lower(), one, value, known, version) for one in wanted)
        return opposite(found) if negated else found

    if every:
        return both(map(holds, values))
    if not values:
        return if_exists or (negated and not some)
    if some:
        return either(map(holds, values))
    return holds(values[0]) if len(values) == 1 else None


def compared(operator: str, wanted: str, value: Any, known: Known, version: bool) -> Answer:
    """Whether a value is as wanted; of a negated operator, as it must not be."""
    operator = operator.replace("not", "", 1)
    if operator.startswith("string"):
        if "ignorecase" in operator:
            if isinstance(value, Role):
                value = Role(value.start.lower(), value.name.lower())
            lowered = Lowered(known)
            return text_alike(_lower(wanted), _low(value), lowered, version, False)
        return text_alike(wanted, value, known, version, operator == "stringlike")
    if operator.startswith("arn"):
        return arn_alike(wanted, value, known, version)
    text = f"{value.start}{value.name}" if isinstance(value, Role) else value
    sort = next(each for each in READERS if operator.startswith(each))
    given, asked = READERS[sort](text), READERS[sort](wanted)
    if given is None:
        return False
    return None if asked is None else ORDERS[operator.removeprefix(sort)](given, asked)


class Lowered(Known):
    """The same in lower case."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def of(self, key: str) -> Any:
        values = self._known.of(key)
        return [_low(one) for one in values] if isinstance(values, list) else values


def _low(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _lower(pattern: str) -> str:
    return pattern.lower()


def within(address: Any, network: Any) -> bool:
    return bool(
        address.version == network.version
        and network.network_address <= address.network_address
        and address.broadcast_address <= network.broadcast_address
    )


def network(text: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def truth(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None


def moment(text: str) -> Decimal | None:
    if re.fullmatch(r"\d{5,}", text):
        return Decimal(text)
    for form in ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return Decimal(int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()))
        except ValueError:
            continue
    return number(text)


READERS: dict[str, Callable[[str], Any]] = {
    "bool": truth,
    "ipaddress": network,
    "binaryequals": decoded,
    "numeric": number,
    "date": moment,
}
"""What reads a value, by how its operator begins; None for what it cannot read."""
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda given, asked: given == asked,
    "lessthan": lambda given, asked: given < asked,
    "lessthanequals": lambda given, asked: given <= asked,
    "greaterthan": lambda given, asked: given > asked,
    "greaterthanequals": lambda given, asked: given >= asked,
    "": lambda given, asked: within(given, asked) if hasattr(given, "version") else given == asked,
}


# Statements


class Asked(NamedTuple):
    case: Case
    who: Who
    known: Known
    owner: str


def is_about_action(statement: Case, action: str) -> bool:
    entries = listed(statement["NotAction" if "NotAction" in statement else "Action"])
    found = any(stretches(tokens_of(one.lower(), False), action.lower()) for one in entries)
    return found != ("NotAction" in statement)


def is_about_resource(statement: Case, version: bool, asked: Asked) -> Answer:
    """A statement without any is about all that its policy applies to."""
    for element in ("Resource", "NotResource"):
        if element in statement:
            excepting = element == "NotResource"
            found = either(
                resource_alike(one, asked.case["resource"], asked.known, version, excepting)
                for one in listed(statement[element])
            )
            return opposite(found) if excepting else found
    return True


def applies(statement: Case, version: bool, asked: Asked) -> Answer:
    if not is_about_action(statement, asked.case["action"]):
        return False
    conditions = (
        condition(name, key, [_written(one) for one in listed(wanted)], asked.known, version)
        for name, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )
    return both([is_about_resource(statement, version, asked), *conditions])


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def statements(document: Case) -> Iterator[tuple[Case, bool]]:
    version = document.get("Version") == "2012-10-17"
    for statement in listed(document["Statement"]):
        yield statement, version


# How resource policies name principals

NOBODY, ACCOUNT, ROLE, ITSELF, SESSION = range(5)


def entries_of(element: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"AWS": [], "Service": [], "Federated": [], "CanonicalUser": []}
    for part in listed(element):
        for sort, names in (part if isinstance(part, dict) else {"AWS": part}).items():
            found["AWS" if sort == "*" else sort] += listed(names)
    return found


def role_names(names: list[str], account: str) -> set[str]:
    """The roles of an account, by name, that are among ARNs."""
    start = re.compile(rf"arn:[^:]+:iam::{account}:role/(?:.*/)?([^/]+)")
    return {found[1] for one in names if (found := start.fullmatch(one))}


def session_roles(names: list[str], account: str) -> set[str]:
    start = re.compile(rf"arn:[^:]+:sts::{account}:assumed-role/([^/]+)/.*")
    return {found[1] for one in names if (found := start.fullmatch(one))}


def account_is_named(names: list[str], account: str) -> bool:
    return any(
        one == account or re.fullmatch(rf"arn:[^:]+:iam::{account}:root", one) for one in names
    )


def service(name: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.+?)(?:\.([a-z][a-z]-[a-z-]+-\d))?\.amazonaws\.com(?:\.cn)?", name)
    return (found[1], found[2] or "") if found else (name, "")


def same_service(one: str, other: str) -> bool:
    (name, region), (its, there) = service(one), service(other)
    return name == its and (region == there or not region or not there)


def naming(element: Any, who: Who, strict: bool) -> tuple[int, int]:
    """How closely entries name a principal, for certain and perhaps."""
    entries = entries_of(element)
    names = entries["AWS"]
    services = entries["Service"]
    itself = {
        "user": who.arn in names,
        "service": any(one == "*" or same_service(one, who.name) for one in services),
        "provider": bool({who.name, "*"} & {*entries["Federated"]}),
    }
    strengths = {
        SESSION: who.kind in ("session", "federated user") and who.arn in names,
        ITSELF: "*" in names or itself.get(who.kind, False),
        ROLE: is_role_named(names, who),
        ACCOUNT: who.has_policies and account_is_named(names, who.account),
        NOBODY: True,
    }
    certain = next(each for each, is_so in strengths.items() if is_so)
    if who.kind == "role" and not strict and who.name in session_roles(names, who.account):
        return certain, SESSION
    if entries["CanonicalUser"] and who.has_policies and not strict:
        return certain, max(certain, ACCOUNT)
    return certain, certain


def is_role_named(names: list[str], who: Who) -> bool:
    if who.kind == "role":
        return who.arn in names
    return who.kind == "session" and who.name in role_names(names, who.account)


def named_by(statement: Case, who: Who, strict: bool, is_bounded: bool) -> tuple[int, int]:
    if "Principal" in statement:
        return naming(statement["Principal"], who, strict)
    if "NotPrincipal" not in statement:
        return NOBODY, NOBODY
    element = statement["NotPrincipal"]
    if statement["Effect"] == "Deny":
        if is_bounded:
            return ITSELF, ITSELF
        spared = is_spared(element, who, strict)
        return (NOBODY if spared is not False else ITSELF), (NOBODY if spared else ITSELF)
    certain, possible = naming(element, who, strict)
    if certain > ACCOUNT or (certain and who.kind == "root"):
        return NOBODY, NOBODY
    return (NOBODY, ITSELF) if possible else (ITSELF, ITSELF)


def is_spared(element: Any, who: Who, strict: bool) -> Answer:
    """Whether a Deny with ``NotPrincipal`` spares somebody.

    The account is judged, then the role, then the session. Where one of them is not named though
    what is below it is, services differ; where others are named along with the account or the role,
    only those others are spared.
    """
    entries = entries_of(element)
    names = entries["AWS"]
    if "*" in names:
        return True
    if not who.has_policies:
        return naming(element, who, strict)[0] > NOBODY
    by_account: Answer = account_is_named(names, who.account)
    if not by_account and entries["CanonicalUser"] and not strict:
        by_account = None
    if who.kind == "root":
        return by_account
    above = [by_account or None]
    sessions = who.name in session_roles(names, who.account)
    if who.kind in ("user", "federated user"):
        own: Answer = who.arn in names
    elif who.kind == "role":
        own = who.arn in names and (not sessions or strict or None)
    else:
        above.append(is_role_named(names, who) or None)
        own = who.arn in names or (is_role_named(names, who) and not sessions)
    if own is False:
        others = any(
            one.count(":") == 5 and one.split(":")[4] == who.account and not one.endswith(":root")
            for one in names
        )
        hidden = who.kind == "role" and not strict and sessions and who.arn not in names
        own = None if (by_account is not False and not others) or hidden else False
    return both([own, *above])


# The request as a whole

RCP_SERVICES = {"s3", "sts", "sqs", "kms", "logs"}
"""Of those that cases ask for."""


def opinion(case: Case, *, strict: bool = False) -> str:
    """What is decided."""
    return Opinion(case, strict).whole()


class Opinion:
    """All policies of a case, asked in turn."""

    def __init__(self, case: Case, strict: bool) -> None:
        self.case, self.strict = case, strict
        self.who = who_asks(case)
        self.owner = owner_of(case, self.who)
        self.asked = Asked(case, self.who, Known(case, strict), self.owner)
        self.action = case["action"].lower()
        self.denials: list[Answer] = []

    def whole(self) -> str:
        if self.action == "sts:getcalleridentity" and self.who.kind != "anonymous":
            return "ALLOWED"
        gates = [*self.organizations(), *self.endpoint()]
        grants = self.grants()
        identity, *limits = self.own()
        if either(self.denials):
            return "EXPLICITLY_DENIED"
        if is_aws_own(self.action, self.case["resource"]):
            return "IMPLICITLY_DENIED"
        found = both([self.allowed(grants, identity, limits), *gates])
        if found is False:
            return "IMPLICITLY_DENIED"
        return "ALLOWED" if found and None not in self.denials else "CONDITIONAL"

    def says(self, documents: Iterable[Case], *, names: bool = False) -> Answer:
        """Whether documents allow; notes whether they deny."""
        found: dict[str, list[Answer]] = {"Allow": [], "Deny": []}
        for document in documents:
            for statement, version in statements(document):
                found[statement["Effect"]].append(self.weighed(statement, version, names))
        self.denials += found["Deny"]
        return either(found["Allow"])

    def weighed(self, statement: Case, version: bool, names: bool) -> Answer:
        found = applies(statement, version, self.asked)
        if found and not {"Resource", "NotResource"} & statement.keys():
            found = None
        if names and {"Principal", "NotPrincipal"} & statement.keys():
            certain, possible = named_by(statement, self.who, self.strict, False)
            return both([found, True if certain else None if possible else False])
        return found

    def organizations(self) -> list[Answer]:
        if self.who.is_service_linked:
            return []
        if self.action.partition(":")[0] in RCP_SERVICES:
            for level in self.case.get("rcps", []):
                self.says(level, names=True)
        levels = self.case.get("scps", []) if self.who.has_policies else []
        return [self.says(level) for level in levels]

    def endpoint(self) -> list[Answer]:
        documents = self.case.get("endpoint_policies")
        return [self.says(documents, names=True)] if documents else []

    def grants(self) -> list[tuple[int, int, Answer]]:
        """What the resource's policy allows, with how it names the principal."""
        found = []
        document = self.case.get("resource_policy", {"Statement": []})
        is_bounded = bool(self.case.get("permissions_boundaries"))
        for statement, version in statements(document):
            certain, possible = named_by(statement, self.who, self.strict, is_bounded)
            held = applies(statement, version, self.asked) if possible else False
            if statement["Effect"] == "Allow":
                found.append((certain, possible, held))
            else:
                self.denials.append(both([held, True if certain else None]))
        return found

    def own(self) -> list[Answer]:
        """What the identity's policies, its boundary and its session's policies allow."""
        if not self.who.has_policies:
            return [True, True, True]
        identity = self.says(self.case.get("identity_policies", []))
        limits = [
            self.says(self.case[kind]) if self.case.get(kind) else True
            for kind in ("permissions_boundaries", "session_policies")
        ]
        return [True if self.who.kind == "root" else identity, *limits]

    def allowed(
        self, grants: list[tuple[int, int, Answer]], identity: Answer, limits: list[Answer]
    ) -> Answer:
        def granted(least: int) -> Answer:
            return either(
                held if certain >= least else both([held, None])
                for certain, possible, held in grants
                if possible >= least
            )

        must_grant = must_hand_on(self.action, self.case["resource"])
        if not self.who.has_policies:
            return not (self.who.kind == "anonymous" and must_grant) and granted(ITSELF)
        if self.owner not in ("", self.who.account):
            return both([granted(ACCOUNT), identity, *limits])
        _, session = limits
        paths = [
            both([granted(ACCOUNT) if must_grant else True, identity, *limits]),
            both([granted(ROLE), *limits]),
            both([granted(ITSELF), session]),
        ]
        if session is not True:
            # On whether session policies limit a grant to the session itself, documents disagree.
            paths.append(both([granted(SESSION), None]))
        return either(paths)


def must_hand_on(action: str, resource: str) -> bool:
    """Whether the resource's own policy must allow: of roles, and of keys."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    prefix = action.partition(":")[0]
    return (prefix, parts[2], parts[5].partition("/")[0]) in (
        ("sts", "iam", "role"),
        ("kms", "kms", "key"),
    )


def is_aws_own(action: str, resource: str) -> bool:
    """Whether an action would change what AWS lets nobody change."""
    changes = ("iam:attachrolepolicy", "iam:createpolicyversion", "kms:updatealias")
    own = (
        r"arn:[^:]+:(iam:.*:role/aws-(service-role|reserved)/|iam:.*:aws:policy/|kms:.*:alias/aws/)"
    )
    service = action.partition(":")[0]
    return action in changes and bool(re.match(own, resource) and resource.split(":")[2] == service)
