"""Loops over arrays as machine code: `@jit` on a function, and how it is called.

Their parameters say by annotations what they take (`arrays`), so that all of them are compiled together, before any is
called, and kept (`machine`). A loop returns nothing and asks for no memory: results and work space are arguments. Calls
let go of the interpreter's lock; threads take pieces of rows from a counter without asking for it in between, which
costs up to half of the time of pieces of 50 microseconds.
"""

from __future__ import annotations

import ctypes
import functools
import inspect
import itertools
import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from . import machine
from .arrays import Kind
from .helpers import share
from .threads import Pieces

loops: list[Loop] = []  # all there are
_NAMES = {np.dtype(name): name for name in ("bool", "int8", "int32", "int64", "uint64", "float32", "float64")}
_NOTHING = ctypes.c_char * 0
_PACKED = {int: "q", float: "d", bool: "?7x"}


class Inner:
    """A function that loops call; it becomes a part of theirs."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> Any:
        """As the interpreter has it; slow."""
        return self.function(*arguments)


class Vectors:
    """A function of `vectors` that loops call, which is not written in Python."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *arguments: Any) -> None:
        raise NotImplementedError(f"{self.name} is compiled, not interpreted")


class Call(NamedTuple):
    """A loop and its arguments, which stay alive with it.

    To look at twenty arrays, and say where they are, takes as long as a loop on a thousand rows.
    """

    loop: Loop
    pieces: Pieces
    arguments: tuple[Any, ...]
    code: Callable[..., int]
    packed: bytes

    def __call__(self) -> None:
        """On all rows."""
        self.loop._ask(share(self.code, self.pieces, self.packed))


class Loop:
    """A function that is called as machine code.

    Parameters
    ----------
    function : function
        Parameters annotated int, float, bool or with a type of `arrays`.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        self.parameters = list(inspect.signature(function).parameters)
        self._code: dict[tuple[str, ...], Callable[..., int]] = {}

    @functools.cached_property
    def kinds(self) -> list[Any]:
        """What each parameter is: int, float, bool or a `Kind`."""
        hints = get_type_hints(self.function, include_extras=True)
        return [getattr(hints[name], "__metadata__", (hints[name],))[0] for name in self.parameters]

    def variants(self) -> Iterator[tuple[str, ...]]:
        """The choices of what is open: for each parameter its type of number, "" where it is no array."""
        kinds = self.kinds
        choices = dict.fromkeys(kind.numbers for kind in kinds if isinstance(kind, Kind))
        for chosen in itertools.product(*choices):
            number = dict(zip(choices, chosen, strict=True))
            yield tuple(number[kind.numbers] if isinstance(kind, Kind) else "" for kind in kinds)

    @functools.cached_property
    def leading(self) -> list[str]:
        """The numbers before the first array. Loops over pieces of rows have `start` and `stop`, and before these
        `piece` or `worker` if they want its number; others have none."""
        first = next(k for k, kind in enumerate(self.kinds) if isinstance(kind, Kind))
        return self.parameters[:first]

    def __call__(self, *arguments: Any) -> None:
        """Once, on everything."""
        code, packed = self._prepared(arguments)
        self._ask(code(packed))

    def over(self, pieces: Pieces, *arguments: Any) -> None:
        """On all rows, piece by piece, by several threads where there is enough to do.

        Raises
        ------
        TypeError
            An argument that is not as annotated.
        """
        self.ready(pieces, *arguments)()

    def ready(self, pieces: Pieces, *arguments: Any) -> Call:
        """What `over` does, to be done again and again on what the same arrays hold then."""
        return Call(self, pieces, arguments, *self._prepared(arguments))

    def _ask(self, status: int) -> None:
        if status:
            raise RuntimeError(f"loop {self.name} failed")

    def _prepared(self, arguments: tuple[Any, ...]) -> tuple[Callable[..., int], bytes]:
        """The machine code for some arguments, and where they are."""
        values: list[Any] = []
        variant = [""] * len(self.leading)
        for kind, argument in zip(self.kinds[len(self.leading) :], arguments, strict=True):
            if isinstance(kind, Kind):
                number = _NAMES.get(argument.dtype)
                if number not in kind.numbers or argument.ndim != kind.dimensions or not argument.flags.c_contiguous:
                    raise self._refused(arguments)
                variant.append(number)
                values += (0, 0, argument.size, argument.itemsize, _address(argument))
                values += argument.shape
                values += argument.strides
            else:
                variant.append("")
                values.append(kind(argument))
        chosen = tuple(variant)
        code = self._code.get(chosen) or self._fetch(chosen)
        return code, self._struct.pack(*values)

    @functools.cached_property
    def _struct(self) -> struct.Struct:
        """How arguments lie in memory: eight bytes for each number and each address."""
        kinds = self.kinds[len(self.leading) :]
        return struct.Struct("".join("5q" + "2q" * k.dimensions if isinstance(k, Kind) else _PACKED[k] for k in kinds))

    def _fetch(self, variant: tuple[str, ...]) -> Callable[..., int]:
        if variant not in self.variants():
            raise TypeError(f"loop {self.name}: no variant for arrays of {', '.join(filter(None, variant))}")
        self._code[variant] = machine.function(self, variant)
        return self._code[variant]

    def _refused(self, arguments: tuple[Any, ...]) -> TypeError:
        """The error for arrays that are not as annotated."""
        parameters = list(zip(self.parameters, self.kinds, strict=True))[len(self.leading) :]
        wanted = [f"{name} {'|'.join(kind.numbers)} {kind.dimensions}d" if isinstance(kind, Kind) else name
                  for name, kind in parameters]  # fmt: skip
        got = [f"{a.dtype} {a.ndim}d{'' if a.flags.c_contiguous else ' not contiguous'}"
               if isinstance(a, np.ndarray) else type(a).__name__ for a in arguments]  # fmt: skip
        return TypeError(f"loop {self.name} takes {', '.join(wanted)}, got {', '.join(got)}")


def _address(array: np.ndarray) -> int:
    """Where an array lies; seven times as fast as NumPy's own way where it may be written."""
    try:
        return ctypes.addressof(_NOTHING.from_buffer(array))  # type: ignore[arg-type]
    except TypeError:
        return int(array.ctypes.data)


def jit(function: Callable[..., None]) -> Loop:
    """Make a loop of a function."""
    loops.append(Loop(function))
    return loops[-1]
