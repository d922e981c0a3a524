"""Whether an alarm can fire on the metric that a filter makes of an event."""

import operator
from collections.abc import Mapping
from typing import Any

from ....graph.logic import all_of
from .filter_pattern import select

_ABOVE = {"GreaterThanThreshold": operator.gt, "GreaterThanOrEqualToThreshold": operator.ge}
_BELOW = {"LessThanThreshold": operator.lt, "LessThanOrEqualToThreshold": operator.le}
_ADDING = ("Sum", "SampleCount")


def can_fire(
    alarm: Mapping[str, Any], filter_: Mapping[str, Any], event: Mapping[str, Any]
) -> bool | None:
    """Whether some number of such events makes the alarm fire; None where that is not known: it
    compares an expression, or the filter counts what it finds in the event."""
    if alarm["period"] is None:
        return None
    return all_of((_is_watched(alarm, filter_, event), _crosses(alarm, filter_)))


def _is_watched(
    alarm: Mapping[str, Any], filter_: Mapping[str, Any], event: Mapping[str, Any]
) -> bool | None:
    """Whether the alarm watches the metric with the dimensions that the filter gives it: those
    exactly, as CloudWatch does not add metrics up over their dimensions."""
    watched, given = alarm["dimensions"], filter_.get("metric_dimensions")
    if watched is None or given is None:
        return None
    values = dict(pair.split("=", 1) for pair in watched)
    selectors = dict(pair.split("=", 1) for pair in given)
    if values.keys() != selectors.keys():
        return False
    return all_of(
        _is_value(values[name], select(selector, event)) for name, selector in selectors.items()
    )


def _is_value(wanted: str, actual: Any) -> bool | None:
    return wanted == actual if isinstance(actual, str) else None


def _crosses(alarm: Mapping[str, Any], filter_: Mapping[str, Any]) -> bool | None:
    """Whether enough events bring the metric over the threshold."""
    statistic, threshold = alarm["statistic"], alarm["threshold"]
    value = 1.0 if statistic == "SampleCount" else _number(filter_.get("metric_value"))
    comparison = alarm["comparison_operator"]
    compare = {**_ABOVE, **_BELOW}.get(comparison)
    if value is None or threshold is None or compare is None:
        return None
    grows_there = value > 0 if comparison in _ABOVE else value < 0
    if statistic in _ADDING and grows_there:
        return True
    return bool(compare(value, threshold))


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
