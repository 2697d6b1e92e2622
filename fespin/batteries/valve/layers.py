"""One layer of a spin valve, and one interface between two: what conducts, what stores, what flips spins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.constants import e

from ...errors import InputError, must_be
from ...materials import Ferromagnet, HalfMetal, Material, NormalMetal, is_magnetic
from ...network.checks import not_negative, positive, real

Direction = Literal["up", "down"]
_NO_LOSS = 1e-7
FINEST = 4000  # cells of a layer that chooses them itself


class ValveWarning(UserWarning):
    """The result may mislead: a mesh too coarse, a voltage beyond the linear law."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer of metal with two spin channels, or one if it is a half metal.

    Channels conduct s_up,dn = sigma (1 +- beta)/2 along the magnetization. Their splitting w_up - w_dn = m stores
    c_q m^2/2 per volume, with the spin capacitance c_q = e^2 Pi_up Pi_dn/(Pi_up + Pi_dn), which vanishes in a half
    metal, and relaxes as dm/dt = -m/tau. (Half of this tau, or twice, goes by the name of tau_sf elsewhere.)

    Parameters
    ----------
    material : NormalMetal, Ferromagnet or HalfMetal
        Its diffusivity D gives the states of both spins, sigma = e^2 (Pi_up + Pi_dn) D; needed where charge is stored.
    thickness : float
        m.
    magnetization : {"up", "down"} or None
        Along the common axis; required for magnets, refused for normal metals.
    density_polarization : float or None
        (Pi_up - Pi_dn)/(Pi_up + Pi_dn) along the magnetization: another number than `material.polarization`, which is
        that of the conductivities. 0 in a normal metal, that of the channel in a half metal.
    cells : int or None
        Of the mesh; None: fine enough for the spin diffusion length.
    nodes : tuple of float or None
        Positions of a mesh of the user from 0 to the thickness instead, m.
    name : str

    Raises
    ------
    InputError
        A value out of range, a magnet without a magnetization.

    Examples
    --------
    >>> copper = Layer(material=NormalMetal(conductivity=2, spin_diffusion_length=0.5, diffusivity=0.5), thickness=1)
    >>> copper.spin_capacitance, copper.relaxation_time
    (1.0, 0.5)
    """

    material: Material
    thickness: float
    magnetization: Direction | None = None
    density_polarization: float | None = None
    cells: int | None = None
    nodes: tuple[float, ...] | None = None
    name: str = "layer"

    def __post_init__(self) -> None:
        where = f"layer {self.name!r}:"
        if not isinstance(self.name, str):
            raise must_be("Layer.name", "a string", self.name)
        if not isinstance(self.material, (NormalMetal, Ferromagnet, HalfMetal)):
            raise must_be(f"{where} material", "a NormalMetal, Ferromagnet or HalfMetal", self.material)
        object.__setattr__(self, "thickness", positive(f"{where} thickness", self.thickness, "m"))
        magnetic = is_magnetic(self.material)
        if magnetic and self.magnetization not in ("up", "down"):
            raise must_be(f"{where} magnetization", "'up' or 'down' in a magnet", self.magnetization)
        if not magnetic and self.magnetization is not None:
            raise must_be(f"{where} magnetization", "left out for a NormalMetal", self.magnetization)
        self._check_states(where)
        if self.cells is not None and (type(self.cells) is not int or self.cells < 1):
            raise must_be(f"{where} cells", "a whole number, 1 or more", self.cells)

    def _check_states(self, where: str) -> None:
        given = self.density_polarization
        if not isinstance(self.material, Ferromagnet):
            known = self.material.polarization if isinstance(self.material, HalfMetal) else 0.0
            if given is not None and given != known:
                raise must_be(f"{where} density_polarization", f"{known:g} or left out in this material", given)
            object.__setattr__(self, "density_polarization", known)
        elif given is not None and not abs(real(f"{where} density_polarization", given, "a number")) < 1:
            raise must_be(f"{where} density_polarization", "between -1 and 1, both excluded", given)

    @property
    def sign(self) -> int:
        """+1 or -1: the direction of the magnetization; +1 in a normal metal."""
        return -1 if self.magnetization == "down" else 1

    @property
    def conductivities(self) -> tuple[float, float]:
        """Those of spin up and down along the common axis, S/m; 0 where the channel does not exist."""
        beta = 0.0 if isinstance(self.material, NormalMetal) else self.sign * self.material.polarization
        return self.material.conductivity * (1 + beta) / 2, self.material.conductivity * (1 - beta) / 2

    @property
    def channels(self) -> tuple[bool, bool]:
        """Whether spin up and spin down exist."""
        up, down = self.conductivities
        return up > 0, down > 0

    @property
    def two_channels(self) -> bool:
        """Whether both exist: only then there is a splitting."""
        return all(self.channels)

    @property
    def spin_conductivity(self) -> float:
        """s_up s_dn/(s_up + s_dn), S/m: what carries the splitting; sigma/4 in a normal metal."""
        up, down = self.conductivities
        return up * down / (up + down)

    @property
    def relaxation(self) -> float:
        """c_q/tau = s_up s_dn/(sigma lambda^2), S/m^3: the current per volume that leaks between the channels."""
        length = self.material.spin_diffusion_length
        return 0.0 if math.isinf(length) else self.spin_conductivity / length / length

    @property
    def states(self) -> tuple[float, float]:
        """Densities of states of spin up and down along the common axis, 1/(J m^3).

        Raises
        ------
        InputError
            The diffusivity, or the density polarization of a ferromagnet, is not known.
        """
        D = self.material.diffusivity
        if D is None:
            raise InputError(
                f"layer {self.name!r} must have the diffusivity, density_of_states or spin_capacitance of its material "
                "where charge or states are asked for, got none"
            )
        total = self.material.conductivity / (e**2 * D)
        P = self.sign * self._density_polarization
        return total * (1 + P) / 2, total * (1 - P) / 2

    @property
    def _density_polarization(self) -> float:
        if self.density_polarization is None:
            raise InputError(
                f"layer {self.name!r} must have a density_polarization, got none; it is that of the states, not "
                "that of the conductivities, and equals it only if both spins have the same diffusivity"
            )
        return self.density_polarization

    @property
    def spin_capacitance(self) -> float:
        """c_q = e^2 Pi_up Pi_dn/(Pi_up + Pi_dn), F/m^3; 0 in a half metal."""
        if not self.two_channels:
            return 0.0
        _ = self.states  # refuses what is missing
        P = self._density_polarization
        return self.material.conductivity * (1 - P * P) / (4 * self.material.diffusivity)  # type: ignore[operator]

    @property
    def relaxation_time(self) -> float:
        """tau, s; infinite without relaxation."""
        return math.inf if self.relaxation == 0 else self.spin_capacitance / self.relaxation

    @property
    def spin_diffusivity(self) -> float:
        """D_s with lambda^2 = D_s tau, m^2/s: the material's D in a normal metal."""
        return self.spin_conductivity / self.spin_capacitance

    @property
    def potential_weight(self) -> float:
        """(Pi_up - Pi_dn)/(Pi_up + Pi_dn) along the common axis: e phi = (mu_up + mu_dn)/2 + this (mu_up - mu_dn)/2."""
        return self.sign * self._density_polarization

    def mesh_cells(self) -> int:
        """Number of cells: as asked for, else 4 in a half metal, and 40 per spin diffusion length, at least 100."""
        if self.cells is not None:
            return self.cells
        if not self.two_channels:
            return 4  # the potential is linear there
        ratio = self.thickness / self.material.spin_diffusion_length
        return max(100, min(FINEST, math.ceil(40 * ratio)))


