"""What compiled loops take: numbers, and C-contiguous arrays of one type.

They stand as annotations of parameters; a loop is compiled for each choice of what its annotations leave open.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np


class Kind(NamedTuple):
    """An array: its type of number, one of several where it is open, and its dimensions."""

    numbers: tuple[str, ...]
    dimensions: int


Flags = Annotated[np.ndarray, Kind(("bool",), 1)]
FlagTable = Annotated[np.ndarray, Kind(("bool",), 2)]
Bytes = Annotated[np.ndarray, Kind(("int8",), 1)]
Ints = Annotated[np.ndarray, Kind(("int32",), 1)]
IntTable = Annotated[np.ndarray, Kind(("int32",), 2)]
Longs = Annotated[np.ndarray, Kind(("int64",), 1)]
LongTable = Annotated[np.ndarray, Kind(("int64",), 2)]
Keys = Annotated[np.ndarray, Kind(("uint64",), 1)]
KeyTable = Annotated[np.ndarray, Kind(("uint64",), 2)]
Singles = Annotated[np.ndarray, Kind(("float32",), 1)]
SingleTable = Annotated[np.ndarray, Kind(("float32",), 2)]
SingleCube = Annotated[np.ndarray, Kind(("float32",), 3)]
Doubles = Annotated[np.ndarray, Kind(("float64",), 1)]
DoubleTable = Annotated[np.ndarray, Kind(("float64",), 2)]
DoubleCube = Annotated[np.ndarray, Kind(("float64",), 3)]
# of one loop all are of the same precision
Reals = Annotated[np.ndarray, Kind(("float32", "float64"), 1)]
RealTable = Annotated[np.ndarray, Kind(("float32", "float64"), 2)]
# numbers of nodes, as meshes have them
CellTable = Annotated[np.ndarray, Kind(("int32", "int64"), 2)]
