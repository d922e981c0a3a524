"""How AWS's techniques speak: what looks like AWS's is taken, what does not is an error."""

import re

import pytest
from clew.graph.attack.aws.vocabulary import AWS, techniques
from clew.graph.attack.engine.technique_files import TechniqueFileError, parse

TEXT = """\
id: do-it
provider: aws
title: Do it
category: new-passrole
resources:
  role: {existing: AWSRole, trusts: [lambda.amazonaws.com]}
  layer: {created: "arn:{partition}:lambda:{region}:{account}:layer:{name}"}
requires:
  - {action: "iam:PassRole", on: role}
  - {action: "lambda:PublishLayerVersion", on: layer}
gains: {identity: role}
difficulty: 1
steps: Do this.
remediation: Allow it not.
references: [https://example.com/why]
"""


def test_what_looks_like_it_is_of_aws_is_taken() -> None:
    assert parse("do-it", TEXT, AWS).provider == "aws"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("provider: aws", "provider: gcp", "provider: it lies among those of aws"),
        ("iam:PassRole", "Microsoft.Web/sites/write", "requires.0.action: "),
        ("iam:PassRole", "iam:*", "requires.0.action: "),
        ("existing: AWSRole", "existing: EntraUser", "EntraUser is no label of aws"),
        ("lambda.amazonaws.com", "lambda", "trusts: 'lambda' is no service principal of aws"),
        ("arn:{partition}:lambda", "arn:aws:lambda", "layer.created: 'arn:aws:lambda"),
        ("existing: AWSRole", "existing: AWSGroup", "existing: trust and permissions are asked"),
    ],
)
def test_what_is_not_of_aws_is_an_error(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(TechniqueFileError, match=re.escape(said)):
        parse("do-it", TEXT.replace(old, new, 1), AWS)


def test_the_files_are_of_both_kinds() -> None:
    known = techniques()
    assert "sts-assume-role" in known.techniques
    assert "outside-guest" in known.external
