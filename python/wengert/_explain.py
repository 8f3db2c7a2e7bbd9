"""What PyTorch does not have: why a gradient is missing, what a graph keeps alive, pictures of graphs, a trap for
numbers that are not finite."""

from wengert import _C
from wengert.autograd.anomaly_mode import trap_non_finite

__all__ = ["Ledger", "draw_graph", "explain_grad", "ledger", "trap_non_finite"]


def explain_grad(x, root=None):
    """Says why `x.grad` is None: with the line where the tensor left the graph, if it did.

    Args:
        root: the tensor whose backward was to reach `x`.
    """
    return _C._explain_grad(x, root)


class Ledger:
    """What a graph keeps alive. Printed, it is a table.

    Attributes:
        rows: one dictionary for each saved value: bytes, shape, dtype, operation, name, location, kind.
        bytes: what the graph keeps alive and nobody else needs.
        leaf_bytes: the memory of leaves that it refers to.
    """

    def __init__(self, text, size, leaf_bytes, rows):
        self._text, self.bytes, self.leaf_bytes, self.rows = text, size, leaf_bytes, rows

    def __str__(self):
        return self._text

    __repr__ = __str__


def ledger(tensor):
    """What the graph of `tensor` keeps alive, value by value, with the lines that saved them."""
    return Ledger(*_C._ledger(tensor))


class _Picture:
    """A picture of a graph: `svg` and `dot` are its texts; notebooks show it; `save(path)` writes it."""

    def __init__(self, svg, dot):
        self.svg, self.dot = svg, dot

    def _repr_svg_(self):
        return self.svg

    def __str__(self):
        return self.dot

    def save(self, path):
        """Writes DOT if the name ends so, else SVG."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.dot if str(path).endswith(".dot") else self.svg)


def draw_graph(*tensors, limit=300, **named):
    """A picture of the graph behind these tensors. Given by keyword they have names in it: `draw_graph(loss=loss,
    w=w)`.

    Args:
        limit: so many nodes at most; of larger graphs the youngest are shown.
    """
    names = [f"out{i}" if i else "out" for i in range(len(tensors))] + list(named)
    return _Picture(*_C._draw_graph(names, [*tensors, *named.values()], limit))
