"""Tables for notebooks: HTML of plain tags, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def html_table(heads: Sequence[object], rows: Iterable[Sequence[object]], *, caption: object = "") -> str:
    """A table with a row of heads; the first column of the body names its row.

    Examples
    --------
    >>> html_table(["region", "sigma"], [["<Cu>", 3.4e7]])
    '<table><tr><th>region</th><th>sigma</th></tr><tr><th>&lt;Cu&gt;</th><td>34000000.0</td></tr></table>'
    """
    title = f"<caption>{escape(str(caption))}</caption>" if caption else ""
    head = "".join(f"<th>{escape(str(h))}</th>" for h in heads)
    body = []
    for first, *others in rows:
        cells = "".join(f"<td>{escape(str(c))}</td>" for c in others)
        body.append(f"<tr><th>{escape(str(first))}</th>{cells}</tr>")
    return f"<table>{title}<tr>{head}</tr>{''.join(body)}</table>"


def html_text(text: object) -> str:
    """Text in the columns that it was laid out in."""
    return f"<pre>{escape(str(text))}</pre>"
