"""Input that is not as it should be: documents and bytes, changed at random by a seed."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1 << 63,
    1 << 70,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "text",
    "\0",
    "half \ud800 pair",
    "arn:aws:iam::aws:user/USER",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam:::role/",
    "*",
    "%7B%22",
    "1970-01-01T00:00:00Z",
    "../../etc/passwd",
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"Key": "only"},
)


def mutated(document: Any, random: Random) -> Any:
    """The document with one to three changes: a value replaced, left out, doubled or moved."""
    changed = copy.deepcopy(document)
    for _ in range(random.randint(1, 3)):
        places = [*_places(changed)]
        if not places:
            return random.choice(ODD)
        holder, key = random.choice(places)
        kind = random.randrange(5)
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        elif kind == 2 and isinstance(holder, dict):
            holder[random.choice([f"{key}s", key.lower(), key.upper(), "x"])] = holder.pop(key)
        elif kind == 3:
            other, at = random.choice(places)
            holder[key] = copy.deepcopy(other[at]) if _has(other, at) else None
        else:
            holder[key] = copy.deepcopy(random.choice(ODD))
    return changed


def mutated_bytes(content: bytes, random: Random) -> bytes:
    """The bytes cut short, with some of them changed, or with others put in between."""
    kind = random.randrange(4)
    place = random.randrange(len(content) + 1)
    if kind == 0:
        return content[:place]
    if kind == 1:
        return content[:place] + random.randbytes(random.randint(1, 40)) + content[place:]
    if kind == 2:
        return content[:place] + content[place + random.randint(1, 40) :]
    found = bytearray(content)
    for _ in range(random.randint(1, 8)):
        if found:
            found[random.randrange(len(found))] = random.randrange(256)
    return bytes(found)


def as_file(document: Any, random: Random) -> bytes:
    """A document as JSON, mutated before it is written, or after."""
    if random.random() < 0.25:
        return mutated_bytes(json.dumps(document).encode(), random)
    return json.dumps(mutated(document, random)).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in [*value] if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else 0 <= key < len(holder)
