"""How far the conductance matrix is from that of an infinitely fine mesh: solved again on refined ones."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from ..device.device import Device, check_device
from ..device.topology import longest_edges
from ..errors import must_be
from ..network.conductance import ConductanceMatrix
from ..transport.solve import conductance_matrix, conductance_responses, prepare
from .reciprocity import REFINE_UP_TO

log = logging.getLogger("fespin")

# nodes of the mesh refined twice beyond which a second refinement is left out unless asked for
TWICE_UP_TO = 40_000
# changes below this are the solver's
_NOISE = 1e-13


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Convergence:
    """The conductance matrix of a device on its mesh and on uniformly refined ones.

    Parameters
    ----------
    device : str
    sizes : tuple of float
        Longest cell edge of the first mesh, m, and its half, quarter, ... for the refined ones.
    nodes : tuple of int
    matrices : tuple of ConductanceMatrix
        Coarsest first.
    """

    device: str
    sizes: tuple[float, ...]
    nodes: tuple[int, ...]
    matrices: tuple[ConductanceMatrix, ...]

    @property
    def changes(self) -> tuple[float, ...]:
        """max |G_k+1 - G_k| / max |G| from each mesh to the next."""
        finest = self.matrices[-1].values
        scale = float(np.abs(finest).max()) or 1.0
        pairs = zip(self.matrices[:-1], self.matrices[1:], strict=True)
        return tuple(float(np.abs(b.values - a.values).max()) / scale for a, b in pairs)

    @property
    def rate(self) -> float | None:
        """Exponent of the cell size with which the changes fall; None from fewer than two of them, or from noise."""
        if len(self.changes) < 2 or min(self.changes[-2:]) < _NOISE:
            return None
        return math.log2(self.changes[-2] / self.changes[-1])

    @property
    def error(self) -> float:
        """Estimated max |G - G_exact| / max |G| on the first mesh: its change, extrapolated.

        A geometric series of ratio 2^-rate; without a measured rate that of a corner, h, as the most cautious one.
        """
        rate = 1.0 if self.rate is None else max(self.rate, 0.5)
        return self.changes[0] / (1 - 2.0**-rate)

    def __str__(self) -> str:
        meshes = zip(self.sizes, self.nodes, (*self.changes, None), strict=True)
        lines = [f"{'cells up to':>12} {'nodes':>9} {'change of G on halving':>24}"]
        lines += [f"{h:>10.3g} m {n:>9} {'' if c is None else f'{c:.2e}':>24}" for h, n, c in meshes]
        rate = "" if self.rate is None else f", falling as h^{self.rate:.2f}"
        return "\n".join([*lines, f"{self.device}: mesh error of G about {self.error:.1e} of its largest entry{rate}"])

    def __repr__(self) -> str:
        return f"<fespin.Convergence: {str(self).splitlines()[-1]}>"


def check_convergence(
    device: Device, *, levels: int | None = None, order: int = 1, backend: str = "auto"
) -> Convergence:
    """Solve a device on its own mesh and on uniformly refined ones, to see how exact its matrix is.

    Parameters
    ----------
    device : Device
    levels : int, optional
        How often every cell is halved in each direction, at least once. By default twice if that
        makes no more than 40 000 nodes, else once up to 150 000.
    order, backend
        As for `fespin.conductance`.

    Returns
    -------
    Convergence

    Raises
    ------
    InputError
        Not a device, levels below 1; or none given for a mesh of which a refined one is too large.

    Notes
    -----
    The error of G is the square of that of the fields: h^2 for order 1 and h^4 for order 2 where the solution is
    smooth, h^(4/3) at a corner of 270 degrees. Curved boundaries stay the polygons that they are in the mesh: their
    own error is not part of the estimate.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Mesh, NormalMetal
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> metal = NormalMetal(conductivity=1e7, spin_diffusion_length=4e-8)
    >>> device = Device.from_mesh(wire, regions={"wire": metal}, terminals=["left", "right"], length_unit="nm",
    ...                           cross_section="1e4 nm^2")
    >>> found = check_convergence(device)
    >>> round(found.rate, 1), 1e-3 < found.error < 1e-2
    (2.0, True)
    """
    check_device(device)
    growth = 2**device.dimension
    if levels is None:
        levels = sum(len(device.mesh.points) * growth**k <= most for k, most in ((1, REFINE_UP_TO), (2, TWICE_UP_TO)))
        if not levels:
            raise must_be("levels", f"given for a mesh of {len(device.mesh.points)} nodes, refined: "
                          f"{growth * len(device.mesh.points)}", None)  # fmt: skip
    if not isinstance(levels, Integral) or isinstance(levels, bool) or levels < 1:
        raise must_be("levels", "a whole number, at least 1", levels)
    mesh = device.mesh
    size = float(longest_edges(mesh.points, mesh.cells, mesh.cell_type).max()) * device.length_unit
    nodes, matrices = [], []
    for level in range(int(levels) + 1):
        if level:
            log.info("refining the mesh: level %d of %d", level, levels)
            device = device.refined()
        problem = prepare(device, order, warn=False)
        matrices.append(conductance_matrix(problem, conductance_responses(problem, backend=backend)))
        nodes.append(len(device.mesh.points))
    return Convergence(
        device=device.name,
        sizes=tuple(size / 2**k for k in range(int(levels) + 1)),
        nodes=tuple(nodes),
        matrices=tuple(matrices),
    )
