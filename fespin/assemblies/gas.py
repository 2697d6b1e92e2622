"""Conduction electrons in a field: polarization, magnetization, and the metal they make (eqs 22-24, 45-58)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import must_be
from .checks import choice, not_negative, positive, real, unit_vector
from .damping import WAITING, conversion_rate, damping_time
from .flavours import flavour
from .statistics import spin_density

if TYPE_CHECKING:
    from ..materials import Ferromagnet, NormalMetal
    from .law import TransportLaw


def bohr_magneton() -> float:
    """muB, J/T."""
    from scipy.constants import physical_constants

    return float(physical_constants["Bohr magneton"][0])


def polarization(*, conversion_rate: float, spin_lifetime: float) -> float:
    """x = n_TIA/(n_TIA + n_TIS) = k tau/(t_lambda + k tau) (eq 58), where conversion balances relaxation.

    Eq 24 has tau_conversion in the numerator, which eqs 22 and 23 and eq 58 contradict.

    Parameters
    ----------
    conversion_rate : float
        k/t_lambda, 1/s, zero or positive.
    spin_lifetime : float
        tau_spin, s, positive; inf: everything is converted.

    Raises
    ------
    InputError
        A value out of range; both at their limits, 0 and inf.

    Examples
    --------
    >>> polarization(conversion_rate=1e12, spin_lifetime=1e-12)
    0.5
    """
    rate = not_negative("conversion_rate", conversion_rate, "1/s")
    tau = positive("spin_lifetime", spin_lifetime, "s", allow_inf=True)
    if math.isinf(tau):
        if rate == 0:
            raise must_be("conversion_rate", "positive if the spin life time is infinite", 0.0)
        return 1.0
    return rate * tau / (1 + rate * tau)


def magnetization(spins: float, *, g: float = 2.0) -> float:
    """M = (g muB/2) n_TIA, A/m (eq 53); with all spin states in TIA its saturation (eq 54).

    Examples
    --------
    >>> f"{magnetization(1e28):.5g}"
    '92740'
    """
    return positive("g", g, "1") * bohr_magneton() / 2 * not_negative("spins", spins, "1/m^3")


def equilibrium_polarization(*, field: float, temperature: float, g: float = 2.0) -> float:
    """x = tanh(g muB B/2kT) of free spins 1/2: what eq 58 has to give for any damping, in a thermal equilibrium.

    Examples
    --------
    >>> f"{equilibrium_polarization(field=1.0, temperature=300):.5g}"
    '0.002239'
    """
    from scipy.constants import k

    energy = positive("g", g, "1") * bohr_magneton() * not_negative("field", field, "T")
    return math.tanh(energy / (2 * k * positive("temperature", temperature, "K")))


def consistent_lifetime(*, damping: float, temperature: float, k: float = 2 / 3) -> float:
    """tau_spin = 1/(k lambda kT) that gives x = tanh(g muB B/2kT) at small fields, s.

    With damping and life time constant instead, eq 53 makes the susceptibility proportional to the temperature, which
    is not Pauli's.

    Parameters
    ----------
    damping : float
        lambda, 1/(J s).
    temperature : float
        K.
    k : float
        Conversion coefficient at zero field.

    Examples
    --------
    >>> f"{consistent_lifetime(damping=1e33, temperature=300):.4g}"
    '3.621e-13'
    """
    from scipy.constants import k as boltzmann

    rate = positive("damping", damping, "1/(J s)") * boltzmann * positive("temperature", temperature, "K")
    return 1 / (positive("k", k, "1") * rate)


def pauli_magnetization(
    *, field: float, density_of_states: float, temperature: float, g: float = 2.0, rule: str = "complete"
) -> float:
    """M of a normal metal in thermal equilibrium, A/m: (g muB/2) x n_spin(x), x = tanh(g muB B/2kT).

    At small fields (g muB/2)^2 D B, the Pauli value, with the rules "complete" and "isotropic" and at any temperature;
    the rule "paper" is 14 % above by its n_spin = 1.1423 D kT.

    Examples
    --------
    >>> f"{pauli_magnetization(field=1.0, density_of_states=1.5e47, temperature=300):.5g}"
    '12.901'
    """
    x = equilibrium_polarization(field=field, temperature=temperature, g=g)
    n = spin_density(x, density_of_states=density_of_states, temperature=temperature, rule=rule)
    return magnetization(x * n, g=g)


def spin_diffusion_length(*, diffusivity: float, spin_lifetime: float, conversion_rate: float = 0.0) -> float:
    """Decay length of a spin accumulation along its equilibrium direction, m: sqrt(D/(1/tau + k/t_lambda)).

    In a normal metal sqrt(D tau). In a ferromagnet conversion pulls a deviation of n_TIA back as relaxation does:
    n_t = D n_xx - n/tau + (k/t_lambda) (n_spin - n), so that sqrt(D tau (1 - x)) with the polarization x of eq 58.

    Parameters
    ----------
    diffusivity : float
        D, m^2/s.
    spin_lifetime : float
        tau_spin, s, positive; inf allowed.
    conversion_rate : float
        k/t_lambda, 1/s; 0 in a normal metal.

    Examples
    --------
    >>> round(spin_diffusion_length(diffusivity=0.01, spin_lifetime=1e-12) * 1e9, 9)
    100.0
    """
    D = positive("diffusivity", diffusivity, "m^2/s")
    tau = positive("spin_lifetime", spin_lifetime, "s", allow_inf=True)
    rate = 1 / tau + not_negative("conversion_rate", conversion_rate, "1/s")
    return math.sqrt(D / rate) if rate > 0 else math.inf


@dataclass(frozen=True, kw_only=True)
class ElectronGas:
    """Conduction electrons of a metal, in the field or in the exchange field of local moments.

    Parameters
    ----------
    density_of_states : float
        D(E_F) of both spins, 1/(J m^3).
    temperature : float
        K.
    spin_lifetime : float
        tau_spin, s; inf allowed.
    damping : float
        lambda of the damped precession, 1/(J s); 0 if there is no field.
    field : float
        Magnetic field, or exchange field of the d electrons on the s electrons, T, zero or positive.
    g : float
    scattering_time : float
        Between two scatterings of a spin state, s; 0: short against t_lambda (eq 40).
    flavour : {"conserving", "paper"}
    waiting : {"fixed", "exponential"}
        See `conversion_coefficient`.

    Raises
    ------
    InputError
        A value out of range; a field without damping.

    Examples
    --------
    >>> iron = ElectronGas(density_of_states=1.5e47, temperature=300, spin_lifetime=2e-14, damping=5e33, field=500)
    >>> round(iron.polarization, 4)
    0.2361
    >>> iron.ferromagnet(conductivity=1e7).polarization == iron.polarization
    True
    """

    density_of_states: float
    temperature: float
    spin_lifetime: float
    damping: float = 0.0
    field: float = 0.0
    g: float = 2.0
    scattering_time: float = 0.0
    flavour: str = "conserving"
    waiting: str = "fixed"

    def __post_init__(self) -> None:
        positive("ElectronGas.density_of_states", self.density_of_states, "1/(J m^3)")
        positive("ElectronGas.temperature", self.temperature, "K")
        positive("ElectronGas.spin_lifetime", self.spin_lifetime, "s", allow_inf=True)
        positive("ElectronGas.g", self.g, "1")
        not_negative("ElectronGas.field", self.field, "T")
        not_negative("ElectronGas.scattering_time", self.scattering_time, "s")
        real("ElectronGas.damping", self.damping, "a number in 1/(J s)")
        flavour(self.flavour)
        choice("waiting", self.waiting, WAITING)
        if self.damping < 0 or (self.field > 0 and not self.damping > 0):
            raise must_be("ElectronGas.damping", "positive where there is a field", self.damping)

    @property
    def damping_time(self) -> float:
        """t_lambda, s; inf without a field."""
        if self.field == 0:
            return math.inf
        return damping_time(damping=self.damping, field=self.field, g=self.g)

    @property
    def conversion_rate(self) -> float:
        """k/t_lambda, 1/s."""
        return conversion_rate(self.damping_time, scattering_time=self.scattering_time,
                               convention=flavour(self.flavour).convention, waiting=self.waiting)  # fmt: skip

    @property
    def precession_rate(self) -> float:
        """Angular frequency g muB B/hbar, rad/s."""
        from scipy.constants import hbar

        return self.g * bohr_magneton() * self.field / hbar

    @cached_property
    def polarization(self) -> float:
        """x of eq 58; 0 without a field."""
        if self.field == 0:
            return 0.0
        return polarization(conversion_rate=self.conversion_rate, spin_lifetime=self.spin_lifetime)

    @cached_property
    def spin_density(self) -> float:
        """n_TIS + n_TIA, 1/m^3, by the statistics of the flavour."""
        return spin_density(self.polarization, density_of_states=self.density_of_states, temperature=self.temperature,
                            rule=flavour(self.flavour).statistics)  # fmt: skip

    @property
    def tia_density(self) -> float:
        """n_TIA, 1/m^3."""
        return self.polarization * self.spin_density

    @property
    def magnetization(self) -> float:
        """(g muB/2) n_TIA, A/m: eq 53."""
        return magnetization(self.tia_density, g=self.g)

    def diffusivity(self, conductivity: float) -> float:
        """D of Einstein's relation sigma = e^2 D(E_F) D, m^2/s."""
        from scipy.constants import e

        return positive("conductivity", conductivity, "S/m") / (e**2 * self.density_of_states)

    def spin_diffusion_length(self, conductivity: float) -> float:
        """Decay length of a longitudinal spin accumulation, m; see the function of this name."""
        return spin_diffusion_length(diffusivity=self.diffusivity(conductivity), spin_lifetime=self.spin_lifetime,
                                     conversion_rate=self.conversion_rate)  # fmt: skip

    def ferromagnet(self, conductivity: float) -> Ferromagnet:
        """A `fespin.Ferromagnet` for devices: polarization by eq 58, spin diffusion length, Einstein's diffusivity.

        The polarization of the conductivities is that of the spin states: all states move alike in this model, and a
        drift current carries both assemblies in proportion (section 10 of the paper).

        Parameters
        ----------
        conductivity : float
            S/m.

        Raises
        ------
        InputError
            No exchange field: that is a normal metal; polarization 1, a half metal.
        """
        from ..materials import Ferromagnet

        if self.field == 0:
            raise must_be("ElectronGas.field", "positive in a ferromagnet", 0.0, "use normal_metal()")
        return Ferromagnet(conductivity=conductivity, polarization=self.polarization,
                           spin_diffusion_length=self.spin_diffusion_length(conductivity),
                           diffusivity=self.diffusivity(conductivity))  # fmt: skip

    def transport_law(self, *, diffusivity: float, magnetization: ArrayLike, **options: Any) -> TransportLaw:
        """Spin torque transport in this gas: life time, conversion, damping and precession about the magnetization.

        Parameters
        ----------
        diffusivity : float
            m^2/s.
        magnetization : array_like (3,)
            Direction of the local moments.
        **options
            Further parameters of `TransportLaw`.

        Examples
        --------
        >>> gas = ElectronGas(density_of_states=1e47, temperature=300, spin_lifetime=1e-13, damping=1e33, field=100)
        >>> gas.transport_law(diffusivity=1e-3, magnetization=(0, 0, 2)).precession.round(-10)
        array([0.000e+00, 0.000e+00, 1.759e+13])
        """
        from .law import TransportLaw

        m = unit_vector("magnetization", np.asarray(magnetization))
        return TransportLaw(diffusivity=diffusivity, spin_lifetime=self.spin_lifetime, magnetization=m,
                            conversion_rate=self.conversion_rate, damping_time=self.damping_time,
                            precession=self.precession_rate * m, flavour=self.flavour, **options)  # fmt: skip

    def normal_metal(self, conductivity: float) -> NormalMetal:
        """A `fespin.NormalMetal` for devices with the spin diffusion length sqrt(D tau).

        Raises
        ------
        InputError
            There is an exchange field: that is a ferromagnet.
        """
        from ..materials import NormalMetal

        if self.field > 0:
            raise must_be("ElectronGas.field", "0 in a normal metal", self.field, "use ferromagnet()")
        return NormalMetal(conductivity=conductivity, spin_diffusion_length=self.spin_diffusion_length(conductivity),
                           diffusivity=self.diffusivity(conductivity))  # fmt: skip
