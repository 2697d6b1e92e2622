"""What a device of a given size takes on a given number of processes, from measured costs per node.

Measured on solids of 1.5e4, 1.1e5 and 5.0e5 nodes (tetrahedra, 15 entries a row, two magnets, 29 columns in all), one
process on one core of an AMD EPYC that others used too; processor time and memory per node:

    nodes                       1.5e4     1.1e5     5.0e5
    read                        2.2       0.8       0.4      us
    assemble                    3.0       5.0       4.9      us
    setup (GAMG, products)     10.1      11.5      14.8      us
    one iteration               1.5       1.7       2.0      us    (14, 14, 16 iterations)
    energy                      3.6       1.3       1.2      us
    memory after reading        1.7       0.95      0.87     kB
    memory after assembly       3.9       3.0       2.3      kB
    largest memory              7.1       4.8       4.0      kB    (of these 2.3 are blocks of columns)

Two processes on 5.0e5 nodes, the cores to themselves: 14.3 s after 26.5 s with one, 5.9 kB per node in PETSc's products
(4.4 kB and 1.7 times the setup with PETSC_OPTIONS="-matptap_via allatonce_merged"). That memory is what plans count.

The messages are estimated, not measured: the machine had two cores.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ..errors import must_be

_READ, _ASSEMBLE, _SETUP, _ITERATION, _ENERGY = 1.1e-6, 5.0e-6, 14.8e-6, 2.0e-6, 1.3e-6  # s per node
_MEMORY, _BASE = 5.9e3, 1.5e8  # bytes per node, and of a process with its libraries
_COLUMNS = 29  # at which all this was measured: four terminals, two of them on magnets
_COARSENING, _LAST = 10.0, 200.0  # nodes of a level over those of the next one; nodes of the last one
_NEIGHBOURS, _SURFACE = 20, 8.0  # processes that a piece touches; its ghosts over the 2/3 power of its nodes
_EXCHANGES = 6  # on each visit of a level


class Plan(NamedTuple):
    """Estimate for one matrix.

    Parameters
    ----------
    nodes : float
    ranks : int
    memory : float
        Bytes per process.
    computing, messages : float
        Seconds.
    index_bits : int
        Of PETSc's integers: the scalar matrices need 64 from 2^31 nodes on (Debian's PETSc has 32), or where a process
        holds 2^31 entries.
    """

    nodes: float
    ranks: int
    memory: float
    computing: float
    messages: float
    index_bits: int

    def __str__(self) -> str:
        seconds = f"{self.computing:6.0f} s computing + {self.messages:4.0f} s messages"
        memory = f"{self.memory / 1e9:6.1f} GB each"
        return (f"{self.nodes:.0e} nodes on {self.ranks:6d} processes: {memory}, {seconds}, "
                f"{self.index_bits}-bit indices")  # fmt: skip


def plan(
    nodes: float, ranks: int, *, iterations: int = 16, columns: int = _COLUMNS, latency: float = 2e-6,
    bandwidth: float = 1e9,
) -> Plan:  # fmt: skip
    """Memory and time of a solid device.

    Parameters
    ----------
    nodes : float
    ranks : int
        One per core.
    iterations : int
        14 to 16 at 10^4 to 5 10^5 nodes, hardly growing.
    columns : int
        Components times drives: 4 (4 T) at most, 29 in the device that was measured. Iterations and half of the memory
        grow with it.
    latency : float
        s per message.
    bandwidth : float
        B/s per process: 1e9 is a network of 200 Gbit/s shared by 24 of them.

    Returns
    -------
    Plan

    Examples
    --------
    >>> print(plan(1e6, 1))
    1e+06 nodes on      1 processes:    6.0 GB each,     54 s computing +    0 s messages, 32-bit indices
    """
    if not nodes >= 1 or not ranks >= 1:
        raise must_be("plan", "asked for at least one node and one process", (nodes, ranks))
    own, width = nodes / ranks, columns / _COLUMNS
    computing = own * (_READ + _ASSEMBLE + _SETUP + width * (iterations * _ITERATION + _ENERGY))
    per_iteration = 0.0
    if ranks > 1:
        level, visits, size = nodes, 1.0, 4.0 * columns
        while level > _LAST:  # a W-cycle: every level is visited twice as often as the one above
            ghosts = min(_SURFACE * (level / ranks) ** (2 / 3), level / ranks * 26 + 26)
            per_iteration += visits * _EXCHANGES * (_NEIGHBOURS * latency + ghosts * size / bandwidth)
            level, visits = level / _COARSENING, 2.0 * visits
        gathered = _LAST * size / bandwidth + math.log2(ranks) * latency
        per_iteration += visits * gathered + 8 * math.log2(ranks) * latency
        per_iteration += 2 * _SURFACE * own ** (2 / 3) * size / bandwidth  # the product in double precision
    memory = _BASE + own * _MEMORY * (0.5 + 0.5 * width)
    bits = 64 if nodes >= 2**31 or 15 * own >= 2**31 else 32
    return Plan(nodes, ranks, memory, computing, iterations * per_iteration, bits)
