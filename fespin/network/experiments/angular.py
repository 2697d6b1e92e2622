"""Resistance against the angle between two magnetizations, and the law that it follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...errors import InputError, must_be
from ..checks import real
from ..conductance import ConductanceMatrix
from ..drive import Spin
from .measurement import Array, Comparison, Measurement
from .resistances import Pair, resistance


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AngularLaw:
    """R(theta) = R_P + Delta R (1 - cos)/[chi (1 + cos) + 2], fitted to resistances.

    Exact for two equal ferromagnets that reach into one normal metal or node (Bauer et al, PRB 67, 094421
    (2003); transport through strong ferromagnets obeys it too); `residual` says how well it holds.

    Parameters
    ----------
    parallel, change : Comparison
        R_P = R(0) and Delta R = R(pi) - R(0) in ohm.
    chi : Comparison
        Unit 1. In circuit theory chi = |eta|^2/[Re(eta) (1 - p^2)] - 1 with eta = 2 g_mix/g.
    residual : float
        Largest deviation of a resistance from the law, over Delta R.
    """

    parallel: Comparison
    change: Comparison
    chi: Comparison
    residual: float

    def __repr__(self) -> str:
        return (
            f"<AngularLaw: R_P {self.parallel.value:.6g} ohm, Delta R {self.change.value:.6g} ohm, "
            f"chi {self.chi.value:.6g}, residual {self.residual:.2g}>"
        )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AngularResistance:
    """Resistances at angles.

    Parameters
    ----------
    angles : array, shape (n,)
        Radian, as given.
    resistances : tuple of n Measurement
        Ohm; each with the sensitivity to its own matrix.
    """

    angles: Array
    resistances: tuple[Measurement, ...]

    @property
    def values(self) -> Array:
        """Ohm, shape (n,)."""
        return np.array([part.value for part in self.resistances])

    @property
    def ratio(self) -> Array:
        """(R - R_first)/R_first of each angle, shape (n,)."""
        return self.values / self.values[0] - 1

    def law(self) -> AngularLaw:
        """Fit the law of `AngularLaw` by linear least squares.

        With c = cos(theta), A = (1 + chi) R_P and B = R_P + Delta R it reads
        (1 + c) A + (1 - c) B - (1 + c) R chi = 2 R, linear in chi, A and B.

        Raises
        ------
        InputError
            Fewer than three different cosines, complex resistances, or a resistance that does not depend on
            the angle, so that nothing fixes chi.
        """
        R, c = self.values, np.cos(self.angles)
        if np.iscomplexobj(R):
            raise must_be("the resistances of an angular law", "real", R[0])
        if len(np.unique(np.round(c, 9))) < 3:
            raise must_be("the angles of an angular law", "of three or more different cosines", self.angles.tolist())
        spread = np.ptp(R)
        if spread <= 1e-10 * np.abs(R).max():
            raise InputError("the resistance does not depend on the angle, so that chi has no value")
        # in units of the spread above the smallest, so that a small magnetoresistance fits as well as a large one
        offset = R.min()
        r = (R - offset) / spread
        M = np.stack([-(1 + c) * r, 1 + c, 1 - c], axis=1)
        chi, A, B = np.linalg.lstsq(M, 2 * r, rcond=None)[0]
        normal = np.linalg.inv(M.T @ M)
        left = 2 * r - M @ [chi, A, B]
        # d(chi, A, B)/dr_k: row k of M and the right side are all that holds r_k
        dM = np.stack([-(1 + c), 0 * c, 0 * c], axis=1)
        slopes = normal @ (M * (2 + (1 + c) * chi)[:, None] + dM * left[:, None]).T
        P, dP = A / (1 + chi), (slopes[1] - A / (1 + chi) * slopes[0]) / (1 + chi)
        law = P + (B - P) * (1 - c) / (chi * (1 + c) + 2)
        # r has units of the spread and zero at the offset, both of which drop out of a law of this form
        return AngularLaw(
            parallel=self._comparison("parallel resistance", offset + spread * P, "ohm", dP),
            change=self._comparison("change of resistance", spread * (B - P), "ohm", slopes[2] - dP),
            chi=self._comparison("chi of the angular law", chi, "1", slopes[0] / spread),
            residual=float(np.abs(law - r).max() / abs(B - P)),
        )

    def _comparison(self, name: str, value: float, unit: str, weights: Array) -> Comparison:
        return Comparison(
            name=name, value=float(value), unit=unit, parts=self.resistances, weights=tuple(weights.tolist())
        )

    def __repr__(self) -> str:
        shown = ", ".join(f"{a:.4g}: {r:.6g}" for a, r in zip(self.angles, self.values, strict=True))
        return f"<AngularResistance in ohm by radian: {shown}>"


def angular_magnetoresistance(
    states: Iterable[tuple[float, ConductanceMatrix]], *, current: Pair, voltage: Pair | None = None, spin: Spin
) -> AngularResistance:
    """Resistance at each angle between two magnetizations.

    Parameters
    ----------
    states : sequence of (float, ConductanceMatrix)
        Angle in radian and the device at that angle.
    current, voltage, spin
        See `resistance`.

    Returns
    -------
    AngularResistance

    Raises
    ------
    InputError
        No state, an angle that is no number; else as `resistance`.

    Examples
    --------
    Two equal contacts on a node, Brataas, Nazarov and Bauer, PRL 84, 2481 (2000):

    >>> from fespin.network.elements import contact
    >>> from fespin.network.joining import series
    >>> def valve(theta):
    ...     kind = {"conductance_up": 1.6, "conductance_down": 0.4, "mixing_conductance": 1.4 + 0.5j, "area": 1}
    ...     first = contact(magnetization=[0, 0, 1], **kind, terminals=("n", "a"))
    ...     second = contact(magnetization=[np.sin(theta), 0, np.cos(theta)], **kind, terminals=("n", "b"))
    ...     return series(first.reordered(["a", "n"]), second)
    >>> states = [(theta, valve(theta)) for theta in (0, 1, 2, 3)]
    >>> law = angular_magnetoresistance(states, current=("a", "b"), spin="grounded").law()
    >>> round(law.chi.value, 9)  # |eta|^2/[Re(eta) (1 - p^2)] - 1
    1.466517857
    """
    pairs = [(real("the angle", angle, "a number in radian"), G) for angle, G in states]
    if not pairs:
        raise must_be("the states", "one or more pairs of angle and matrix", pairs)
    return AngularResistance(
        angles=np.array([angle for angle, _ in pairs]),
        resistances=tuple(resistance(G, current=current, voltage=voltage, spin=spin) for _, G in pairs),
    )
