"""The two readings of the model: as printed, and with its slips mended so that spin and statistics are conserved.

=============================  =====================================  ==========================================
what                           "conserving" (default)                 "paper"
=============================  =====================================  ==========================================
spin statistics                "complete": s(x) = 1 - x^2, TIS-TIS    "paper": s(x) = (1 - pi^2/16)(1 - x)^2,
                               and TIS-TIA pairs averaged over the    eqs 12-15 take |theta1 - theta2| for the
                               solid angle: Fermi statistics          angle between spins; eq 5 is left out for TIA
conversion by precession       "spin": n_TIA is the vector sum of     "paper": twice as much by the factor 2 in
damping                        spin directions, k(0) = 2/3            eqs 6, 43, A1.7, k(0) = 4/3
two assemblies, one meeting    2 n cos(phi/2) spins stay, the vector  2 n cos^2(phi/2) stay (eq 59): a factor
                               sum                                    cos(phi/2) of the spin is lost
torque A, conversion B         A = 1, B = 1 at every angle            A = 1 rad (the printed 57 are degrees), B = 2
=============================  =====================================  ==========================================

Equations are those of V. Zayets, "Spin rotation after a spin-independent scattering. Spin properties of an electron
gas in a solid", J. Magn. Magn. Mater. 356, 52 (2014).
"""

from __future__ import annotations

from dataclasses import dataclass

from .checks import choice


@dataclass(frozen=True)
class Flavour:
    """Which variant of each law belongs together.

    Attributes
    ----------
    name : str
    statistics : str
        Rule of `spin_states`: "complete", "isotropic" or "paper".
    convention : str
        Of `conversion_coefficient`: "spin" or "paper".
    interaction : str
        Rule of `interact`: "conserving" or "paper".
    torque, conversion : float
        A (rad) and B of the transport equation.
    """

    name: str
    statistics: str
    convention: str
    interaction: str
    torque: float
    conversion: float


FLAVOURS = {
    "conserving": Flavour("conserving", "complete", "spin", "conserving", 1.0, 1.0),
    "paper": Flavour("paper", "paper", "paper", "paper", 1.0, 2.0),
}


def flavour(name: str = "conserving") -> Flavour:
    """The flavour of a name.

    Raises
    ------
    InputError
        Another name.

    Examples
    --------
    >>> flavour("paper").conversion
    2.0
    """
    return FLAVOURS[choice("flavour", name, FLAVOURS)]
