"""What permissions look like in clouds whose permissions are not evaluated."""

import re
from collections.abc import Mapping

_FORMS: Mapping[str, re.Pattern[str]] = {
    "gcp": re.compile(r"[a-z][A-Za-z]*(\.[A-Za-z]+){2,}(?<!\.com)"),
}


def cloud_of(text: str) -> str:
    """The cloud whose permission a text looks like; empty if it looks like none."""
    return next((cloud for cloud, form in _FORMS.items() if form.fullmatch(text)), "")
