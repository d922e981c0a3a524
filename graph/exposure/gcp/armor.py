"""What policies of Cloud Armor let through from the internet."""

import json
from typing import Any

from ...addresses import EVERY, Family, covered, is_internet
from ...intervals import Ranges
from ...logic import ReasonedTruth
from ...view import GraphView
from ..missing import missing_words

_V4 = Family.IPV4


def lets_in(view: GraphView, policy: str) -> ReasonedTruth:
    """Whether a policy lets the internet in. Rules that deny by something else than addresses are
    aimed at attacks and count for nothing; one that allows so leaves it open."""
    if view.is_missing(policy):
        return ReasonedTruth.doubt(missing_words(view, "security policy", policy))
    text = view.get(policy, "rules")
    if text is None:
        return ReasonedTruth.doubt(f"rules of {view.name(policy)}")
    rules: list[dict[str, Any]] = sorted(
        json.loads(text or "[]"), key=lambda each: each["priority"]
    )
    left, allowed, is_unsure = EVERY[_V4], Ranges(), False
    for rule in rules:
        if rule.get("preview"):
            continue
        sources = _sources(rule)
        if sources is None:
            # Those that deny, or slow down, are aimed at attacks; one that allows may let all in.
            is_unsure |= rule.get("action") == "allow"
            continue
        if not str(rule.get("action", "")).startswith("deny"):
            allowed |= left & sources
        left -= sources
    if is_internet(allowed, _V4):
        return ReasonedTruth(True)
    if is_unsure:
        return ReasonedTruth.doubt(f"what {view.name(policy)} lets in")
    return ReasonedTruth(False)


def _sources(rule: dict[str, Any]) -> Ranges | None:
    """The addresses that a rule is for; None if something else decides."""
    ranges = ((rule.get("match") or {}).get("config") or {}).get("srcIpRanges")
    if not ranges:
        return None
    return EVERY[_V4] if "*" in ranges else covered(ranges, _V4)