@dataclass(frozen=True, kw_only=True)
class Interface:
    """Resistance and spin flip of an interface between two layers.

    Currents of the channels j_s = g_s (w_s- - w_s+); up and down are along the magnetization of the magnetic neighbour
    (of the left one if both are magnetic, of the common axis if none is).

    Parameters
    ----------
    conductance_up, conductance_down : float
        S/m^2, not both 0; inf (default): transparent.
    memory_loss : float
        delta: the interface acts on charge and spin as a layer of its conductances whose thickness is delta times its
        spin diffusion length. Needs finite conductances.
    spin_flip_conductance : float
        G of a current G (w_up - w_dn) between the channels at the interface, S/m^2; shared evenly by the two sides if
        both channels exist on both.

    Raises
    ------
    InputError
        A value out of range.

    Examples
    --------
    >>> Interface.of_resistance(0.5e-15, asymmetry=0.7).conductance_down
    588235294117647.0
    """

    conductance_up: float = math.inf
    conductance_down: float = math.inf
    memory_loss: float = 0.0
    spin_flip_conductance: float = 0.0

    def __post_init__(self) -> None:
        for key in ("conductance_up", "conductance_down"):
            rule = "a number >= 0 in S/m^2 or inf"
            value = real(f"Interface.{key}", getattr(self, key), rule)
            if value < 0:
                raise must_be(f"Interface.{key}", rule, getattr(self, key))
            object.__setattr__(self, key, value)
        if self.conductance_up == self.conductance_down == 0:
            raise must_be("Interface.conductance_up", "positive unless conductance_down is", 0, "nothing would flow")
        for key, unit in {"memory_loss": "", "spin_flip_conductance": "S/m^2"}.items():
            object.__setattr__(self, key, not_negative(f"Interface.{key}", getattr(self, key), unit))
        if self.memory_loss > 0 and math.isinf(self.conductance_up + self.conductance_down):
            raise must_be("Interface.memory_loss", "0 unless both conductances are finite", self.memory_loss)

    @property
    def loses(self) -> bool:
        """Whether there is memory loss: its effects go as the square, which is below rounding here."""
        return self.memory_loss > _NO_LOSS

    @property
    def transparent(self) -> bool:
        """Whether it does nothing."""
        return math.isinf(min(self.conductance_up, self.conductance_down)) and self.spin_flip_conductance == 0

    @classmethod
    def of_resistance(cls, area_resistance: float, *, asymmetry: float = 0.0, memory_loss: float = 0.0) -> Interface:
        """From AR* in ohm m^2 and gamma: AR_up,dn = 2 AR* (1 -+ gamma); tables often print 2 AR*."""
        AR = positive("Interface.area_resistance", area_resistance, "ohm m^2")
        gamma = real("Interface.asymmetry", asymmetry, "a number between -1 and 1")
        if not abs(gamma) < 1:
            raise must_be("Interface.asymmetry", "between -1 and 1, both excluded", asymmetry)
        return cls(conductance_up=1 / (2 * AR * (1 - gamma)), conductance_down=1 / (2 * AR * (1 + gamma)),
                   memory_loss=memory_loss)  # fmt: skip
