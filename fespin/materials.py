"""Materials as values: normal metals, ferromagnets, half metals. SI floats, checked at birth, immutable."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from numbers import Real

from .errors import must_be
from .uncertain import Uncertainty, checked_uncertainty


def _number(where: str, value: object, rule: str, ok: bool) -> float:
    """The value as a float if it is a real number for which the rule held, else the standard error."""
    if not ok:
        raise must_be(where, rule, value)
    return float(value)  # type: ignore[arg-type]


def _is_real(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return not math.isnan(float(value))
    except OverflowError:  # an integer beyond all floats
        return False


def _positive(where: str, value: object, unit: str, *, infinite: bool = False) -> float:
    ok = _is_real(value) and float(value) > 0 and (infinite or float(value) < math.inf)  # type: ignore[arg-type]
    return _number(where, value, f"a positive {'' if infinite else 'finite '}number in {unit}", ok)


@dataclass(frozen=True, kw_only=True, slots=True)
class NormalMetal:
    """A normal metal.

    Parameters
    ----------
    conductivity : float
        sigma of both spins together, S/m, positive and finite.
    spin_diffusion_length : float
        lambda, m, positive; ``inf`` (the default) switches spin relaxation off.
    diffusivity : float, optional
        D, m^2/s; needed only where time enters (precession in a field, frequencies).
    spin_hall_angle : float
        theta in (-1, 1), 0 by default. A charge current density J_e drives the spin current density theta
        eps_{i alpha k} J_e,k (spin alpha along i), and by the same coefficient a spin current drives a charge current
        (Dyakonov, PRL 99, 126601 (2007)).
    uncertainty : mapping, optional
        Standard uncertainties of these numbers by name, SI; `fespin.sensitivities` takes them to those of G.

    Raises
    ------
    InputError
        A value is out of range.

    Examples
    --------
    >>> NormalMetal(conductivity=4.8e7, spin_diffusion_length=350e-9).conductivity
    48000000.0
    """

    conductivity: float
    spin_diffusion_length: float = math.inf
    diffusivity: float | None = None
    spin_hall_angle: float = 0.0
    uncertainty: Uncertainty = field(default=(), repr=False)

    def __post_init__(self) -> None:
        _check_common(self)
        theta = self.spin_hall_angle
        ok = _is_real(theta) and -1 < float(theta) < 1
        rule = "between -1 and 1, both excluded (a ratio, not per cent)"
        object.__setattr__(self, "spin_hall_angle", _number("NormalMetal.spin_hall_angle", theta, rule, ok))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ferromagnet:
    """A ferromagnet: strong, its spin potential along the magnetization at every point, or of finite strength.

    Parameters
    ----------
    conductivity : float
        sigma of both spins together, S/m, positive and finite.
    polarization : float
        p = (sigma_up - sigma_down)/(sigma_up + sigma_down), in (-1, 1); a half metal is `HalfMetal`.
    spin_diffusion_length : float
        lambda, m, positive; ``inf`` switches spin relaxation off.
    diffusivity : float, optional
        D, m^2/s; needed only where time enters.
    transverse_length : float, optional
        lambda_perp, m, positive: the length over which a spin accumulation normal to the magnetization dephases. Given,
        the ferromagnet has finite strength and holds all four potentials; left out, it is strong (lambda_perp -> 0).
        ``inf`` leaves precession alone to act.
    precession_length : float
        lambda_J, m, positive: transverse spins turn about the magnetization at the rate sigma/lambda_J^2; ``inf`` (the
        default) switches that off. Only with a transverse length.
    uncertainty : mapping, optional
        Standard uncertainties of these numbers by name, SI; `fespin.sensitivities` takes them to those of G.

    Raises
    ------
    InputError
        A value is out of range, or a precession length without a transverse length.

    Examples
    --------
    >>> Ferromagnet(conductivity=4.8e6, polarization=0.36, spin_diffusion_length=38e-9).polarization
    0.36
    """

    conductivity: float
    polarization: float
    spin_diffusion_length: float = math.inf
    diffusivity: float | None = None
    transverse_length: float | None = None
    precession_length: float = math.inf
    uncertainty: Uncertainty = field(default=(), repr=False)

    def __post_init__(self) -> None:
        _check_common(self)
        for name in ("transverse_length", "precession_length"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, _positive(f"Ferromagnet.{name}", value, "m", infinite=True))
        if self.transverse_length is None and not math.isinf(self.precession_length):
            raise must_be("Ferromagnet.transverse_length", "given beside a precession_length", None,
                          "inf leaves dephasing out")  # fmt: skip
        p = self.polarization
        ok = _is_real(p) and -1 < float(p) < 1
        rule = "between -1 and 1, both excluded (a half metal, +-1, is a HalfMetal)"
        object.__setattr__(self, "polarization", _number("Ferromagnet.polarization", p, rule, ok))


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfMetal:
    """A half metal: one spin channel conducts, the other has no states.

    Parameters
    ----------
    conductivity : float
        sigma of the conducting channel, S/m, positive and finite.
    polarization : float
        +1 (the channel along the magnetization conducts, the default) or -1.
    spin_diffusion_length : float
        Accepted for uniformity with other materials; with a single channel there is nothing to relax into.
    diffusivity : float, optional
        D, m^2/s; needed only where time enters.
    uncertainty : mapping, optional
        Standard uncertainties of these numbers by name, SI; `fespin.sensitivities` takes them to those of G.

    Raises
    ------
    InputError
        A value is out of range.

    Examples
    --------
    >>> HalfMetal(conductivity=5e5).polarization
    1.0
    """

    conductivity: float
    polarization: float = 1.0
    spin_diffusion_length: float = math.inf
    diffusivity: float | None = None
    uncertainty: Uncertainty = field(default=(), repr=False)

    def __post_init__(self) -> None:
        _check_common(self)
        p = self.polarization
        ok = _is_real(p) and abs(float(p)) == 1
        object.__setattr__(self, "polarization", _number("HalfMetal.polarization", p, "+1 or -1", ok))


Material = NormalMetal | Ferromagnet | HalfMetal


def is_magnetic(material: Material) -> bool:
    """Whether a region of this material needs a magnetization."""
    return not isinstance(material, NormalMetal)


def is_strong(material: Material) -> bool:
    """Whether the spin potential is tied to the magnetization: half metals, and ferromagnets of unlimited strength."""
    return isinstance(material, HalfMetal) or (isinstance(material, Ferromagnet) and material.transverse_length is None)


def _check_common(material: Material) -> None:
    """Check and normalise to float what every material has."""
    name = type(material).__name__
    sigma = _positive(f"{name}.conductivity", material.conductivity, "S/m")
    length = _positive(f"{name}.spin_diffusion_length", material.spin_diffusion_length, "m", infinite=True)
    object.__setattr__(material, "conductivity", sigma)
    object.__setattr__(material, "spin_diffusion_length", length)
    if material.diffusivity is not None:
        value = _positive(f"{name}.diffusivity", material.diffusivity, "m^2/s")
        object.__setattr__(material, "diffusivity", value)
    names = [f.name for f in fields(material) if f.name != "uncertainty"]
    if isinstance(material, HalfMetal):
        names.remove("polarization")  # +1 or -1, nothing between
    object.__setattr__(material, "uncertainty", checked_uncertainty(name, material.uncertainty, names))
