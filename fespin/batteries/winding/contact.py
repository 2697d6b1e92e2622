"""The metal wire on the magnet: spin Hall torque, spin pumping and resistance from its film parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.constants import e, h, hbar

from .limits import not_negative, positive


@dataclass(frozen=True, kw_only=True)
class ContactFilm:
    """A wire of a heavy metal that crosses the magnetic strip.

    Parameters
    ----------
    length, width, thickness : float
        Along the current (the width of the strip), across it, and of the film; m.
    resistivity : float
        ohm m.
    spin_hall_angle : float
        theta_SH >= 0; swap the terminals for the other sign.
    spin_diffusion_length : float
        l, m; inf allowed.
    mixing_conductance : float
        g_mix of the interface, 1/m^2 (real part).
    """

    length: float
    width: float
    thickness: float
    resistivity: float
    spin_hall_angle: float
    spin_diffusion_length: float
    mixing_conductance: float

    def __post_init__(self) -> None:
        units = {"length": "m", "width": "m", "thickness": "m", "resistivity": "ohm m", "mixing_conductance": "1/m^2"}
        for key, unit in units.items():
            object.__setattr__(self, key, positive(f"ContactFilm.{key}", getattr(self, key), unit))
        length = positive("ContactFilm.spin_diffusion_length", self.spin_diffusion_length, "m", allow_inf=True)
        object.__setattr__(self, "spin_diffusion_length", length)
        angle = not_negative("ContactFilm.spin_hall_angle", self.spin_hall_angle, "")
        object.__setattr__(self, "spin_hall_angle", angle)

    @property
    def interface_conductance(self) -> float:
        """G = g_mix e^2/h, S/m^2."""
        return self.mixing_conductance * e**2 / h


@dataclass(frozen=True)
class Contact:
    """Coefficients of one contact: V = R I - theta v, torque = theta I - g v, v = d phi/dt.

    Attributes
    ----------
    spin_torque : float
        theta, V s.
    resistance : float
        R of one wire, ohm; a battery has two in series.
    conductance : float
        g at open circuit, J s.
    """

    spin_torque: float
    resistance: float
    conductance: float

    @property
    def coupling(self) -> float:
        """zeta = theta^2/(g R)."""
        return self.spin_torque**2 / (self.conductance * self.resistance)


def film_contact(film: ContactFilm) -> Contact:
    """Coefficients from spin diffusion in the film.

    Currents j_c = sigma (E + theta_SH x^ x (-grad mu/2e)) and j_s = sigma (theta_SH x^ x E - grad mu/2e),
    mu'' = mu/l^2, no spin current through the free surface and j_s = 2 G (mu - hbar v)/2e into the magnet. With
    T = t/l and D = G cosh T + (sigma/2l) sinh T, per voltage U = E length and v = d phi/dt:

        I = U/R + k v,  torque = k U - (g - k^2 R) v,  k = W theta_SH sigma (hbar/2e) G (cosh T - 1)/D.

    The coupling k appears twice with the same sign: that is Onsager's relation here and decides the sign of the
    spin-motive force, which no balance of energy sees. At given current theta = k R, and g exceeds the
    damping with the metal shorted by theta^2/R.

    Examples
    --------
    >>> pt = ContactFilm(length=1e-6, width=200e-9, thickness=5e-9, resistivity=4e-7, spin_hall_angle=0.08,
    ...                  spin_diffusion_length=1.5e-9, mixing_conductance=1.3e18)
    >>> contact = film_contact(pt)
    >>> f"{contact.spin_torque:.9e} {contact.resistance:.6f}"
    '2.784131606e-16 398.612585'
    """
    G, sigma, angle = film.interface_conductance, 1 / film.resistivity, film.spin_hall_angle
    T = film.thickness / film.spin_diffusion_length
    # over cosh T, so that thick films do not overflow: tanh T, 1/cosh T; (sigma/l) sinh T -> 0 for l = inf
    sech, tanh = 1 / math.cosh(min(T, 700.0)), math.tanh(T)
    rate = sigma / film.spin_diffusion_length
    D = G + rate / 2 * tanh
    build_up = 2 * math.sinh(min(T, 700.0) / 2) ** 2 * sech  # (cosh T - 1)/cosh T
    torque = film.width * angle * sigma * hbar / (2 * e) * G * build_up / D
    diffusion = film.thickness if math.isinf(film.spin_diffusion_length) else film.spin_diffusion_length * tanh
    enhanced = film.thickness + angle**2 * (G * diffusion + sigma * build_up) / D
    R = film.length / (film.width * sigma * enhanced)
    shorted = film.length * film.width * (hbar / (2 * e)) ** 2 * G * rate * tanh / D
    return Contact(torque * R, R, shorted + torque**2 * R)


def paper_contact(film: ContactFilm) -> Contact:
    """Bare formulas below eq 6 of the paper: g = hbar g_mix S_c/(4 pi), theta = (hbar/2e)(S_c/S_w) theta_SH.

    The paper writes tan theta_SH for what is quoted as the spin Hall angle, the ratio of the currents.
    They leave out diffusion, l/t and the transparency of the interface, and may violate zeta <= 1: then
    `WindingBattery` refuses them.
    """
    area, wire = film.length * film.width, film.width * film.thickness
    return Contact(
        hbar / (2 * e) * area / wire * film.spin_hall_angle,
        film.resistivity * film.length / wire,
        hbar * film.mixing_conductance * area / (4 * math.pi),
    )
