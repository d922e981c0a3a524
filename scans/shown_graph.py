"""A scan's graph in NetworkX, which a notebook shows."""

import networkx


class ShownGraph(networkx.MultiDiGraph):  # type: ignore[misc]  # networkx has no types
    """A NetworkX graph like any other; in a notebook it tells what it holds."""

    def _repr_html_(self) -> str:
        from .notebook import shown_graph

        return shown_graph(self)
