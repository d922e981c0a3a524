"""Checks: what is wrong, decided on the graph. One file per check, by provider and service."""

from .check import Category, Check, Cypher, Row, Severity, Traversal
from .finding import Evidence, Finding, FindingStatus
from .registry import check_named, checks
from .runner import Report, run

__all__ = [
    "Category",
    "Check",
    "Cypher",
    "Evidence",
    "Finding",
    "FindingStatus",
    "Report",
    "Row",
    "Severity",
    "Traversal",
    "check_named",
    "checks",
    "run",
]
