"""The interlayer exchange coupling of a junction: three terms, one of which goes with the permittivity."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import must_be
from ..units import quantity
from .constants import SURFACE_ENERGY
from .hopping import hopping_term
from .insulator import insulator_term
from .junction import ExchangeModel, Junction, warn_of
from .leads import leads_term

Values = Any  # float, or an array of floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Coupling:
    """Interlayer exchange H_ex = (E_antiparallel - E_parallel)/S = H0 + I1/eps; above zero it is ferromagnetic.

    Parameters
    ----------
    hopping : float or array
        H_hop, J/m^2.
    leads : float or array
        L_ex, J/m^2.
    insulator_at_unity : float or array
        I_ex at permittivity 1, J/m^2.
    """

    hopping: Values
    leads: Values
    insulator_at_unity: Values

    @property
    def independent(self) -> Values:
        """H0 = H_hop + L_ex, what does not go with the permittivity, J/m^2 (eq 32)."""
        return self.hopping + self.leads

    def insulator(self, permittivity: Values) -> Values:
        """I_ex(eps) = I1/eps, J/m^2."""
        return self.insulator_at_unity / checked_permittivity(permittivity)

    def coulomb(self, permittivity: Values) -> Values:
        """L_ex + I_ex(eps), J/m^2."""
        return self.leads + self.insulator(permittivity)

    def total(self, permittivity: Values) -> Values:
        """H_ex(eps), J/m^2; arrays broadcast, and a sweep of the permittivity costs no integral.

        Examples
        --------
        >>> Coupling(hopping=-2e-6, leads=1e-6, insulator_at_unity=4e-6).total(np.array([2.0, 8.0]))
        array([ 1.e-06, -5.e-07])
        """
        return self.independent + self.insulator(permittivity)

    def bilinear(self, permittivity: Values) -> Values:
        """J_b = H_ex/2 of E/S = -J_b cos(angle between the magnetizations), J/m^2."""
        return self.total(permittivity) / 2

    @property
    def critical_permittivity(self) -> Values:
        """eps = -I1/H0 > 1 at which the coupling changes sign; nan where it does not.

        Examples
        --------
        >>> Coupling(hopping=-2e-6, leads=1e-6, insulator_at_unity=4e-6).critical_permittivity
        4.0
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            found = -np.asarray(self.insulator_at_unity, float) / np.asarray(self.independent, float)
            found = np.where((found > 1) & np.isfinite(found), found, np.nan)
        return found if found.ndim else float(found)


def exchange_coupling(
    junction: Junction, *, temperature: float | str = 0.0, model: ExchangeModel | None = None
) -> Coupling:
    """Compute the three terms of the coupling.

    H_ex = H_hop + L_ex + I_ex of Udalov and Beloborodov, arXiv:1607.00403, with its misprints corrected (see
    `insulator_term`, `leads_term`, `hopping_term`): both Coulomb terms are pi times smaller than printed.

    Parameters
    ----------
    junction : Junction
    temperature : float or str
        K, of the Fermi edge in the hopping term; the Coulomb terms are those of zero temperature.
    model : ExchangeModel, optional

    Returns
    -------
    Coupling
        Floats, J/m^2; exactly zero if a lead has no splitting.

    Raises
    ------
    InputError
        Not a junction, a temperature below zero.

    Warns
    -----
    ExchangeWarning
        The theory is weak there: a barrier below 0.3 nm, kappa_0 d < 1, the edge of a half metal within k_B T.

    Examples
    --------
    >>> junction = Junction(well_depth="5 eV", splitting="4.5 eV", barrier_height="0.2 eV", thickness="1 nm")
    >>> found = exchange_coupling(junction)
    >>> print(f"{found.hopping:.5e} {found.leads:.5e} {found.insulator(4.5):.5e} J/m^2")
    2.98148e-06 -1.06640e-05 -1.26683e-07 J/m^2
    """
    if not isinstance(junction, Junction):
        raise must_be("junction", "a fespin.exchange.Junction", junction)
    kelvin = checked_temperature(temperature)
    warn_of(junction.cautions(kelvin))
    return terms(junction, kelvin, model or ExchangeModel())


