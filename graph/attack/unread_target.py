"""A target that lies where a scan did not read: a resource of which only the identity is known."""

import re
from collections.abc import Iterable

from ..model import Identity, Resource, Status
from ..snapshot import Snapshot

_PLACEHOLDER = re.compile(r"\{\w+\}")


def unread_target(
    text: str, models: Iterable[type[Resource]], snapshot: Snapshot
) -> Resource | None:
    """The resource that a full identity names, with all of its fields unread, if the scan does not
    hold it and did not list its label whole where it would be.

    Whether it exists is not known then, so that whatever leads to it is conditional. None of what
    would have been listed, or belongs to an account that was not scanned.
    """
    found = [
        (len(_PLACEHOLDER.sub("", model.identity)), model, parts)
        for model in models
        if not model.identity.startswith("{") and (parts := Identity.of(model.identity).parse(text))
    ]
    if not found:
        return None
    # Of several forms that it has, the one that says most of it in so many words.
    _, model, parts = max(found, key=lambda each: each[0])
    region = parts.get("region")
    statuses: dict[str, set[Status]] = {}
    for listing in snapshot.reads:
        if listing.label == model.label and (not region or listing.region in (region, "global")):
            statuses.setdefault(listing.account, set()).add(listing.status)
    whole = {account for account, found in statuses.items() if found == {Status.OK}}
    unread = sorted({*snapshot.scope.accounts.get(model.provider, ())} - whole)
    owners = [account for account in unread if account == parts.get("account", account)]
    is_known = model.label in snapshot.schema.labels
    if not owners or (is_known and text in snapshot.nodes(model.label, ["id"])["id"].to_pylist()):
        return None
    known = {name: value for name, value in parts.items() if name in model.model_fields}
    if len(owners) == 1:
        known["account"] = owners[0]
    return model(id=text, **{"name": text.rpartition(":")[2], **known})
