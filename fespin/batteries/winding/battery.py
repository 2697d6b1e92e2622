"""The winding battery as a value: an easy-plane magnetic wire with a metal contact at each end."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError, must_be
from .limits import not_negative, positive

_LARGEST = 1e60
_ROUNDING = 1e-12  # by which zeta of a perfectly coupled contact may exceed 1


@dataclass(frozen=True, kw_only=True)
class WindingBattery:
    """An easy-plane magnet of length L whose winding density rho = -d phi/dx stores energy.

    Equations (winding notes, section 2; Tserkovnyak and Xiao, PRL 121, 127701, eqs 1-6, with the voltage that
    the paper leaves out):

        d rho_s/dt = d/dx (A d phi/dx) - alpha s d phi/dt - (kap/n) sin n phi,    d phi/dt = rho_s/chi,
        torque on the magnet: theta I - g d phi/dt at x = 0, -theta I - g d phi/dt at x = L,
        V = R_w I - theta (d phi/dt|_0 - d phi/dt|_L).

    Values are those of the wire: bulk densities times its cross-section.

    Parameters
    ----------
    length : float
        L, m.
    stiffness : float
        A of the energy A (d phi/dx)^2/2 per length, J m; twice the exchange stiffness times the cross-section.
    susceptibility : float
        chi of rho_s^2/(2 chi), J s^2/m.
    spin_density : float
        s, angular momentum per length, J s/m; only alpha s enters.
    damping : float
        Gilbert's alpha, >= 0.
    contact_conductance : float
        g = hbar g_mix/(4 pi) of the whole contact, with the wire's voltage open, J s.
    spin_torque : float
        theta: torque per current in the wire, J/A = V s, >= 0.
    wire_resistance : float
        R_w of both contact wires in series, ohm.
    easy_plane : float or None
        K of K n_z^2/2 per length, J/m; None: no limit of the winding is known.
    anisotropy : float
        kap of the in-plane anisotropy (kap/n^2)(1 - cos n phi) per length, J/m, >= 0.
    folds : int
        n, number of easy directions in the plane.
    cross_section, mass_density : float or None
        S_m, m^2, and kg/m^3: for energies per volume and mass.
    name : str

    Raises
    ------
    InputError
        A value out of its range; zeta = 2 theta^2/(g R_w) > 1, which violates the second law.

    Examples
    --------
    >>> battery = WindingBattery(length=1, stiffness=1, susceptibility=1, spin_density=1, damping=0,
    ...                          contact_conductance=5, spin_torque=1, wire_resistance=0.5)
    >>> round(battery.coupling, 12), round(battery.round_trip_bound, 12)
    (0.8, 0.14589803375)
    """

    length: float
    stiffness: float
    susceptibility: float
    spin_density: float
    damping: float
    contact_conductance: float
    spin_torque: float
    wire_resistance: float
    easy_plane: float | None = None
    anisotropy: float = 0.0
    folds: int = 2
    cross_section: float | None = None
    mass_density: float | None = None
    name: str = "battery"

    def __post_init__(self) -> None:
        units = {"length": "m", "stiffness": "J m", "susceptibility": "J s^2/m", "wire_resistance": "ohm"}
        for key, unit in units.items():
            object.__setattr__(self, key, positive(f"WindingBattery.{key}", getattr(self, key), unit))
        units = {"spin_density": "J s/m", "damping": "", "contact_conductance": "J s", "spin_torque": "V s",
                 "anisotropy": "J/m"}  # fmt: skip
        for key, unit in units.items():
            object.__setattr__(self, key, not_negative(f"WindingBattery.{key}", getattr(self, key), unit))
        for key, unit in {"easy_plane": "J/m", "cross_section": "m^2", "mass_density": "kg/m^3"}.items():
            if getattr(self, key) is not None:
                object.__setattr__(self, key, positive(f"WindingBattery.{key}", getattr(self, key), unit))
        if isinstance(self.folds, bool) or not isinstance(self.folds, int) or self.folds < 1:
            raise must_be("WindingBattery.folds", "a whole number of easy directions, 1 or more", self.folds)
        if not isinstance(self.name, str):
            raise must_be("WindingBattery.name", "a string", self.name)
        self._representable()
        self._second_law()

    def _representable(self) -> None:
        """Refuse scales whose squares and ratios are no floating-point numbers."""
        Z, g, friction = self.impedance, self.contact_conductance, self.damping_per_length
        scales = (self.wave_speed, Z, self.transit_time, self.wire_resistance, g or 1.0, self.spin_torque or 1.0)
        largest = max(friction, self.anisotropy, (g + friction * self.length) / Z if Z > 0 else math.inf)
        for value in (*scales, max(largest, 1.0)):
            if not 1 / _LARGEST < value < _LARGEST:
                raise must_be("WindingBattery", "a device whose scales lie within 1e-60 and 1e60 in SI", value)

    def _second_law(self) -> None:
        """Contact heat R_w I^2 - 2 theta I w + g (v_0^2 + v_L^2) >= 0 for every I, v_0 and v_L."""
        theta, g = self.spin_torque, self.contact_conductance
        if theta > 0 and g == 0:
            raise must_be("WindingBattery.contact_conductance", "positive if there is a spin torque theta", g,
                          "without spin pumping g the contact would produce energy out of heat")  # fmt: skip
        if self.coupling > 1 + _ROUNDING:
            raise InputError(
                f"zeta = 2 theta^2/(g R_w) must be at most 1 by the second law, got {self.coupling:.6g} from theta = "
                f"spin_torque = {theta:.6g} V s, g = contact_conductance = {g:.6g} J s, R_w = wire_resistance = "
                f"{self.wire_resistance:.6g} ohm; lower theta (the spin Hall angle) or raise g"
            )

    @property
    def wave_speed(self) -> float:
        """u = sqrt(A/chi), m/s."""
        return math.sqrt(self.stiffness / self.susceptibility)

    @property
    def impedance(self) -> float:
        """Z = sqrt(A chi), the wave impedance to compare with g, J s."""
        return math.sqrt(self.stiffness * self.susceptibility)

    @property
    def transit_time(self) -> float:
        """L/u, s."""
        return self.length / self.wave_speed

    @property
    def damping_per_length(self) -> float:
        """Product alpha s, J s/m."""
        return self.damping * self.spin_density

    @property
    def damping_time(self) -> float:
        """tau_alpha = chi/(alpha s), s; infinite without damping."""
        return self.susceptibility / self.damping_per_length if self.damping_per_length > 0 else math.inf

    @property
    def coupling(self) -> float:
        """zeta = 2 theta^2/(g R_w), between 0 and 1."""
        if self.spin_torque == 0:
            return 0.0
        return self.spin_torque / self.contact_conductance * (2 * self.spin_torque / self.wire_resistance)

    @property
    def _m(self) -> float:
        return math.sqrt(max(0.0, 1 - self.coupling))

    @property
    def one_way_bound(self) -> float:
        """(1 - m)/(1 + m), m = sqrt(1 - zeta): largest share of the energy gained in charging, or given to a load."""
        return (1 - self._m) / (1 + self._m)

    @property
    def round_trip_bound(self) -> float:
        """Square of `one_way_bound`: load energy over source energy, whatever L, cross-section and protocol."""
        return self.one_way_bound**2

    @property
    def best_load(self) -> float:
        """R_w m, ohm: the load that takes the largest share in a discharge without Gilbert damping."""
        return self.wire_resistance * self._m

    @property
    def best_rate(self) -> float | None:
        """lambda of the current exp(lambda t) that reaches `one_way_bound` (alpha = 0); None unless Z < g m."""
        g = self.contact_conductance * self._m
        return 2 / self.transit_time * math.atanh(self.impedance / g) if self.impedance < g else None

    @property
    def landau_wave_number(self) -> float | None:
        """kc = sqrt(K/A), 1/m: beyond it a spiral in the plane is unstable; None without K."""
        return None if self.easy_plane is None else math.sqrt(self.easy_plane / self.stiffness)

    @property
    def healing_length(self) -> float | None:
        """xi = 1/kc, m."""
        return None if self.landau_wave_number is None else 1 / self.landau_wave_number

    @property
    def wall_width(self) -> float:
        """delta = sqrt(A/kap), m; infinite without in-plane anisotropy."""
        return math.sqrt(self.stiffness / self.anisotropy) if self.anisotropy > 0 else math.inf

    def density(self, current: float) -> float:
        """Winding density rho = theta I/A of the steady state at a current in A, 1/m (eq 7)."""
        return self.spin_torque * current / self.stiffness

    def energy(self, density: float) -> float:
        """A rho^2 L/2 of a uniform winding density in 1/m, J (eq 8)."""
        return self.stiffness * density * density * self.length / 2

    def density_of_turns(self, turns: float) -> float:
        """2 pi N/L, 1/m."""
        return 2 * math.pi * turns / self.length

    def __repr__(self) -> str:
        return (
            f"<WindingBattery {self.name!r}: L {self.length:.4g} m, u {self.wave_speed:.4g} m/s, Z {self.impedance:.4g}"
            f" J s, g {self.contact_conductance:.4g} J s, zeta {self.coupling:.4g}>"
        )
