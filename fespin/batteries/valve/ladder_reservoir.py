"""Two chains that repel each other as the reservoir: exact minima of ladders in place of independent chains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.constants import e

from ...errors import must_be
from ...network.checks import positive
from ...wigner import ExactTable, Units
from .emf import EMFCurve


def ladder_emf(table: ExactTable, electrons: int) -> EMFCurve:
    """EMF of one ladder at T = 0 against the number k of electrons that have gone from the one chain to the other, E0.

    Neutral: N_up = n + k and N_dn = n - k with 2n electrons in all. The energies E[n + k, n - k] are exact; many
    ladders side by side share their charge so that the energy of all is their lower convex envelope, whose slope is the
    EMF.

    Parameters
    ----------
    table : ExactTable
    electrons : int
        Even, more than 0 and fewer than all sites.

    Raises
    ------
    InputError
        Another number of electrons.

    Examples
    --------
    >>> from fespin.wigner import Ladder, exact_table
    >>> curve = ladder_emf(exact_table(Ladder(length=8, distance=1.0)), 8)
    >>> curve.largest, bool(curve.start[0] < 1.386)  # the repulsion between chains makes it easier to polarise
    (4.0, True)
    """
    L = table.ladder.length
    rule = f"an even number of electrons between 2 and {2 * L - 2}"
    if type(electrons) is not int or electrons % 2 or not 0 < electrons < 2 * L:
        raise must_be("electrons", rule, electrons)
    n = electrons // 2
    k = np.arange(-min(n, L - n), min(n, L - n) + 1)
    energy = table.energy[n + k, n - k]
    hull: list[int] = []
    for j in range(len(k)):
        while len(hull) > 1 and _bends_down(k, energy, hull[-2], hull[-1], j):
            hull.pop()
        hull.append(j)
    at = np.array([j for j in hull if k[j] > 0])
    first = max(j for j in hull if k[j] <= 0)
    # the envelope is even in k: its piece around 0 is flat if it has one
    corners = np.concatenate([[0.0], k[at].astype(float)])
    heights = np.concatenate([[energy[first] if k[first] == 0 else energy[at[0]]], energy[at]])
    slopes = np.maximum(np.diff(heights) / np.diff(corners), 0.0)
    return EMFCurve(corners, slopes, slopes)


def _bends_down(k: np.ndarray, energy: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether the middle one of three points lies on or above the chord of its neighbours."""
    chord = energy[a] + (energy[c] - energy[a]) * (k[b] - k[a]) / (k[c] - k[a])
    return bool(energy[b] >= chord - 1e-12)


@dataclass(frozen=True, kw_only=True)
class LadderReservoir:
    """Many equal ladders of two coupled chains, one for each spin.

    Parameters
    ----------
    table : ExactTable
        Of one ladder, with its distance and boundary.
    electrons : int
        In each, even.
    number : float
        Of ladders.
    units : Units
        Lattice constant and permittivity.

    Examples
    --------
    >>> from fespin.wigner import Ladder, exact_table
    >>> reservoir = LadderReservoir(table=exact_table(Ladder(length=6)), electrons=6, number=1e6,
    ...                             units=Units(lattice_constant=4e-10, permittivity=10))
    >>> f"{reservoir.curve().largest:.6e}"  # three electrons of each
    '4.806530e-13'
    """

    table: ExactTable
    electrons: int
    number: float
    units: Units

    def __post_init__(self) -> None:
        positive("LadderReservoir.number", self.number, "ladders")

    def curve(self) -> EMFCurve:
        """V(Q) of all ladders together."""
        one = ladder_emf(self.table, self.electrons)
        volts = one.start * self.units.volt
        return EMFCurve(one.charge * e * self.number, volts, volts)
