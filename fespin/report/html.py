"""Pieces of HTML; every text that comes in is escaped here, and nowhere else."""

from __future__ import annotations

import base64
import html
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..plotting.coordinates import scaled


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: Any) -> Markup:
    """Anything as text of a page: what is markup stays, all else is escaped.

    Examples
    --------
    >>> text("<script>"), text(Markup("<b>"))
    ('&lt;script&gt;', '<b>')
    """
    return value if isinstance(value, Markup) else Markup(html.escape(str(value), quote=True))


def join(parts: Iterable[Any]) -> Markup:
    """Pieces one after the other."""
    return Markup("\n".join(text(part) for part in parts))


def tag(name: str, content: Any, **attributes: Any) -> Markup:
    """An element; ``cls`` is the class, underscores in names stand for hyphens."""
    words = "".join(
        f' {"class" if key == "cls" else key.replace("_", "-")}="{text(value)}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{words}>{text(content)}</{name}>")


def section(title: str, name: str, *parts: Any) -> Markup:
    """A part of the page with a heading that links reach."""
    heading = tag("h2", title, id=f"{name}-title")
    return tag("section", join([heading, *parts]), id=name, aria_labelledby=f"{name}-title")


def table(caption: str, head: Sequence[Any], rows: Iterable[Sequence[Any]], *, words: Sequence[int] = (0,)) -> Markup:
    """A table that scrolls by itself in narrow windows; columns in `words` hold text, the others numbers."""
    heads = join(tag("th", cell, scope="col", cls="w" if k in words else "n") for k, cell in enumerate(head))
    lines = []
    for row in rows:
        first = tag("th", row[0], scope="row")
        rest = [tag("td", cell, cls="w" if k in words else "n") for k, cell in enumerate(row) if k]
        lines.append(tag("tr", join([first, *rest])))
    body = join([tag("caption", caption), tag("thead", tag("tr", heads)), tag("tbody", join(lines))])
    return tag("div", tag("table", body), cls="scroll", tabindex="0", role="region", aria_label=caption)


def picture(png: bytes, alt: str, caption: str) -> Markup:
    """A picture inside the page."""
    data = base64.b64encode(png).decode()
    width, height = (int.from_bytes(png[k : k + 4], "big") for k in (16, 20))
    image = f'<img src="data:image/png;base64,{data}" alt="{text(alt)}" width="{width}" height="{height}">'
    return tag("figure", join([Markup(image), tag("figcaption", caption)]))


def listing(items: Iterable[Any]) -> Markup:
    """An unordered list."""
    return tag("ul", join(tag("li", item) for item in items))


def data(name: str, value: Any) -> Markup:
    """A value for the script; nothing in it can end the element."""
    raw = json.dumps(value, allow_nan=False)
    for letter in "<>&":
        raw = raw.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(f'<script type="application/json" id="{text(name)}">{raw}</script>')


def quantity(value: float | None, unit: str, digits: int = 4) -> str:
    """A number with unit and SI prefix; a dash for none.

    Examples
    --------
    >>> quantity(3.5e-7, "m"), quantity(math.inf, "m"), quantity(None, "m")
    ('350 nm', 'inf', '–')
    """
    if value is None:
        return "–"
    if not math.isfinite(value):
        return f"{value:g}"
    factor, prefixed = scaled(np.array([value]), unit)
    return f"{value * factor:.{digits}g} {prefixed}"
