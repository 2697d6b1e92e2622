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

Slips that leave no choice are mended in both flavours:

* section 2: full, empty and spin states hold two, no and one electron (printed: none, one, two); eq 20 runs from
  -inf;
* eq 18: F_electrons + F_holes (printed: F_electrons + F_spin, twice); its constants are (1 - pi^2/16)/2 = 0.1916,
  pi^2/16 = 0.61685 (0.6168), pi^2/8 = 1.23370 (1.2336), 1 - pi^2/16 = 0.38315 (0.3832); eq 21 is 1.1423 (1.1428);
* eq 24: tau_spin in the numerator, as eqs 22, 23 and 58 have it (printed: tau_conversion);
* eq 31: -lambda M x (M x H), so that M turns to H; A2.1 has the other sense of precession; eq 36: dtheta0 dt (dtheta0
  t); eq 40 and figure 6: t_lambda (t_gamma); eq 42: no n_spin, rho is normalised; eq 44: from TIS into TIA; section
  6: it is the spin states of TIS that have no moment, and figure 7 that shows k;
* eq 59: n_TIA1 - n_TIA2 (n_TIA1 - n_TIA1); eq 60: 2 n_TIA1,1 sin^2(theta/4) (n_TIA2,0); figure 9: TIA2 grows and
  rotates;
* eq 62: -s1 x [s1 x s2], and with it the signs of eqs 64, 66, A3.4, A3.6, A3.8, which lack A D (s_xx)_perp as well; A
  is 1 rad where 57 (degrees) is printed; figure 11: B is that of eq 63 (eq 19);
* eqs 65, 67, A3.5, A3.7, A3.9: the loss is +B D n |s_x|^2; s.s_x beside it is zero;
* appendix 1: "TIS (Eq. A1.5)" is A1.2, "Eq. (A1.4) is equivalent" A1.3; A2.5: no H_z; A2.8: exp(-t/t_lambda + const);
* section 10 means sections 5 and 7 (conversion), 8 (torque) and 9 (current) where it says 4, 6 and 7.

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
