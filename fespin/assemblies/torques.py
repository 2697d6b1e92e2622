"""The spin-transfer torque of a solved device as section 10 sees it: current turns s electrons, they turn the magnet.

The transport solve says how much transverse spin current a magnet absorbs; the strong magnets of that theory take it
up at once. Here it meets the assemblies: spins that arrive turn the TIA assembly away from the local moments, exchange
precession and its damping pass the torque on to them, and what relaxes meanwhile is lost to the lattice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, SolverError, must_be, suggest
from .checks import Floats, positive, unit_vector
from .gas import ElectronGas
from .hops import Hops
from .law import TransportLaw

if TYPE_CHECKING:
    from ..transport.solution import Solution

_RESIDUAL = 1e-9  # of the rates that balance


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TorquePicture:
    """Steady state of the conduction spins of a magnet that absorbs a transverse spin current.

    Attributes
    ----------
    magnet : str
    magnetization : ndarray (3,)
        Direction m of the local moments.
    arrivals : ndarray (3,)
        Spins fed into TIA per second, in the direction of their moments, 1/s; -I/|e| of the absorbed current I.
    spin : ndarray (3,)
        S = n_TIA s of the magnet in the direction of moments, a number.
    tis : float
        n_TIS, a number.
    tilt : float
        Angle between TIA and the local moments, rad.
    applied : ndarray (3,)
        Torque of the absorbed current, N m: hbar/2e I, as `Solution.torques` of the transport solve.
    precession, damping : ndarray (3,)
        Torques on the local moments by exchange precession of TIA and by its damping, transverse to m, N m.
    lattice : ndarray (3,)
        Lost to spin relaxation, transverse to m, N m.
    """

    magnet: str
    magnetization: Floats
    arrivals: Floats
    spin: Floats
    tis: float
    tilt: float
    applied: Floats
    precession: Floats
    damping: Floats
    lattice: Floats

    @property
    def torque(self) -> Floats:
        """Torque on the local moments (3,), N m."""
        return self.precession + self.damping

    @property
    def efficiency(self) -> float:
        """Share of the applied torque, along it, that reaches the local moments; NaN without a current."""
        size = float(self.applied @ self.applied)
        return float(self.torque @ self.applied) / size if size > 0 else float("nan")

    @property
    def unaccounted(self) -> float:
        """Applied torque that neither moments nor lattice get, over it: 0 where meetings conserve spin (A = B = 1)."""
        size = float(np.linalg.norm(self.applied))
        rest = self.applied - self.torque - self.lattice
        return float(np.linalg.norm(rest)) / size if size > 0 else 0.0

    def __repr__(self) -> str:
        size = float(np.linalg.norm(self.applied))
        return (f"<fespin TorquePicture of {self.magnet!r}: TIA tilted by {self.tilt:.4g} rad, {self.efficiency:.4%} "
                f"of {size:.4g} N m on the local moments>")  # fmt: skip


def torque_picture(
    solution: Solution, gas: ElectronGas, *, magnet: str | None = None, volume: float | None = None, **options: Any
) -> TorquePicture:
    """Take the spin current that a magnet of a solved device absorbs to its conduction electrons.

    Parameters
    ----------
    solution : fespin.Solution
        Its `absorbed` currents count charge, in components of the magnetic moment; spins arrive at the rate -I/|e|.
    gas : ElectronGas
        Conduction electrons of the magnet, with its exchange field.
    magnet : str, optional
        Region; may be left out if there is only one magnet.
    volume : float, optional
        m^3 in which the current is taken up; the whole region by default. It enters the tilt, not the torque.
    **options
        `torque` and `tis`: A and B of `TransportLaw`; the default follows the gas's flavour.

    Returns
    -------
    TorquePicture

    Raises
    ------
    InputError
        No such magnet, no exchange field.
    SolverError
        More spins arrive than the assemblies can take in a steady state.
    """
    regions, absorbed = _absorbed(solution)
    names = [name for name, region in regions.items() if region.magnetization is not None]
    if magnet is None and len(names) == 1:
        magnet = names[0]
    if magnet is None or magnet not in names:
        raise InputError(f"magnet must be one of the magnets of the device, got {magnet!r}; {suggest(magnet, names)}")
    current = sum((value for (owner, _), value in absorbed.items() if owner == magnet), np.zeros(3))
    if volume is None:
        volume = float(solution.problem.device.volumes()[magnet])
    m = np.asarray(regions[magnet].magnetization, dtype=float)
    return absorb(current, gas, magnetization=m, volume=volume, name=magnet, **options)


def absorb(
    current: ArrayLike,
    gas: ElectronGas,
    *,
    magnetization: ArrayLike,
    volume: float,
    name: str = "magnet",
    **options: Any,
) -> TorquePicture:
    """The same for an absorbed spin current given as such.

    Parameters
    ----------
    current : array_like (3,)
        Absorbed spin current, A, components of the magnetic moment; its part along m is left out.
    gas : ElectronGas
    magnetization : array_like (3,)
    volume : float
        m^3.

    Examples
    --------
    >>> gas = ElectronGas(density_of_states=1e47, temperature=300, spin_lifetime=1e-13, damping=1e33, field=500)
    >>> picture = absorb([1e-6, 0, 0], gas, magnetization=[0, 0, 1], volume=1e-23)
    >>> round(picture.efficiency, 3), picture.unaccounted < 1e-6
    (0.982, True)
    """
    from scipy.constants import e, hbar

    m = unit_vector("magnetization", np.asarray(magnetization))
    if not isinstance(gas, ElectronGas):
        raise must_be("gas", "an ElectronGas", gas)
    if gas.field == 0:
        raise must_be("ElectronGas.field", "positive: the exchange field of the magnet", 0.0)
    size = positive("volume", volume, "m^3")
    I = np.asarray(current, dtype=float)  # noqa: E741 the symbol
    if I.shape != (3,) or not np.isfinite(I).all():
        raise must_be("current", "three finite numbers in A", current)
    I = I - m * (m @ I)  # noqa: E741
    arrivals = -I / e
    frame = _frame(m)  # in it small transverse parts do not drown in the rounding of what is along m
    law = gas.transport_law(diffusivity=0.0, magnetization=(0, 0, 1), injection=frame @ arrivals / size, **options)
    S, tis = _steady(law, gas.spin_density, gas.tia_density)
    n = float(np.linalg.norm(S))
    rates = {"precession": np.cross(np.asarray(law.precession), S), "damping": -S * (S[2] / n) / law.damping_time,
             "lattice": -S / law.spin_lifetime}  # fmt: skip
    torques = {key: hbar / 2 * size * (frame[:2].T @ rate[:2]) for key, rate in rates.items()}
    return TorquePicture(magnet=name, magnetization=m, arrivals=arrivals, spin=frame.T @ S * size, tis=tis * size,
                         tilt=float(np.arctan2(np.hypot(S[0], S[1]), S[2])), applied=hbar / (2 * e) * I,
                         **torques)  # fmt: skip


def _frame(m: Floats) -> Floats:
    """Rows: two directions across m, and m (3, 3), right-handed."""
    first = np.cross(m, np.eye(3)[int(np.argmin(np.abs(m)))])
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(m, first), m])


def _steady(law: TransportLaw, total: float, tia: float) -> tuple[Floats, float]:
    """S and n_TIS where every rate of a single cell vanishes; m is along z."""
    from scipy.optimize import root

    hops = Hops(law, 1, 1.0, total)
    relax = 1 / law.spin_lifetime + 1 / law.damping_time
    turn = float(np.asarray(law.precession)[2])
    fed = np.asarray(law.injection) / total
    # small tilts: (relax - i turn) S_+ = fed_+
    guess = complex(fed[0], fed[1]) / complex(relax, -turn)
    scale = np.array([abs(guess) or 1.0, abs(guess) or 1.0, 1.0])
    rate = np.array([1, 1, 0]) * abs(complex(relax, turn)) + np.array([0, 0, 1]) * (relax + law.conversion_rate)

    def residual(y: Floats) -> Floats:
        s = y * scale
        dS, _ = hops.rates(s[None] * total, np.array([total * (1 - np.linalg.norm(s))]))
        return dS[0] / (total * rate * scale)

    found = root(residual, np.array([guess.real, guess.imag, tia / total]) / scale, tol=1e-14)
    s = found.x * scale
    share = float(np.linalg.norm(s))
    if np.abs(residual(found.x)).max() > _RESIDUAL or not 0 < share <= 1:
        rate_fed = float(np.linalg.norm(law.injection))
        raise SolverError(
            f"no steady state: {rate_fed:.3g} spins per m^3 and s arrive where TIA has {tia:.3g} per m^3; give the "
            "current a larger volume or lower it"
        )
    return s * total, total * (1 - share)


def _absorbed(solution: Any) -> tuple[Any, Any]:
    try:
        return solution.problem.device.regions, solution.absorbed
    except AttributeError:
        raise must_be("solution", "a fespin.Solution", type(solution).__name__) from None
