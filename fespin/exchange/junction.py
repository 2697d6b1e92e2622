"""The junction: two ferromagnetic leads with one Fermi level and the rectangular barrier between them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..errors import must_be
from ..units import quantity
from .constants import BOLTZMANN, ELECTRONVOLT, KINETIC, NANOMETRE

Pair = tuple[float, float]
_UNITS = {"well_depth": "J", "splitting": "J", "barrier_height": "J", "thickness": "m"}
HOPS, CONTACTS, ACCURACIES = ("integral", "asymptotic"), ("mean", "tf"), ("fast", "normal", "high")


class ExchangeWarning(UserWarning):
    """A coupling is asked for where the theory behind it is weak."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExchangeModel:
    """Choices that the theory leaves open, and how accurately to integrate.

    Parameters
    ----------
    hop : {"integral", "asymptotic"}
        Hopping term: the integral over energies, or its limit for thick barriers, eq 29 of arXiv:1607.00403, which at
        1 nm is off by factors of 2 to 10 and in sign.
    contact : {"mean", "tf"}
        Contact interaction u inside the leads: the paper's mean level spacing, 3 pi^2 (U - h_B)/(kF+^3 + kF-^3), or
        Thomas-Fermi screening, 1/D(E_F).
    printed_prefactor : bool
        Multiply both Coulomb terms by pi, as eqs 19-21, 25 and 26 are printed: only to compare with the figures.
    accuracy : {"fast", "normal", "high"}
        Relative error of the insulator term: 1e-5, 1e-9 and 1e-14 as a rule, 3e-4, 2e-7 and 1e-12 at worst, away from
        its changes of sign; 2, 8 and 30 ms.

    Raises
    ------
    InputError
        An unknown word.
    """

    hop: Literal["integral", "asymptotic"] = "integral"
    contact: Literal["mean", "tf"] = "mean"
    printed_prefactor: bool = False
    accuracy: Literal["fast", "normal", "high"] = "normal"

    def __post_init__(self) -> None:
        for name, known in (("hop", HOPS), ("contact", CONTACTS), ("accuracy", ACCURACIES)):
            if getattr(self, name) not in known:
                raise must_be(f"ExchangeModel.{name}", " or ".join(map(repr, known)), getattr(self, name))
        if not isinstance(self.printed_prefactor, bool):
            raise must_be("ExchangeModel.printed_prefactor", "True or False", self.printed_prefactor)


@dataclass(frozen=True, kw_only=True)
class Lead:
    """One lead in the units of the integrals (eV, nm): squared Fermi momenta of majority and minority spins.

    A squared momentum below zero belongs to a subband without electrons (half metal).
    """

    majority: float
    minority: float
    decay: float  # kappa_0^2
    gap: float  # majority - minority, 2 J/A0, free of cancellation

    @property
    def fermi(self) -> tuple[float, float]:
        """Fermi momenta kF- and kF+ (0 for an empty subband), 1/nm."""
        return math.sqrt(self.majority), math.sqrt(max(self.minority, 0.0))


