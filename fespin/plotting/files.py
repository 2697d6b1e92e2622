"""Writing a picture whole or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..atomic import write_atomic
from ..errors import InputError, suggest
from .figure import pyplot


def check_format(path: str | os.PathLike[str]) -> str:
    """The format that the suffix of a picture names; InputError if matplotlib does not write it."""
    suffix = Path(path).suffix.lstrip(".").lower()
    known = pyplot().Figure().canvas.get_supported_filetypes()
    if suffix not in known:
        raise InputError(f"{path} must end in a format that matplotlib writes; {suggest(suffix, known)}")
    return suffix


def png(figure: Any, dpi: float = 110) -> bytes:
    """A figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def save_figure(figure: Any, path: str | os.PathLike[str]) -> Path:
    """Write a figure whole or not at all; the suffix is the format.

    Raises
    ------
    InputError
        A format that matplotlib does not write, a folder that cannot be written to.
    """
    suffix = check_format(path)
    buffer = io.BytesIO()
    figure.savefig(buffer, format=suffix, dpi=150)
    return write_atomic(path, buffer.getvalue())


def save_picture(
    path: str | os.PathLike[str], draw: Callable[[Any], Any], size: tuple[float, float] = (6.4, 4.0)
) -> Path:
    """Call `draw` with new axes of `size` inches and write their figure; see `save_figure`."""
    check_format(path)  # before the work of drawing
    figure = pyplot().Figure(figsize=size, layout="constrained")  # no window belongs to it
    draw(figure.add_subplot())
    return save_figure(figure, path)
