"""YAML as the files of techniques have it."""

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import yaml
from yaml import YAMLError

__all__ = ["YAMLError", "loaded"]

_BOOL = "tag:yaml.org,2002:bool"


if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, if built in


class _Loader(_SafeLoader):
    """YAML 1.2 as far as we need it: only true and false are booleans, so that ``on`` is a key, and
    no key may be given twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        built = super().construct_mapping(node, deep)
        if len(built) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key twice", node.start_mark)
        return built


_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), ["t", "f"])


def loaded(text: str) -> Any:
    """What a text holds.

    :raises YAMLError: if it is not YAML.
    """
    return yaml.load(text, _Loader)  # noqa: S506
