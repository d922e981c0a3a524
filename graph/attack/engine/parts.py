"""What all that finds and explains one provider's steps works with."""

from typing import NamedTuple

from ..model import AttackGraph
from ..provider import AttackProvider
from .candidates import Candidates
from .part_query import PartQueries
from .permission_cache import PermissionCache
from .principal_states import PrincipalStates
from .relations import Relations
from .runs_as import RunsAs


class EngineParts(NamedTuple):
    """The parts of one provider's engine that know the environment."""

    provider: AttackProvider
    graph: AttackGraph
    """That is built."""
    cache: PermissionCache
    candidates: Candidates
    relations: Relations
    states: PrincipalStates
    runs_as: RunsAs
    parts: PartQueries
