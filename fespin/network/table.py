"""A conductance matrix as a table that a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .terminal import COMPONENTS

if TYPE_CHECKING:
    from .conductance import ConductanceMatrix

LINE = 118
_MOST = 12  # terminals of a table in a notebook
_SIGN = {"out": "out of the device", "in": "into the device"}


def format_table(G: ConductanceMatrix, *, uncertainty: Any = None, line: int = LINE) -> str:
    """Lay out all entries in siemens with four significant digits; a row a current, a column a potential.

    Exact zeros are dots: a dot says that symmetry or a pinned potential forbids the entry, while a rounding
    error shows as the small number that it is. As many terminals stand side by side as fit into a line (of
    about 120 characters unless `line` says otherwise); the others follow in further blocks. With an `uncertainty`
    of shape (4T, 4T), siemens, each entry is followed by +- and its own.

    Examples
    --------
    >>> from fespin.network.elements import half_metal_wire
    >>> wire = half_metal_wire(conductivity=2, polarization=1, magnetization=[0, 0, 1], length=1, area=1)
    >>> print(format_table(wire))
    conductance in S; row: current out of the device, column: potential
    <BLANKLINE>
                 1                                           2
                 e          x          y          z          e          x          y          z
    1 e -2.000e+00          .          . -2.000e+00  2.000e+00          .          .  2.000e+00
      x          .          .          .          .          .          .          .          .
      y          .          .          .          .          .          .          .          .
      z -2.000e+00          .          . -2.000e+00  2.000e+00          .          .  2.000e+00
    2 e  2.000e+00          .          .  2.000e+00 -2.000e+00          .          . -2.000e+00
      x          .          .          .          .          .          .          .          .
      y          .          .          .          .          .          .          .          .
      z  2.000e+00          .          .  2.000e+00 -2.000e+00          .          . -2.000e+00
    """
    head = max(len(name) for name in G.terminals)
    cells = [[_number(entry) for entry in row] for row in G.values.tolist()]
    if uncertainty is not None:
        cells = [[f"{cell}+-{_short(u)}" if u else cell for cell, u in zip(row, spread, strict=True)]
                 for row, spread in zip(cells, uncertainty.tolist(), strict=True)]  # fmt: skip
    width = 1 + max(10, *(len(cell) for row in cells for cell in row))
    columns = max(1, (line - head - 2) // width)
    columns -= columns % 4 if columns > 4 else 0  # whole terminals, or as much of one as there is room for
    if columns == 3:
        columns = 2
    count = 4 * len(G.terminals)
    lines = [f"conductance in S; row: current {_SIGN[G.convention]}, column: potential"]
    for first in range(0, count, columns):
        block = range(first, min(first + columns, count))
        lines += ["", *_block(G, cells, block, head, width)]
    return "\n".join(lines)


def html_table_of(G: ConductanceMatrix) -> str:
    """The same table in HTML, terminal and component in each head."""
    from ..notebook import html_table, html_text

    if len(G.terminals) > _MOST:
        return html_text(repr(G))
    labels = [f"{name} {component}" for name in G.terminals for component in COMPONENTS]
    rows = [[label, *map(_number, row)] for label, row in zip(labels, G.values.tolist(), strict=True)]
    caption = f"conductance in S; row: current {_SIGN[G.convention]}, column: potential"
    return html_table(["", *labels], rows, caption=caption)


def _block(G: ConductanceMatrix, cells: list[list[str]], block: range, head: int, width: int) -> list[str]:
    indent = " " * (head + 2)
    starts = [k for k in block if k % 4 == 0 or k == block.start]
    ends = [*starts[1:], block.stop]
    titles = (_fit(G.terminals[k // 4], (end - k) * width) for k, end in zip(starts, ends, strict=True))
    names = (indent + " " * (width - 1) + "".join(titles)).rstrip()
    lines = [names, indent + "".join(f"{COMPONENTS[k % 4]:>{width}}" for k in block)]
    for t, name in enumerate(G.terminals):
        for a, component in enumerate(COMPONENTS):
            label = f"{name if a == 0 else '':<{head}} {component}"
            row = cells[4 * t + a][block.start : block.stop]
            lines.append(label + "".join(f"{cell:>{width}}" for cell in row))
    return lines


def _fit(name: str, width: int) -> str:
    return f"{name if len(name) < width else name[: width - 4] + '...':<{width}}"


def _short(value: complex) -> str:
    """Two significant digits, as an uncertainty has."""
    if isinstance(value, complex):
        return f"{value.real:.1e}{value.imag:+.1e}j"
    return f"{value:.1e}"


def _number(value: complex) -> str:
    if value == 0:
        return "."
    if isinstance(value, complex):
        return f"{value.real:.3e}{value.imag:+.3e}j"
    return f"{value:.3e}"
