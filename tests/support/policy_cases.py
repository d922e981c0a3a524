"""Random cases for ``clew simulate`` that use every element of AWS's policies.

Principals, resources and patterns are few and alike, so that policies often speak of the request.
"""

from random import Random
from typing import Any

from .policies import ACCOUNT, EXTERNAL, OTHER, ROLE, ROOT, SESSION, USER

Case = dict[str, Any]

WALK = SESSION.replace("run", "walk")
ROLE_IN_PATH = f"arn:aws:iam::{ACCOUNT}:role/team/job"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/ada"
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.com"
WHO: list[Any] = [
    *([USER, ROLE, SESSION, EXTERNAL] * 3),
    USER.replace("ada", "eve"),
    ROLE_IN_PATH,
    WALK,
    FEDERATED,
    ROOT,
    f"arn:aws:sts::{OTHER}:assumed-role/job/run",
    LINKED,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/run",
    {"service": "logs.amazonaws.com"},
    {"service": "logs.eu-west-1.amazonaws.com"},
    {"federated": PROVIDER},
    {"federated": "accounts.google.com"},
    "anonymous",
]
NAMED = [
    USER,
    ROLE,
    ROLE_IN_PATH,
    SESSION,
    WALK,
    FEDERATED,
    ROOT,
    ACCOUNT,
    OTHER,
    EXTERNAL,
    f"arn:aws:iam::{OTHER}:role/job",
    f"arn:aws:sts::{OTHER}:assumed-role/job/run",
]
REQUESTS = [
    ("s3:GetObject", "arn:aws:s3:::b/k"),
    ("s3:GetObject", "arn:aws:s3:::b/a:k"),
    ("s3:ListBucket", "arn:aws:s3:::b"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OTHER}:q"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"),
    ("kms:UpdateAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/s3"),
    ("sts:AssumeRole", ROLE),
    ("sts:AssumeRole", ROLE_IN_PATH),
    ("sts:GetCallerIdentity", "*"),
    ("iam:AttachRolePolicy", ROLE),
    ("iam:AttachRolePolicy", LINKED),
    ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/A"),
    ("logs:GetLogEvents", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:g:log-stream:s"),
    ("ec2:DescribeInstances", "*"),
]
ACTIONS = sorted({action for action, _ in REQUESTS})
PLACES = sorted({place for _, place in REQUESTS})
VARIABLES = [
    "${aws:username}",
    "${aws:PrincipalAccount}",
    "${x:Text}",
    "${x:Text, 'k'}",
    "${X:ARN}",
    "${aws:userid}",
    "${aws:PrincipalArn}",
    "${*}",
    "${?}",
    "${$}",
]
TEXTS = {
    "String": ["k", "K", "ab", "a:b", "ada", "*", "a*", "?", "a?b", ACCOUNT, "AssumedRole"],
    "Arn": [
        *PLACES[1:4],
        USER,
        ROLE,
        ROLE_IN_PATH,
        "arn:aws:iam::*:role/*",
        "arn:aws:iam:*",
        "ada",
    ],
    "Numeric": ["1", "2", "-3", "1.50", "1.5", "x"],
    "Date": ["2024-01-01T00:00:00Z", "2024-01-01", "2030", "1704067200", "x"],
    "Ip": ["10.0.0.1", "10.0.0.0/8", "192.0.2.7/32", "::1", "2001:db8::/32", "x"],
    "Bool": ["true", "false", "True", "x"],
    "Binary": ["YQ==", "Yg==", "x"],
}
"""Values by the kind of their operators."""
ORDERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
OPERATORS = {
    "String": [
        f"String{name}"
        for name in (
            "Equals",
            "NotEquals",
            "EqualsIgnoreCase",
            "NotEqualsIgnoreCase",
            "Like",
            "NotLike",
        )
    ],
    "Arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
    "Numeric": [f"Numeric{order}" for order in ORDERS],
    "Date": [f"Date{order}" for order in ORDERS],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Bool": ["Bool"],
    "Binary": ["BinaryEquals"],
}
KEYS = {
    "String": [
        "x:Text",
        "x:Texts",
        "aws:username",
        "aws:userid",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalType",
        "aws:PrincipalOrgID",
        "aws:PrincipalTag/team",
        "aws:ResourceAccount",
        "aws:PrincipalServiceName",
    ],
    "Arn": ["x:Arn", "aws:PrincipalArn", "aws:SourceArn"],
    "Numeric": ["x:Number"],
    "Date": ["x:Date", "aws:TokenIssueTime", "aws:CurrentTime"],
    "Ip": ["x:Ip", "aws:SourceIp"],
    "Bool": ["x:Flag", "aws:PrincipalIsAWSService"],
    "Binary": ["x:Bytes"],
}
GIVEN = {
    "x:Text": "String",
    "x:Texts": "String",
    "x:Arn": "Arn",
    "x:Number": "Numeric",
    "x:Date": "Date",
    "x:Ip": "Ip",
    "x:Flag": "Bool",
    "x:Bytes": "Binary",
    "aws:PrincipalOrgID": "String",
    "aws:PrincipalTag/team": "String",
    "aws:username": "String",
    "aws:PrincipalArn": "Arn",
    "aws:CurrentTime": "Date",
}
"""Keys that a case may give, with the kind of their values."""


