"""The schema of the models as they are now, without importing them each time."""

from pydantic import ValidationError

from ..graph.cache import cache_root, code_digest, keep, prune
from ..graph.schema import Schema

_KEPT = 2


def current_schema() -> Schema:
    """The schema of all models; it is kept in the cache, since to import them takes long.

    :raises ContentError: if own collectors are not what they should be.
    """
    folder = cache_root() / "schemas"
    file = folder / f"{code_digest()}.json"
    try:
        return Schema.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        from ..collectors.registry import collectors, models, providers

        for provider in providers():
            collectors(provider)  # so that what is wrong with own content is said here
        schema = Schema.of(models())
        keep(file, lambda new: new.write_text(schema.model_dump_json()))
        prune(folder, _KEPT)
        return schema
