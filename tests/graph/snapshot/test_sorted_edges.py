"""Where the edges of a pair lie is the same, however it is looked for."""

from itertools import groupby
from typing import Any

import pyarrow as pa
import pytest
from clew.graph.snapshot import sorted_edges
from clew.graph.snapshot.sorted_edges import _alike
from hypothesis import given
from hypothesis import strategies as st

ROWS = st.lists(st.tuples(*[st.sampled_from(["a", "b", "ab", ""])] * 3), max_size=12)


@pytest.mark.parametrize("few", [0, 100])
@given(rows=ROWS)
def test_rows_that_follow_each_other_with_equal_values(few: int, rows: list[Any]) -> None:
    columns = list(zip(*rows, strict=True)) or [[], [], []]
    names = ["rel", "source_label", "target_label"]
    table = pa.table(
        {name: pa.array(each, pa.string()) for name, each in zip(names, columns, strict=True)}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_edges, "_FEW", few)
        found = _alike(table)
    lengths = [len(list(alike)) for _, alike in groupby(rows)]
    assert [len(place) for place in found] == lengths
    assert [row for place in found for row in place] == list(range(len(rows)))
