"""Magnets of easy-plane films, metals on top, and batteries cut out of them (winding notes, section 6)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.constants import mu_0, physical_constants

from ...errors import must_be
from .battery import WindingBattery
from .contact import ContactFilm, film_contact, paper_contact
from .limits import not_negative, positive

GAMMA = physical_constants["electron gyromag. ratio"][0]  # 1/(s T)


@dataclass(frozen=True, kw_only=True)
class EasyPlaneMagnet:
    """Bulk parameters of the hydrodynamics; build one with `ferromagnet` or `antiferromagnet`.

    Parameters
    ----------
    stiffness : float
        A of A (grad phi)^2/2, J/m: twice the exchange stiffness.
    susceptibility : float
        chi of rho_s^2/(2 chi), J s^2/m^3.
    spin_density : float
        s, J s/m^3.
    easy_plane : float
        K of K n_z^2/2, J/m^3.
    damping : float
        Gilbert's alpha.
    mass_density : float or None
        kg/m^3.
    """

    stiffness: float
    susceptibility: float
    spin_density: float
    easy_plane: float
    damping: float
    mass_density: float | None = None

    def __post_init__(self) -> None:
        units = {"stiffness": "J/m", "susceptibility": "J s^2/m^3", "spin_density": "J s/m^3", "easy_plane": "J/m^3"}
        for key, unit in units.items():
            object.__setattr__(self, key, positive(f"EasyPlaneMagnet.{key}", getattr(self, key), unit))
        not_negative("EasyPlaneMagnet.damping", self.damping, "")
        if self.mass_density is not None:
            positive("EasyPlaneMagnet.mass_density", self.mass_density, "kg/m^3")


def ferromagnet(
    *,
    saturation_magnetization: float,
    exchange_stiffness: float,
    damping: float,
    easy_plane: float | None = None,
    mass_density: float | None = None,
) -> EasyPlaneMagnet:
    """A ferromagnet: s = M_s/gamma, chi = s^2/K; K is mu_0 M_s^2 (shape of a film) unless given, in J/m^3.

    Examples
    --------
    >>> YIG == ferromagnet(saturation_magnetization=1.4e5, exchange_stiffness=3.7e-12, damping=1e-4,
    ...                    mass_density=5170)
    True
    """
    M = positive("ferromagnet.saturation_magnetization", saturation_magnetization, "A/m")
    K = mu_0 * M**2 if easy_plane is None else positive("ferromagnet.easy_plane", easy_plane, "J/m^3")
    s = M / GAMMA
    return EasyPlaneMagnet(
        stiffness=2 * positive("ferromagnet.exchange_stiffness", exchange_stiffness, "J/m"),
        susceptibility=s**2 / K,
        spin_density=s,
        easy_plane=K,
        damping=damping,
        mass_density=mass_density,
    )


def antiferromagnet(
    *,
    sublattice_magnetization: float,
    exchange_field: float,
    anisotropy_field: float,
    wave_speed: float,
    damping: float,
    mass_density: float | None = None,
) -> EasyPlaneMagnet:
    """An antiferromagnet: s = 2 M/gamma, chi = M/(gamma^2 B_E), A = chi u^2, K = 2 M B_A; fields in T, u in m/s."""
    M = positive("antiferromagnet.sublattice_magnetization", sublattice_magnetization, "A/m")
    chi = M / (GAMMA**2 * positive("antiferromagnet.exchange_field", exchange_field, "T"))
    return EasyPlaneMagnet(
        stiffness=chi * positive("antiferromagnet.wave_speed", wave_speed, "m/s") ** 2,
        susceptibility=chi,
        spin_density=2 * M / GAMMA,
        easy_plane=2 * M * positive("antiferromagnet.anisotropy_field", anisotropy_field, "T"),
        damping=damping,
        mass_density=mass_density,
    )


# M_s, A_ex: textbook values; alpha: typical of thin films; K: shape anisotropy alone (estimate)
YIG = ferromagnet(saturation_magnetization=1.4e5, exchange_stiffness=3.7e-12, damping=1e-4, mass_density=5170.0)

# alpha-Fe2O3 above the Morin transition. u up to 22.5 km/s: "Long-distance propagation of high-velocity
# antiferromagnetic spin waves" (arXiv); alpha: "Spin wave dispersion of ultra-low damping hematite" (abstract);
# B_A = 15 mT is assumed, B_E = 1000 T estimated from chi = mu_0 M/B_E = 1.1e-3
HEMATITE = antiferromagnet(
    sublattice_magnetization=8.7e5,
    exchange_field=1000.0,
    anisotropy_field=15e-3,
    wave_speed=22.5e3,
    damping=1.1e-5,
    mass_density=5260.0,
)

# Pt: theta_SH = 0.08 and l = 1.5 nm as in Vlietstra et al (arXiv:1305.3117; 1.1 +- 0.3 nm there), 0.4 uohm m typical.
# g_mix of YIG/Pt 1.3e18 1/m^2: Qiu et al (arXiv:1302.7091); from G_r = 7e14 S/m^2 of 1305.3117 it would be 1.8e19.
# On hematite 1e18 is assumed.
PT = {"resistivity": 4e-7, "spin_hall_angle": 0.08, "spin_diffusion_length": 1.5e-9}
MIXING = {"yig": 1.3e18, "hematite": 1e18}
PRESETS = {"yig": YIG, "hematite": HEMATITE}
STRIP = {"length": 10e-6, "width": 1e-6, "thickness": 20e-9}
WIRE = {"width": 200e-9, "thickness": 5e-9}

ContactModel = Literal["diffusion", "paper"]


def strip_battery(
    magnet: EasyPlaneMagnet,
    film: ContactFilm,
    *,
    length: float,
    width: float,
    thickness: float,
    contact_model: ContactModel = "diffusion",
    anisotropy: float = 0.0,
    folds: int = 2,
    name: str = "battery",
) -> WindingBattery:
    """A strip of a magnet with two equal wires across its ends.

    Parameters
    ----------
    magnet : EasyPlaneMagnet
    film : ContactFilm
        One wire; its `length` along the current is usually the width of the strip.
    length, width, thickness : float
        Of the strip, m.
    contact_model : {"diffusion", "paper"}
        Spin diffusion in the film, or the paper's bare formulas, which are refused where zeta > 1.
    anisotropy : float
        kap of (kap/n^2)(1 - cos n phi), J/m^3.
    folds : int
        n.

    Examples
    --------
    >>> battery = yig_film()
    >>> f"{battery.wave_speed:.5f} {battery.coupling:.5e}"
    '536.96444 9.45137e-05'
    """
    if contact_model not in ("diffusion", "paper"):
        raise must_be("contact_model", "'diffusion' or 'paper'", contact_model)
    contact = film_contact(film) if contact_model == "diffusion" else paper_contact(film)
    S = positive("strip_battery.width", width, "m") * positive("strip_battery.thickness", thickness, "m")
    return WindingBattery(
        length=length,
        stiffness=magnet.stiffness * S,
        susceptibility=magnet.susceptibility * S,
        spin_density=magnet.spin_density * S,
        damping=magnet.damping,
        contact_conductance=contact.conductance,
        spin_torque=contact.spin_torque,
        wire_resistance=2 * contact.resistance,
        easy_plane=magnet.easy_plane * S,
        anisotropy=not_negative("strip_battery.anisotropy", anisotropy, "J/m^3") * S,
        folds=folds,
        cross_section=S,
        mass_density=magnet.mass_density,
        name=name,
    )


def yig_film(*, contact_model: ContactModel = "diffusion", mixing_conductance: float = MIXING["yig"]) -> WindingBattery:
    """A YIG strip of 10 um x 1 um x 20 nm with Pt wires of 200 nm x 5 nm."""
    return _preset("yig", contact_model, mixing_conductance)


def hematite_film(
    *, contact_model: ContactModel = "diffusion", mixing_conductance: float = MIXING["hematite"]
) -> WindingBattery:
    """A hematite strip (above the Morin transition) of the same size with the same wires."""
    return _preset("hematite", contact_model, mixing_conductance)


def _preset(name: str, contact_model: ContactModel, mixing_conductance: float) -> WindingBattery:
    film = ContactFilm(length=STRIP["width"], **WIRE, **PT, mixing_conductance=mixing_conductance)
    return strip_battery(PRESETS[name], film, **STRIP, contact_model=contact_model, name=f"{name} film")  # type: ignore[arg-type]


def current_at(density: float, film: ContactFilm) -> float:
    """Current in A of one wire at a current density in A/m^2."""
    return density * film.width * film.thickness


def landau_energy_per_mass(battery: WindingBattery) -> float:
    """K/2 per mass in J/kg: the energy of a spiral at kc; needs K, cross-section and mass density.

    Examples
    --------
    >>> f"{landau_energy_per_mass(yig_film()) / 3600:.5e}"
    '6.61672e-04'
    """
    if battery.easy_plane is None or battery.cross_section is None or battery.mass_density is None:
        return math.nan
    return battery.easy_plane / (2 * battery.cross_section * battery.mass_density)
