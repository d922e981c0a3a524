"""Text of others in Markdown means nothing but itself."""

import re

from clew.cli.markdown import plain
from hypothesis import given
from hypothesis import strategies as st


def test_nothing_of_it_is_markup() -> None:
    assert plain("a|b <script> *x* _y_ [z](u) `c` @you") == (
        r"a\|b &#60;script&#62; \*x\* \_y\_ \[z\](u) \`c\` &#64;you"
    )


@given(st.text())
def test_no_tag_link_or_mention_is_left(text: str) -> None:
    found = plain(text)
    assert not re.search(r"[<>@\n\x00-\x1f]|://|(?<!\\)[`*|\[]", found.replace("\\\\", ""))
