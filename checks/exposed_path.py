"""Verdicts on workloads: whether a path leads from the internet over one to some principals."""

from collections.abc import Iterator

from ..graph.attack.blast_radius import ForwardSteps
from ..graph.attack.exposed import exposed
from ..graph.exposure.reach import INTERNET, reaches
from ..graph.sets import MaySet
from .access import Access
from .check import Place, Row
from .path_words import path_words


def exposed_paths(access: Access, label: str, target: MaySet, aim: str) -> Iterator[Row]:
    """A verdict for each workload of a label, about whom it leads to if the internet reaches it;
    ``aim`` says in a phrase who these are."""
    reached = {each.id: each for each in exposed(access.view, {label})}
    certain = ForwardSteps(access.attack, only_certain=True) if reached else None
    possible = ForwardSteps(access.attack, only_certain=False) if reached else None
    for workload in access.view.labelled(label):
        if workload not in reached or not (certain and possible):
            yield Row(workload, True, rests_on=reaches(label))
            continue
        door = reached[workload]
        number = access.attack.number.get((workload, ""))
        path = None
        if number is not None:
            best = certain.from_(1 << number).best(target)
            path = best or possible.from_(1 << number).best(target)
        if path:
            words = path_words(access.attack, path)
            open_ = "; ".join((*door.unread, *words.conditions)) or aim
            is_sure = not path.conditional and not door.unread
            yield Row(
                workload,
                False if is_sure else None,
                unread=[] if is_sure else [f"{words.text}, depending on {open_}"],
                evidence=(INTERNET, *door.evidence, *words.involved),
                values={"path": words.text},
            )
            continue
        identities = [*access.identities(workload)]
        unknown = [each.id for each in identities if not each.is_certain]
        yield Row(
            workload,
            None if unknown else True,
            undecided_by=unknown[0] if unknown else None,
            listing_scope=[Place()] if identities else (),
        )