_LINEAR = 1e-7  # J/(U - h_B) below which every term is linear in the splitting of each lead, to rounding


def terms(junction: Junction, temperature: float, model: ExchangeModel) -> Coupling:
    """The three terms of a junction that was checked."""
    raised, share = _raised(junction)
    leads, insulator = _coulomb_terms(raised, model.contact, model.accuracy)
    hopping = hopping_term(raised, model.hop, model.accuracy, temperature)
    hop = SURFACE_ENERGY * share
    coulomb = hop * (math.pi if model.printed_prefactor else 1.0)
    return Coupling(hopping=hop * hopping, leads=coulomb * leads, insulator_at_unity=coulomb * insulator)


def _raised(junction: Junction) -> tuple[Junction, float]:
    """The junction with tiny splittings raised to where differences of subbands are not yet lost in rounding.

    The share is what the terms have to be multiplied with; they are bilinear in the splittings there.
    """
    share, raised = 1.0, []
    for depth, split in zip(junction.well_depth, junction.splitting, strict=True):
        least = _LINEAR * (depth - junction.barrier_height)
        if 0 < split < least:
            share *= split / least
            split = least
        raised.append(split)
    return (junction, 1.0) if share == 1.0 else (junction.replace(splitting=tuple(raised)), share)


@functools.lru_cache(maxsize=1024)  # sweeps of the temperature and of the permittivity come back to one junction
def _coulomb_terms(junction: Junction, contact: str, accuracy: str) -> tuple[float, float]:
    return leads_term(junction, contact, accuracy), insulator_term(junction, accuracy)


def decompose(junction: Junction, *, model: ExchangeModel | None = None) -> tuple[float, float]:
    """(H0, I1) of H_ex = H0 + I1/eps (eq 32), J/m^2, at zero temperature."""
    found = exchange_coupling(junction, model=model)
    return found.independent, found.insulator_at_unity


def checked_temperature(value: Any) -> float:
    """K, finite and not negative."""
    kelvin = quantity(value, "K", "temperature")
    if not 0 <= kelvin < math.inf:
        raise must_be("temperature", "a finite number in K, not negative", value)
    return kelvin


def checked_permittivity(value: Values) -> Values:
    """Relative permittivity: finite numbers, at least 1."""
    try:
        eps = np.asarray(value, float)
    except (TypeError, ValueError):
        raise must_be("permittivity", "numbers of at least 1", value) from None
    wrong = ~((eps >= 1) & np.isfinite(eps))
    if wrong.any():
        raise must_be("permittivity", "finite and at least 1", float(eps[wrong].flat[0]),
                      "without the insulator term the coupling is Coupling.independent")  # fmt: skip
    return eps if eps.ndim else float(eps)


def exchange_field(coupling: Values, *, saturation_magnetization: float, thickness: float) -> Values:
    """B = H_ex/(2 M_s t), the field (mu0 H, tesla) by which the coupling acts on a layer.

    Parameters
    ----------
    coupling : float or array
        H_ex, J/m^2.
    saturation_magnetization, thickness : float
        M_s in A/m and thickness t in m of the layer, positive.

    Examples
    --------
    >>> round(exchange_field(1e-3, saturation_magnetization=1.4e6, thickness=1e-9), 5)
    0.35714
    """
    for name, value, unit in (("saturation_magnetization", saturation_magnetization, "A/m"),
                              ("thickness", thickness, "m")):  # fmt: skip
        if not 0 < quantity(value, unit, name) < math.inf:
            raise must_be(name, f"a positive finite number in {unit}", value)
    per_area = quantity(saturation_magnetization, "A/m", "") * quantity(thickness, "m", "")
    return np.asarray(coupling, float) / (2 * per_area) if np.ndim(coupling) else float(coupling) / (2 * per_area)
