"""Devices spread over the processes of an MPI run, with PETSc: larger than one machine.

From the file to the matrix:

    stored mesh (device/stored)   nodes along a space-filling curve, cells by their lowest node: read by slices
    piece, halo                   own nodes are a contiguous range; nodes of others are fetched, contributions sent back
    drawing, problem              the serial `Problem` of each piece: laws, node spaces, frame, blocks, drives
    scalars, matrices             own rows of K, M and the few further operators, assembled by one exchange
    hierarchy                     interpolations of PETSc's GAMG for the stiffness cut at the magnets; P^T K P by PETSc
    cycle, iterate                the serial W-cycle and conjugate gradients for all drives, one exchange per product
    solve                         energies of own cells, summed; the matrix on every process

What is spread. Process r of R owns nodes r N/R ... (r + 1) N/R and the cells whose lowest node is among them; no
process holds more of the mesh at any time. Energies and terminal currents are sums over cells, so that each process
takes the serial functions on its own cells and one sum is all that is left: constants have exactly no energy there, and
the rows of charge sum to zero as they do in serial.

Why not `skfem.assembly.Dofs.decompose` of scikit-fem 12, which distributes assembly as well: its first process builds
the whole mesh with its table of facets (14 s at 4.4e5 nodes of a solid), has METIS partition it and sends pickles;
numbers are 32-bit. What it then offers, a local numbering with a map to the global one,
is `Piece` here.

Why one scalar hierarchy and not GAMG on the coupled system: blocks of four unknowns per node, rotated at magnets,
work too (14 to 18 iterations per drive), but hold 16 entries where two do, coarsen them, and are solved one drive after
another. The scalar matrices keep to 32-bit indices up to 2 10^9 nodes; the coupled system leaves them at 5 10^8.

Plan for 10^9 nodes (`plan`: costs per node as measured up to 5 10^5 nodes, messages as estimated with 2 us and 1 GB/s
for each process):

>>> from fespin.distributed import plan
>>> for ranks in (64, 512, 4096, 16384):
...     print(plan(1e9, ranks))
1e+09 nodes on     64 processes:   92.3 GB each,    847 s computing +   12 s messages, 32-bit indices
1e+09 nodes on    512 processes:   11.7 GB each,    106 s computing +    3 s messages, 32-bit indices
1e+09 nodes on   4096 processes:    1.6 GB each,     13 s computing +    1 s messages, 32-bit indices
1e+09 nodes on  16384 processes:    0.5 GB each,      3 s computing +    1 s messages, 32-bit indices

About 6 TB in all: 24 machines of 256 GB. What is in the way of that size and was not tried: storing the mesh is the
work of one process (1.8 kB per node measured; a generator that writes the data sets of `device.stored` itself need not
pass through it), every process asks all others once how many ghosts they want (ranks squared small messages), and the
last level is gathered on all. Skew between processes and their waiting are not in the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .planning import Plan, plan
    from .solve import conductance

_HOME = {"Plan": "planning", "conductance": "solve", "plan": "planning"}

__all__ = ["Plan", "conductance", "plan"]


def __getattr__(name: str) -> Any:
    """Resolved at first use: `import fespin.distributed` brings in neither MPI nor PETSc."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value  # the function, not the module of its name
    return value
