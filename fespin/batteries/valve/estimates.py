"""The claims of the paper, which of them hold, and what a real metal gives instead of its estimates.

The estimate of its conclusion is `fespin.wigner.estimated_energy`; the claims on chains are listed in `fespin.wigner`.

| claim | verdict |
|---|---|
| potentials of fig 2, splitting delta eta = eV | reproduced: `solve_static`, `potentials` |
| capacitance of the volume, (L_N/lambda_F)^2 times that of plates | reproduced: 8.2e7 for 1 um of copper |
| no current without spin flip | reproduced: conductance exactly 0 |
| W ~ 1e-16 A h for 1 um^3 at 10 mV and E_F = 1 eV | not reproduced: the printed formula gives 4.45e-13 A h; 4.4e-17
comes out when one multiplies by V instead of dividing. Copper: 2.0e-15 A h |
| 1e26 e^2V^2/E_F at "centimetres" | 1 cm^3 is (1e-2/1e-10)^3 = 1e24; 1e26 is 100 cm^3 |
| the capacity of a laptop battery | order of magnitude by the printed formula for 1 cm^3 (44.5 W h), not for 1e26 (4.45
kW h, ninety laptops). Copper at 1 V holds 0.1005 W h in 1 cm^3 (11 W h/kg) and 10 W h in 100 cm^3, a fifth of a
laptop battery, if no spin flips at all |
| lambda_F ~ 0.1 nm in metals | 0.46 nm in copper; 1/lambda_F^3 overestimates the energy 440 times |
| acts as a reactance above 1/tau_sf | needs also omega < 4 D/d^2 and d << lambda: `Spacer.window` |
| a battery of real metal | hopeless: 1 cm^3 of copper at 1 V with tau = 10 ps burns C V^2/tau = 7e13 W, and charging
takes d^2/4D = 1.2 ms, eight orders more than tau |
| energy ~ e^2 V^2 Pi_N (eq 5) | prefactor 1/4 per volume, for eV << E_F; eV ends at 2^(2/3) E_F: `FreeElectrons` |
| current proportional to the density of states (appendix) | only if both channels have one diffusivity: the
polarization of the conductivities and that of the states are two inputs |
| T ~ 100 K from e^2/(eps eps0 a k_B)/100 | 4 pi is missing: 418 K/eps at a = 4 angstrom, so 100 K needs eps = 4 |
| EMF of Wigner chains in steps (eq 15) | reproduced, with neutrality kept: at half filling nothing enters below eV =
2 ln 2 E0, then V(Q) is flat between jumps: `WignerReservoir` |
"""

from __future__ import annotations

from ...network.checks import positive

WATT_HOUR = 3600.0  # J
AMPERE_HOUR = 3600.0  # C


def ampere_hours(energy: float, voltage: float) -> float:
    """Energy in J over voltage in V, A h: the paper's W = E/(3600 V). The charge of a capacitor is twice that.

    Examples
    --------
    >>> from scipy.constants import electron_volt
    >>> from fespin.wigner import estimated_energy
    >>> micron = estimated_energy(volume=1e-18, voltage=0.01, fermi_energy=electron_volt, fermi_wavelength=1e-10)
    >>> f"{ampere_hours(micron, 0.01):.3g}"
    '4.45e-13'
    """
    return energy / positive("voltage", voltage, "V") / AMPERE_HOUR
