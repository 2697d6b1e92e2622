"""Voltage-current curve of a winding battery, and the sign of its spin-motive force.

A uniformly wound magnet whose loop has just been opened is a source with

    V(J) = EMF - R_int J,   EMF = 2 theta A rho_0/(Z + g),   R_int = R_w - 2 theta^2/(Z + g),   Z = sqrt(A chi),

until the first reflection at t = L/u. The paper leaves the voltage out. With V = R_w I - theta w, the symmetric form of
Onsager's relation, precession driven by a current lowers the voltage and R_int < R_w. The antisymmetric choice
V = R_w I + theta w balances energy as well, so that the ledger cannot tell them apart. Spin diffusion in the metal
film can: it gives the current of a precessing magnet and the torque of a voltage with the same coefficient and sign,
and less damping with the metal shorted than open, g_short = g - theta^2/R.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fespin.batteries.winding import STRIP, WIRE, ContactFilm, Curve, film_contact, first_transit, vi_curve, yig_film
from fespin.batteries.winding.magnets import PT


def curve() -> Curve:
    """Of the YIG film with three turns, up to short circuit."""
    battery = yig_film()
    density = battery.density_of_turns(3)
    source = first_transit(battery, density)
    return vi_curve(battery, density, np.linspace(0, source.emf / source.resistance, 6), cells=50)


def run(out: Path | None = None) -> dict[str, float]:
    """Finite elements against the closed form; `out` is the folder for the picture."""
    battery = yig_film()
    exact = first_transit(battery, battery.density_of_turns(3))
    found = curve()
    if out is not None:
        draw(out, found)
    film = ContactFilm(length=STRIP["width"], **WIRE, **PT, mixing_conductance=1.3e18)
    contact = film_contact(film)
    shorted = contact.conductance - contact.spin_torque**2 / contact.resistance
    return {
        "emf": found.emf,
        "emf_lossless": exact.emf,
        "resistance_drop": battery.wire_resistance - found.resistance,
        "resistance_drop_lossless": battery.wire_resistance - exact.resistance,
        "damping_shorted_over_open": shorted / contact.conductance,
    }


def draw(out: Path, found: Curve) -> None:
    """Points and line."""
    from fespin.plotting import plot_vi

    ax = plot_vi(found)
    ax.set_title("YIG film, 3 turns, half a transit after opening", fontsize=10)
    ax.figure.savefig(out / "winding_vi_curve.png", dpi=150)


if __name__ == "__main__":
    result = run(Path())
    print(f"EMF {result['emf']:.6e} V, without Gilbert damping {result['emf_lossless']:.6e} V")
    print(f"R_w - R_int = {result['resistance_drop']:.3e} ohm, positive: the current's own precession helps it")
    print(f"damping with the metal shorted over open: 1 - {1 - result['damping_shorted_over_open']:.2e}")
