"""Reads by path what the SDK has no client for, and holds each answer to its shape first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...graph.model import Resource
from ..shape import Shape, hold
from .base import normalised
from .session import AzureApi


def listed(
    api: AzureApi,
    operation: str,
    path: str,
    api_version: str,
    shape: Mapping[str, Shape],
    *required: str,
    lists: type[Resource] | None = None,
) -> Iterator[dict[str, Any]]:
    """All resources of the list at an ARM path, over all of its pages, each normalised. If a page
    cannot be had, is of another shape or lacks what is ``required`` of each, the listing ends and
    its labels are incomplete."""

    def pages() -> Iterator[list[dict[str, Any]]]:
        return _pages(api, path, api_version, shape, required)

    return api.list_through(operation, pages, lists)


def detailed(
    api: AzureApi,
    operation: str,
    path: str,
    api_version: str,
    shape: Mapping[str, Shape],
    *required: str,
    lists: type[Resource] | None = None,
) -> list[dict[str, Any]] | None:
    """The same as a detail: None if it fails; a label that it ``lists`` is then incomplete."""

    def call() -> list[dict[str, Any]]:
        pages = _pages(api, path, api_version, shape, required)
        return [each for page in pages for each in page]

    return api.read_through(operation, call, lists=lists)


def _pages(
    api: AzureApi,
    path: str,
    api_version: str,
    shape: Mapping[str, Shape],
    required: Sequence[str],
) -> Iterator[list[dict[str, Any]]]:
    for page in api.account.azure.get(path, api_version):
        for raw in page:
            hold({"id": str, "name": str, **shape}, raw, ["id"])
        found = [normalised(raw) for raw in page]
        for each in found:
            hold({}, each, required)
        yield found
