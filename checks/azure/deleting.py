"""The actions that delete what ARM ids name."""


def delete_action(id_: str) -> str:
    """The action that deletes a resource, by its ARM id, which tells its type."""
    namespace, *segments = id_.rpartition("/providers/")[2].split("/")
    return "/".join((namespace, *segments[::2], "delete"))
