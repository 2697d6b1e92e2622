"""Wigner crystals on chains, the reservoir of a locked spin valve: infinite chains, ladders, proven bounds.

Classical particles on lattice sites repel each other as U(r), by default r^-2; chains carry one spin each, and a
voltage between the plates splits their chemical potentials by delta_eta = eV. Energies, temperatures, chemical
potentials and eV are in E0 = e^2/(4 pi eps0 eps a), lengths in the lattice constant a; `Units` makes them volts and
kelvins.

==========================  ===========================================================================================
one chain, T = 0            `staircase`, `step`, `width`, `filling`, `chemical_potential`, `ground_sites`
one chain, T > 0            `ThermalChain` (repulsion of nearest particles), `nearest_step` for T = 0
two independent chains      `polarization`
2 x L, L <= 14, exact       `exact_table`, `phase_diagram`, `sweep_mu`, `sweep_delta_eta`, `thermal_means`
n x L of any length         `bounds`, `thermal_bound`: best state and rigorous interval
==========================  ===========================================================================================

"The paper" in this package is Pastur, Slavin and Yanovsky, Low Temp. Phys. 46, 724 (2020), arXiv:2008.00068, which
proposes locked spin valves as rechargeable batteries, with this reservoir in its sections 3 and 4. What it says, and
what comes out (each line with a number is asserted in tests/wigner):

==================================================  ===================================================================
claim                                               verdict
==================================================  ===================================================================
devil's staircase, ground states (eqs 8-10)         holds: ring enumeration equals Hubbard to 1e-12
width of a step in mu (eq 11)                       is the width in *pressure*; in mu of eq 8 it is q/p times that.
                                                    Only then do all widths add up to 2 sum U = pi^2/3
mu of eqs 18-21, figs 7-9                           is the pressure too; fig 5 has the true mu: the axes differ
m(V) from two staircases (eqs 14-15, fig 4)         holds with one variable throughout; at half filling m = 0 up to
                                                    eV = 2 ln 2
eq 14 at any mu                                     keeps the valve neutral at half filling only; elsewhere a valve
                                                    holds (c0 + delta, c0 - delta)
variables n+, n- "separate" H (eq 13)               no: n+ = 1/2 exactly where n- is not 0. Besides n+ = 0, 1/2, 1,
                                                    mu there is mu_up + mu_dn, and U(d) stays at k = k'
m depends on mu at fixed delta_eta > 0 (figs 5, 8)  holds at every distance and boundary; ring: 3/7, 0, 1/3, 0, 1/5, 0
"spontaneous" polarization (delta_eta = 0)          no: |N_up - N_dn| <= 1, the parity of N, which dies as 1/L
instead: giant response                             a crystal of spacing l is fully polarised by `full_polarization_
                                                    splitting`, 0.0033 E0 at l = 5
isotropic interaction, figs 5-6 (eq 16)             r^2 = (k - k')^2 + d^2: the distance d is missing; 1/r^2 is not
                                                    convex for k < d/sqrt(3), so Hubbard's theorem ends there
steps persist to T = 1e-2 (fig 7)                   holds for 1/2 and 1/3; 1/4 is gone. A step of width w in pressure
                                                    is seen for T < w/9
T = 1e-2 is about 100 K                             only if eps is 3.3 to 5.6: a 4 pi is missing in the formula
1e-16 A h for 1 um^3                                no: the same formula gives 4.45e-13 A h (`estimated_energy`)
1e26 (eV)^2/eps_F at centimetres, a laptop battery  1 cm^3 has 1e24, 44.5 W h: a laptop; 1e26 would be 4.45 kW h
blocks of size 1/D^2 in a disordered lattice        not offered: phase slips come from rare sites, no power law is seen
==================================================  ===================================================================
"""

from .bounds import Bounds, ThermalBound, bounds, thermal_bound
from .crystal import Step, ground_sites, step, width
from .estimates import estimated_energy
from .ladder import Ladder
from .phases import (
    Means,
    Phase,
    PhaseDiagram,
    Sweep,
    phase_diagram,
    polarization_of,
    sweep_delta_eta,
    sweep_mu,
    thermal_means,
)
from .polarization import full_polarization_splitting, polarization
from .potential import ConvexPotential, Potential, PowerLaw
from .stairs import Filling, Staircase, chemical_potential, filling, staircase
from .table import ExactTable, exact_table
from .thermal import ThermalChain, ThermalState, nearest_step
from .units import Units

__all__ = [
    "Bounds",
    "ConvexPotential",
    "ExactTable",
    "Filling",
    "Ladder",
    "Means",
    "Phase",
    "PhaseDiagram",
    "Potential",
    "PowerLaw",
    "Staircase",
    "Step",
    "Sweep",
    "ThermalBound",
    "ThermalChain",
    "ThermalState",
    "Units",
    "bounds",
    "chemical_potential",
    "estimated_energy",
    "exact_table",
    "filling",
    "full_polarization_splitting",
    "ground_sites",
    "nearest_step",
    "phase_diagram",
    "polarization",
    "polarization_of",
    "staircase",
    "step",
    "sweep_delta_eta",
    "sweep_mu",
    "thermal_bound",
    "thermal_means",
    "width",
]