class Cases:
    """Draws cases."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def case(self) -> tuple[Case, bool]:
        """A case, and whether it is strict."""
        random = self._random
        action, resource = random.choice(REQUESTS)
        if self._once_in(6):
            action = random.choice(ACTIONS)
        case: Case = {
            "principal": random.choice(WHO),
            "action": self._any_case(action),
            "resource": resource,
            "context": self._context(),
            "identity_policies": self._documents(action, resource, 2),
        }
        if self._once_in(5):
            case["resource_account"] = random.choice([ACCOUNT, OTHER])
        for kind in ("permissions_boundaries", "session_policies"):
            if self._once_in(4):
                case[kind] = self._documents(action, resource, 2)
        if self._once_in(8):
            case["endpoint_policies"] = self._documents(action, resource, 1, names=True)
        if not self._once_in(3):
            case["resource_policy"] = self._document(action, resource, names=True)
        if self._once_in(4):
            case["scps"] = self._levels(action, resource, names=False)
        if self._once_in(5):
            case["rcps"] = self._levels(action, resource, names=True)
        return case, self._once_in(3)

    def denials(self, case: Case) -> list[Case]:
        """Statements of a resource policy that deny."""
        document = self._document(case["action"], case["resource"], names=True)
        found = document["Statement"]
        return [
            {**one, "Effect": "Deny"} for one in (found if isinstance(found, list) else [found])
        ]

    def shuffled(self, value: Any) -> Any:
        """The same in another order."""
        if isinstance(value, dict):
            pairs = list(value.items())
            self._random.shuffle(pairs)
            return {key: self.shuffled(inner) for key, inner in pairs}
        if isinstance(value, list):
            return self._random.sample([self.shuffled(one) for one in value], len(value))
        return value

    def settled(self, case: Case) -> Case:
        """The same case with values for some of the keys of which it says nothing."""
        given = {key.lower() for key in case["context"]}
        missing = [key for key in GIVEN if key.startswith("x:") and key.lower() not in given]
        kept = {key: self._values(TEXTS[GIVEN[key]]) for key in missing if self._once_in(2)}
        return {**case, "context": {**case["context"], **kept}}

    # Parts of a case.

    def _once_in(self, times: int) -> bool:
        return self._random.randrange(times) == 0

    def _any_case(self, text: str) -> str:
        return self._random.choice([text, text, text, text.lower(), text.upper()])

    def _context(self) -> Case:
        found: Case = {}
        for key, kind in GIVEN.items():
            if self._once_in(8 if key.startswith("aws:") else 2):
                found[self._any_case(key) if self._once_in(8) else key] = self._values(TEXTS[kind])
        return found

    def _values(self, texts: list[str]) -> Any:
        number = self._random.choice([0, 1, 1, 1, 1, 2])
        values = [self._random.choice(texts) for _ in range(number)]
        return values[0] if number == 1 and self._once_in(2) else values

    def _levels(self, action: str, resource: str, *, names: bool) -> list[list[Case]]:
        return [
            [
                *self._documents(action, resource, 1, names=names),
                *([] if self._once_in(6) else [ALL_ALLOWED]),
            ]
            for _ in range(self._random.choice([1, 1, 2]))
        ]

    def _documents(
        self, action: str, resource: str, most: int, *, names: bool = False
    ) -> list[Case]:
        number = self._random.randint(0, most)
        return [self._document(action, resource, names=names) for _ in range(number)]

    def _document(self, action: str, resource: str, *, names: bool) -> Case:
        number = self._random.choice([0, 1, 1, 2, 3])
        statements = [self._statement(action, resource, names=names) for _ in range(number)]
        version = self._random.choice([*["2012-10-17"] * 5, "2008-10-17", None])
        whole = statements[0] if number == 1 and self._once_in(3) else statements
        return {**({"Version": version} if version else {}), "Statement": whole}

    def _statement(self, action: str, resource: str, *, names: bool) -> Case:
        random = self._random
        found: Case = {"Effect": random.choice([*["Allow"] * 3, "Deny"])}
        found |= self._element("Action", [self._pattern(action, ACTIONS) for _ in "12"])
        if not self._once_in(12):
            found |= self._element("Resource", [self._place(resource) for _ in "12"])
        if self._once_in(2):
            found["Condition"] = self._conditions()
        if names and not self._once_in(10):
            element = random.choice(["Principal", "Principal", "NotPrincipal"])
            found[element] = self._principals()
        return found

    def _element(self, name: str, entries: list[str]) -> Case:
        used = f"Not{name}" if self._once_in(6) else name
        whole: Any = entries if self._once_in(3) else entries[:1]
        return {used: whole[0] if len(whole) == 1 and self._once_in(2) else whole}

    def _pattern(self, action: str, actions: list[str]) -> str:
        random = self._random
        text = random.choice(["*", action, action, random.choice(actions)])
        return self._any_case(self._with_wildcards(text, ["*", "?"]))

    def _place(self, resource: str) -> str:
        random = self._random
        text = random.choice(["*", resource, resource, resource, random.choice(PLACES)])
        return self._with_wildcards(text, ["*", "*", "?", *random.sample(VARIABLES, 2)])

    def _with_wildcards(self, text: str, wildcards: list[str]) -> str:
        random = self._random
        for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
            if "${" in text:
                break  # what a variable in a variable means is not documented
            ends = [place for place, char in enumerate(text) if char in ":/"]
            ends += [random.randint(0, len(text)), len(text)]
            start, end = sorted((random.choice(ends), random.choice(ends)))
            start += random.choice([0, 1]) if start < end else 0
            text = text[:start] + random.choice(wildcards) + text[end:]
        return text or "*"

    def _conditions(self) -> Case:
        found: Case = {}
        for _ in range(self._random.choice([1, 1, 2])):
            name, key, values = self._condition()
            found.setdefault(name, {})[key] = values
        return found

    def _condition(self) -> tuple[str, str, Any]:
        random = self._random
        kind = random.choice(["String", "String", "Arn", *OPERATORS])
        keys = KEYS["String"] if kind == "Arn" and self._once_in(4) else KEYS[kind]
        key = self._any_case(random.choice(keys))
        if self._once_in(8):
            return "Null", key, self._values(["true", "false"]) or "true"
        name = random.choice(OPERATORS[kind])
        name = f"{random.choice(['', '', '', 'ForAllValues:', 'ForAnyValue:'])}{name}"
        name = f"{name}{random.choice(['', '', 'IfExists'])}"
        values = self._values(TEXTS[kind])
        if kind in ("String", "Arn"):
            values = [
                self._with_wildcards(one, ["*", "?", *VARIABLES]) if self._once_in(2) else one
                for one in (values if isinstance(values, list) else [values])
            ]
        elif values in ("true", "false", "1", "2"):
            values = {"true": True, "false": False, "1": 1, "2": 2}[values]
        return self._any_case(name) if self._once_in(6) else name, key, values

    def _principals(self) -> Any:
        random = self._random
        names: list[str] = random.sample(NAMED, random.choice([0, 1, 1, 2, 3]))
        if self._once_in(2):  # as NotPrincipal is to be written
            names += random.choice([[ROOT], [ACCOUNT], [ROLE, ROOT], [SESSION, ROLE, ROOT]])
        return random.choice(
            [
                "*",
                {"AWS": "*"},
                {"AWS": names},
                {"AWS": names},
                {"AWS": names},
                {"AWS": names[0] if names else "*"},
                names,
                {"Service": random.choice(["logs.amazonaws.com", "logs.amazonaws.com.cn"])},
                {"Service": ["ec2.amazonaws.com", "logs.eu-west-1.amazonaws.com"], "AWS": names},
                {"Federated": random.choice([PROVIDER, "accounts.google.com"])},
                {"CanonicalUser": "0f", "AWS": names},
            ]
        )


ALL_ALLOWED: Case = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}],
}
