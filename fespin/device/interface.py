"""Interfaces with conductances of their own, as values: what a contact between two regions does to charge and spin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Number, Real
from typing import Any

from ..errors import must_be
from ..uncertain import Uncertainty, checked_uncertainty
from .mesh import Group

# numbers of an interface that can be uncertain
UNCERTAIN = ("conductance_up", "conductance_down", "area_resistance", "asymmetry", "spin_memory_loss",
             "mixing_conductance.real", "mixing_conductance.imag")  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Interface:
    """A contact that is not ohmic and spin-inactive: conductances per area, potentials jump there.

    Between a normal metal and a ferromagnet of magnetization m, with dV the potentials in the normal metal minus those
    in the ferromagnet, the current into the ferromagnet is (eq (28) of Bazaliy and Ramazashvili per area, which is the
    circuit theory of Brataas, Nazarov and Bauer, PRL 84, 2481 (2000))::

        J_e    = (g_up + g_dn) dV_e + (g_up - g_dn) dV_m
        J_m    = (g_up - g_dn) dV_e + (g_up + g_dn) dV_m
        J_perp = 2 Re(g_mix) V_perp - 2 Im(g_mix) m x V_perp       absorbed: a torque on the magnet

    Between two normal metals g_up = g_dn. Between two ferromagnets a current flows from channel s of the one to channel
    s' of the other with conductance sqrt(g_s g_s') (1 + s s' m1 . m2)/2: g_up and g_dn belong to parallel
    magnetizations, and antiparallel ones give Julliere's 2 sqrt(g_up g_dn) (Slonczewski, PRB 39, 6995 (1989), for equal
    electrodes). Spins normal to the magnetization of a ferromagnet of finite strength do not pass an interface.

    Parameters
    ----------
    between : (str, str), optional
        Two regions, the side called first and the other one. Needed unless `group` is given.
    group : str or int, optional
        A group of facets inside the mesh; without it the interface is all that the two regions share.
    conductance_up, conductance_down : float
        S/m^2, not negative, finite; both 0 is an insulating barrier.
    mixing_conductance : complex, optional
        g_mix, S/m^2, real part at least (g_up + g_dn)/2. Only between a ferromagnet and a normal metal. Left out there,
        its lower bound is taken, with a warning when the device is solved.
    spin_memory_loss : float
        delta >= 0: the contact acts on charge and longitudinal spin as a layer of polarization gamma that is delta spin
        diffusion lengths thick, in the limit of no thickness. Not between two ferromagnets.
    uncertainty : mapping, optional
        Standard uncertainties by name, SI: of the two conductances or of "area_resistance" and "asymmetry", of
        "spin_memory_loss", "mixing_conductance.real" and "mixing_conductance.imag".

    Raises
    ------
    InputError
        A value is out of range, or neither regions nor a group.

    Examples
    --------
    >>> contact = Interface.from_area_resistance(between=("Co", "Cu"), area_resistance=0.51e-15, asymmetry=0.77)
    >>> round(contact.asymmetry, 12), round(contact.area_resistance * 1e15, 12)
    (0.77, 0.51)
    """

    between: tuple[str, str] | None = None
    group: Group | None = None
    conductance_up: float
    conductance_down: float
    mixing_conductance: complex | None = None
    spin_memory_loss: float = 0.0
    uncertainty: Uncertainty = field(default=(), repr=False)

    def __post_init__(self) -> None:
        self._check_place()
        for name in ("conductance_up", "conductance_down", "spin_memory_loss"):
            value = getattr(self, name)
            if not _finite(value) or value < 0:
                unit = "" if name == "spin_memory_loss" else " in S/m^2"
                raise must_be(f"Interface.{name}", f"a finite number{unit} that is not negative", value)
            object.__setattr__(self, name, float(value))
        self._check_mixing()
        pairs = checked_uncertainty("Interface", self.uncertainty, UNCERTAIN)
        object.__setattr__(self, "uncertainty", pairs)
        given = {name for name, _ in pairs}
        if given & {"conductance_up", "conductance_down"} and given & {"area_resistance", "asymmetry"}:
            raise must_be("Interface.uncertainty", "of conductances or of area_resistance and asymmetry, not of both",
                          sorted(given))  # fmt: skip

    def _check_place(self) -> None:
        if self.between is None and self.group is None:
            raise must_be("Interface.between", "two regions, unless a group of facets is given", None)
        if self.group is not None and type(self.group) not in (str, int):
            raise must_be("Interface.group", "a name or an integer tag", self.group)
        if self.between is None:
            return
        names = self.between
        if isinstance(names, str) or not isinstance(names, Sequence) or [type(n) for n in names] != [str, str]:
            raise must_be("Interface.between", "the names of two regions", names)
        if names[0] == names[1] and self.group is None:
            raise must_be("Interface.between", "two different regions unless a group of facets is given", list(names))
        object.__setattr__(self, "between", (names[0], names[1]))

    def _check_mixing(self) -> None:
        given: Any = self.mixing_conductance
        if given is None:
            return
        try:
            mix = complex(given)
            right = isinstance(given, Number) and not isinstance(given, bool) and _finite(mix.real, mix.imag)
        except (TypeError, ValueError, OverflowError):
            right = False
        if not right:
            raise must_be("Interface.mixing_conductance", "a complex number in S/m^2", given)
        least = self.least_mixing_conductance
        if mix.real < least * (1 - 1e-12):
            hint = f"its real part is at least (g_up + g_dn)/2 = {least:g} S/m^2"
            raise must_be("Interface.mixing_conductance", "large enough", given, hint)
        object.__setattr__(self, "mixing_conductance", mix)

    @classmethod
    def from_area_resistance(
        cls,
        *,
        area_resistance: float,
        asymmetry: float = 0.0,
        between: tuple[str, str] | None = None,
        group: Group | None = None,
        mixing_conductance: complex | None = None,
        spin_memory_loss: float = 0.0,
        uncertainty: Any = (),
    ) -> Interface:
        """From the notation of CPP magnetoresistance: AR* and gamma, with AR_up,dn = 1/g_up,dn = 2 AR* (1 -+ gamma).

        Parameters
        ----------
        area_resistance : float
            AR* = (AR_up + AR_dn)/4 in ohm m^2, positive. Tables often print 2AR*: halve it. The contact's resistance to
            charge is AR* (1 - gamma^2).
        asymmetry : float
            gamma = (g_up - g_dn)/(g_up + g_dn), in (-1, 1); 0 between normal metals.
        between, group, mixing_conductance, spin_memory_loss, uncertainty
            As for the constructor.

        Raises
        ------
        InputError
            A value is out of range.
        """
        if not _finite(area_resistance) or not area_resistance > 0:
            rule = "AR* = (AR_up + AR_dn)/4, a positive number in ohm m^2 (tables often print 2AR*)"
            raise must_be("Interface.area_resistance", rule, area_resistance)
        if not _finite(asymmetry) or not -1 < asymmetry < 1:
            raise must_be("Interface.asymmetry", "between -1 and 1, both excluded", asymmetry)
        return cls(
            between=between,
            group=group,
            conductance_up=1.0 / (2.0 * area_resistance * (1.0 - asymmetry)),
            conductance_down=1.0 / (2.0 * area_resistance * (1.0 + asymmetry)),
            mixing_conductance=mixing_conductance,
            spin_memory_loss=spin_memory_loss,
            uncertainty=uncertainty,
        )

    @property
    def conductance(self) -> float:
        """g_up + g_dn, S/m^2: what a charge potential alone drives."""
        return self.conductance_up + self.conductance_down

    @property
    def asymmetry(self) -> float:
        """gamma = (g_up - g_dn)/(g_up + g_dn); 0 for an insulating barrier."""
        total = self.conductance
        return (self.conductance_up - self.conductance_down) / total if total else 0.0

    @property
    def area_resistance(self) -> float:
        """AR* = (AR_up + AR_dn)/4, ohm m^2; inf where a channel does not conduct."""
        if not self.conductance_up or not self.conductance_down:
            return math.inf
        return 0.25 / self.conductance_up + 0.25 / self.conductance_down

    @property
    def least_mixing_conductance(self) -> float:
        """(g_up + g_dn)/2, the lower bound of Re(g_mix), S/m^2."""
        return 0.5 * self.conductance


def _finite(*values: object) -> bool:
    """Whether all are real numbers, finite as floats."""
    try:
        return all(isinstance(v, Real) and not isinstance(v, bool) and math.isfinite(float(v)) for v in values)
    except OverflowError:
        return False
