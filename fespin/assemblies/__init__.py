"""Spin assemblies: conduction spins as one directed assembly (TIA) and one isotropic one (TIS).

The density matrix (1 + P.sigma)/2 of a gas of spins always splits uniquely into a part of one direction s = P/|P|, the
time-inverse asymmetrical assembly, and an unpolarized rest, the symmetrical one: n_TIA s is the vector spin density.
After V. Zayets, "Spin rotation after a spin-independent scattering. Spin properties of an electron gas in a solid", J.
Magn. Magn. Mater. 356, 52 (2014), arXiv:1304.2150; equation numbers are the paper's. Where it does not conserve what it
says is conserved, both readings are here: see `fespin.assemblies.flavours`. The conserving one is the default.
"""

from .cloud import Cloud, mixture, scatter_cloud
from .coefficients import small_injection, spin_torque, tis_coefficient, torque_coefficient
from .continuum import direction_rate, loss_rate
from .damping import (
    angular_density,
    conversion_coefficient,
    conversion_rate,
    damped_angle,
    damping_time,
    mean_cosine,
)
from .flavours import FLAVOURS, Flavour, flavour
from .gas import (
    ElectronGas,
    consistent_lifetime,
    equilibrium_polarization,
    magnetization,
    pauli_magnetization,
    polarization,
    spin_diffusion_length,
)
from .interaction import Interaction, Merged, interact, merged
from .law import TransportLaw
from .runfile import TransportRun, load_transport
from .splitting import Split, split
from .statistics import SpinStates, balance, spin_density, spin_number, spin_states
from .torques import TorquePicture, absorb, torque_picture
from .transport import SpinTransport, spin_torque_transport

__all__ = [
    "FLAVOURS",
    "Cloud",
    "ElectronGas",
    "Flavour",
    "Interaction",
    "Merged",
    "SpinStates",
    "SpinTransport",
    "Split",
    "TorquePicture",
    "TransportLaw",
    "TransportRun",
    "absorb",
    "angular_density",
    "balance",
    "consistent_lifetime",
    "conversion_coefficient",
    "conversion_rate",
    "damped_angle",
    "damping_time",
    "direction_rate",
    "equilibrium_polarization",
    "flavour",
    "interact",
    "load_transport",
    "loss_rate",
    "magnetization",
    "mean_cosine",
    "merged",
    "mixture",
    "pauli_magnetization",
    "polarization",
    "scatter_cloud",
    "small_injection",
    "spin_density",
    "spin_diffusion_length",
    "spin_number",
    "spin_states",
    "spin_torque",
    "spin_torque_transport",
    "split",
    "tis_coefficient",
    "torque_coefficient",
    "torque_picture",
]
