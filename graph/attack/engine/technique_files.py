"""The files that techniques lie in: those of a provider's package, and own content."""

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from ....content import Content, ContentError, ContentFolder, content
from ...cache import cache_root, code_digest, recalled
from .technique import ExternalTechnique, Technique
from .technique_vocabulary import TechniqueVocabulary

Loaded = TypeVar("Loaded", bound=BaseModel)


_KEPT = 16
"""Of how many packages, and versions of them, the documents stay in the cache."""


class TechniqueFileError(ContentError):
    """A technique's file is not what it should be; the message names the file and the place."""


class TechniqueSet(NamedTuple):
    """A provider's techniques, by id."""

    techniques: Mapping[str, Technique]
    external: Mapping[str, ExternalTechnique]

    def controlling(self, label: str) -> tuple[frozenset[str], ...]:
        """The sets of actions of which each, on a resource of a label alone, lets somebody run code
        on it or speak for it."""
        return tuple(
            dict.fromkeys(
                frozenset(each.action for each in technique.requires)
                for technique in self.techniques.values()
                if technique.gain.kind == "control"
                and technique.gain.resource in technique.existing
                and technique.existing[technique.gain.resource].existing == label
                and all(each.on == technique.gain.resource for each in technique.requires)
            )
        )

    def giving_policies(self, label: str) -> frozenset[str]:
        """The actions of which each, on a resource of a label, gives it further policies."""
        return frozenset(
            each.action
            for technique in self.techniques.values()
            if technique.gain.kind == "policies"
            and technique.gain.resource in technique.existing
            and technique.existing[technique.gain.resource].existing == label
            for each in technique.requires
            if each.on == technique.gain.resource
        )


def techniques(package: str, vocabulary: TechniqueVocabulary) -> TechniqueSet:
    """All techniques in the folder ``techniques`` of a provider's package, and those of own
    content for this provider.

    :raises TechniqueFileError: if a file is not what it should be, or two have the same id.
    """
    return _techniques(package, vocabulary, content())


@cache
def _techniques(package: str, vocabulary: TechniqueVocabulary, used: Content) -> TechniqueSet:
    built_in = _documents(package)
    found = [declared(id_, each, vocabulary) for id_, each in built_in.items()]
    known = dict.fromkeys(built_in, "Clew")
    for folder in used.of("techniques"):
        for file in sorted((folder.path / vocabulary.provider).rglob("*.yaml")):
            if file.stem in known:
                raise TechniqueFileError(
                    f"{file}: {known[file.stem]} has a technique '{file.stem}' already; choose "
                    "another id."
                )
            known[file.stem] = str(file)
            found.append(_own(file, vocabulary))
    return TechniqueSet(
        MappingProxyType({each.id: each for each in found if isinstance(each, Technique)}),
        MappingProxyType({each.id: each for each in found if isinstance(each, ExternalTechnique)}),
    )


def _own(file: Path, vocabulary: TechniqueVocabulary) -> Technique:
    """The technique in a file of own content."""
    try:
        document = read_yaml(str(file), file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise TechniqueFileError(f"{file}: {error}") from None
    technique = declared(file.stem, document, vocabulary, str(file))
    if isinstance(technique, ExternalTechnique):
        raise TechniqueFileError(
            f"{file}: category: who comes in from outside is worked out by Clew, so own content "
            "has no techniques of the category external"
        )
    return technique


def check_clouds(folder: ContentFolder, providers: Collection[str]) -> None:
    """Lets only a folder of own techniques pass in which each file is below one of these clouds.

    :raises TechniqueFileError: if one is anywhere else, where nothing would read it.
    """
    for file in folder.files(".yaml"):
        cloud = file.relative_to(folder.path).parts[0]
        if cloud not in providers:
            raise TechniqueFileError(
                f"{file} is in no folder of a cloud that attack paths cover: "
                f"{', '.join(sorted(providers))}"
            )


def parse(id_: str, text: str, vocabulary: TechniqueVocabulary) -> Technique | ExternalTechnique:
    """The technique in the text of the file ``ID.yaml``.

    :raises TechniqueFileError: if it is not one, or has another id.
    """
    return declared(id_, read_yaml(_file(id_), text), vocabulary)


def declared(
    id_: str, document: Any, vocabulary: TechniqueVocabulary, file: str = ""
) -> Technique | ExternalTechnique:
    """The technique that the document of the file ``ID.yaml`` declares; ``file`` is what errors
    call it.

    :raises TechniqueFileError: if it is none, or has another id.
    """
    file = file or _file(id_)
    is_external = isinstance(document, Mapping) and document.get("category") == "external"
    model: type[Technique] | type[ExternalTechnique] = (
        ExternalTechnique if is_external else Technique
    )
    technique = validated(model, file, document)
    if problem := next(vocabulary.problems(technique), None):
        raise TechniqueFileError(f"{file}: {problem}")
    if technique.id != id_:
        raise TechniqueFileError(f"{file}: id: '{technique.id}' is not the file's name")
    return technique


def _file(id_: str) -> str:
    return f"techniques/{id_}.yaml"


def _documents(package: str) -> dict[str, Any]:
    """What the files in the folder ``techniques`` of a package hold, by id."""
    texts = {
        id_: file.read_text("utf-8")
        for file in sorted((files(package) / "techniques").iterdir(), key=lambda file: file.name)
        if (id_ := file.name.removesuffix(".yaml")) != file.name
    }
    found = kept_documents({_file(id_): text for id_, text in texts.items()})
    return {id_: found[_file(id_)] for id_ in texts}


def kept_documents(texts: Mapping[str, str]) -> dict[str, Any]:
    """What YAML files hold, by name. It is kept in the cache as long as they and this code are the
    same, since to read YAML takes long.

    :raises TechniqueFileError: if one is not YAML.
    """

    def read() -> bytes:
        return json.dumps({file: read_yaml(file, text) for file, text in texts.items()}).encode()

    digest = sha256("\0".join((code_digest(), *chain(*texts.items()))).encode()).hexdigest()
    file = cache_root() / "techniques" / digest[:32]
    found: dict[str, Any] = json.loads(recalled(file, read, _KEPT))
    return found


def read_yaml(file: str, text: str) -> Any:
    """What the text of a YAML file holds.

    :raises TechniqueFileError: if it is not YAML.
    """
    from .yaml_text import YAMLError, loaded  # a thirtieth of a second; most documents are kept

    try:
        return loaded(text)
    except YAMLError as error:
        raise TechniqueFileError(f"{file}: {error}") from error


def validated(model: type[Loaded], file: str, document: Any) -> Loaded:
    """What a file's document declares.

    :raises TechniqueFileError: if that is not what the model asks for.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise TechniqueFileError(f"{file}: {_listed(error)}") from error


def _listed(error: ValidationError) -> str:
    problems: Sequence[Any] = error.errors(
        include_url=False, include_input=False, include_context=False
    )
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, one["loc"])), one["msg"]))) for one in problems
    )
