"""Where an attacker without any access stands."""

from ..model import Resource


class Internet(Resource):
    """Everyone on the public internet."""

    provider = "any"
    service = "internet"
    label = "Internet"
    identity = "{id}"