@dataclass(frozen=True, kw_only=True)
class Junction:
    """A magnetic tunnel junction of Udalov and Beloborodov, arXiv:1607.00403: free electrons and a square barrier.

    Energies count from the top of the barrier: subbands begin at -U -/+ J_sd (the text after eq 16 prints +U), and the
    spin index "-" is the majority, so that the s of their kF_s is minus the sigma of their H_m.

    Parameters
    ----------
    well_depth : float, str or a pair (left, right)
        U: band bottom below the top of the barrier, mean of both spins; J, or with a unit, "5 eV".
    splitting : float, str or a pair (left, right)
        J_sd >= 0: the subbands begin at -U -/+ J_sd, 2 J_sd apart. Above U - h_B the lead is a half metal.
    barrier_height : float or str
        h_B = -E_F > 0, above the Fermi level, J.
    thickness : float or str
        d of the barrier, m; the model means something for about 0.5 to 5 nm.
    effective_mass : float
        m*/m_e > 0, one for leads and barrier.

    Raises
    ------
    InputError
        Not finite, out of range, or no electrons: U <= h_B.

    Examples
    --------
    >>> junction = Junction(well_depth="5 eV", splitting="5.2 eV", barrier_height="0.4 eV", thickness="1 nm")
    >>> junction.half_metal
    (True, True)
    """

    well_depth: Pair
    splitting: Pair
    barrier_height: float
    thickness: float
    effective_mass: float = 1.0

    def __post_init__(self) -> None:
        for name in ("well_depth", "splitting"):
            object.__setattr__(self, name, _pair(name, getattr(self, name)))
        for name in ("barrier_height", "thickness"):
            object.__setattr__(self, name, _positive(name, getattr(self, name), _UNITS[name]))
        object.__setattr__(self, "effective_mass", _positive("effective_mass", self.effective_mass, ""))
        for depth in self.well_depth:
            if depth <= self.barrier_height:
                got = f"{depth / ELECTRONVOLT:.6g} eV"
                raise must_be("Junction.well_depth",
                              f"more than the barrier_height, {self.barrier_height / ELECTRONVOLT:.6g} eV", got,
                              "the Fermi level lies above the bottom of the band")  # fmt: skip

    @property
    def half_metal(self) -> tuple[bool, bool]:
        """Whether the minority subband of each lead is empty."""
        left, right = self.leads
        return left.minority <= 0, right.minority <= 0

    @property
    def kinetic(self) -> float:
        """hbar^2/2m*, eV nm^2."""
        return KINETIC / self.effective_mass

    @property
    def decay(self) -> float:
        """kappa_0 of electrons at the Fermi level in the barrier, 1/nm."""
        return math.sqrt(self.barrier_height / ELECTRONVOLT / self.kinetic)

    @property
    def width(self) -> float:
        """Barrier thickness, nm."""
        return self.thickness / NANOMETRE

    @property
    def leads(self) -> tuple[Lead, Lead]:
        """Both leads in the units of the integrals."""
        left, right = (
            Lead(
                majority=(depth - self.barrier_height + split) / ELECTRONVOLT / self.kinetic,
                minority=(depth - self.barrier_height - split) / ELECTRONVOLT / self.kinetic,
                decay=self.decay**2,
                gap=2 * split / ELECTRONVOLT / self.kinetic,
            )
            for depth, split in zip(self.well_depth, self.splitting, strict=True)
        )
        return left, right

    def replace(self, **changes: Any) -> Junction:
        """A copy with other values, checked again."""
        return replace(self, **changes)

    def cautions(self, temperature: float = 0.0) -> list[str]:
        """Where the theory behind the coupling is weak, a sentence each.

        Examples
        --------
        >>> thin = Junction(well_depth="5 eV", splitting="4 eV", barrier_height="1 eV", thickness="0.2 nm")
        >>> thin.cautions()[0]
        'the barrier is thinner than 0.3 nm: screening by image charges does not hold there'
        """
        out = []
        if self.width < 0.3:
            out.append("the barrier is thinner than 0.3 nm: screening by image charges does not hold there")
        if self.decay * self.width < 1:
            out.append(f"kappa_0 d = {self.decay * self.width:.3g} < 1: the coupling is a perturbation theory in "
                       "exp(-2 kappa_0 d)")  # fmt: skip
        thermal = BOLTZMANN * temperature * ELECTRONVOLT
        for depth, split in dict.fromkeys(zip(self.well_depth, self.splitting, strict=True)):
            if abs(depth - self.barrier_height - split) < thermal:
                out.append(f"|U - h_B - J_sd| < k_B T at {temperature:.4g} K: the Coulomb terms do not smear the edge "
                           "of the half metal")  # fmt: skip
        return out


def warn_of(cautions: list[str]) -> None:
    """One warning a sentence, each once."""
    for text in dict.fromkeys(cautions):
        warnings.warn(text, ExchangeWarning, stacklevel=3)


def _positive(name: str, value: Any, unit: str) -> float:
    number = quantity(value, unit, f"Junction.{name}")
    if not 0 < number < math.inf:
        raise must_be(f"Junction.{name}", f"a positive finite number{' in ' * bool(unit)}{unit}", value)
    return number


def _pair(name: str, value: Any) -> Pair:
    values = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
    if len(values) != 2:
        raise must_be(f"Junction.{name}", "one number or a pair (left, right)", value)
    left, right = (quantity(v, _UNITS[name], f"Junction.{name}") for v in values)
    for number in (left, right):
        if not 0 <= number < math.inf:
            raise must_be(f"Junction.{name}", "a finite number in J, not negative", value)
    return left, right
