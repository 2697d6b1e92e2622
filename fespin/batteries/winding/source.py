"""The winding battery as an element of a circuit."""

from __future__ import annotations

from ...network.sources import Source, voltage_source
from .battery import WindingBattery
from .closed_forms import first_transit


def battery_source(
    battery: WindingBattery, density: float, *, terminals: tuple[str, str] = ("plus", "minus")
) -> Source:
    """A battery with uniform winding as a source of charge, until the first reflection (winding notes, section 4.3).

    EMF 2 theta A rho_0/(Z + g) behind R_w - 2 theta^2/(Z + g); its leads carry no spin.

    Parameters
    ----------
    battery : WindingBattery
    density : float
        Winding density rho_0, 1/m.
    terminals : tuple of 2 str

    Returns
    -------
    Source
        For `fespin.Circuit.add`.

    Raises
    ------
    InputError
        Names of the terminals are no names.

    Examples
    --------
    >>> import fespin
    >>> from fespin.batteries.winding.magnets import yig_film
    >>> circuit = fespin.Circuit()
    >>> circuit.add("battery", battery_source(yig_film(), 1e6), ["a", "0"])
    >>> circuit.ground("0")
    >>> f"{circuit.solve().potentials['a']['e']:.3g} V"
    '2.97e-07 V'
    """
    found = first_transit(battery, density)
    return voltage_source(voltage=found.emf, resistance=found.resistance, spin="blocked", terminals=terminals)
