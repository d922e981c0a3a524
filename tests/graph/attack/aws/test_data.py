"""The table of what holds data: about what exists, and wrong tables are errors that say where."""

import pytest
from clew.graph.attack.aws import data
from clew.graph.attack.engine.technique_files import TechniqueFileError

TEXT = """\
decrypts: ["kms:Decrypt"]
labels:
  AWSSecret:
    holds: a secret
    key: kms_key_id
    methods:
      - all: [{action: "secretsmanager:GetSecretValue", on: "{id}"}]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("holds: a secret", "hold: a secret", "labels.AWSSecret.hold: Extra inputs"),
        ("on: \"{id}\"", "on: id", "labels.AWSSecret.methods.0.all.0.on: "),
        ('["kms:Decrypt"]', "[]", "decrypts: "),
        ('["kms:Decrypt"]', "[kms.Decrypt]", "decrypts.0: "),
        ("AWSSecret:", "Secret:", "labels.Secret"),
        ("labels:", "labels: [", "data.yaml: while parsing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_file_and_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(TechniqueFileError) as error:
        data.parse(TEXT.replace(old, new, 1))
    assert str(error.value).startswith("data.yaml: ")
    assert said in str(error.value)


def test_a_template_names_the_fields_that_it_needs() -> None:
    place = "arn:{partition}:rds-db:{region}:{account}:dbuser:{dbi_resource_id}/{any}"
    table = data.parse(TEXT.replace("{id}", place))
    (read,) = table.labels["AWSSecret"].methods[0].all
    assert read.fields == ("region", "account", "dbi_resource_id")
