"""Interlayer exchange of a magnetic tunnel junction: hopping, Coulomb exchange in the leads and in the barrier.

After Udalov and Beloborodov, "Microscopic theory of the Coulomb based exchange coupling in magnetic tunnel junctions",
arXiv:1607.00403, re-derived; each function says where the paper's equations are misprinted. With the prefactors
corrected both Coulomb terms are pi times smaller than printed. Signs, changes of sign, the law 1/eps and reversals
driven by the permittivity stay, but the Coulomb terms no longer exceed hopping in general: at 1 nm their sum is 0.5 to
1.5 times the hopping term outside the region of low barriers.

Not part of the module: eqs 5 and 31, H_C = zeta e^2 kF/(4 pi eps0 eps d^2) (J/(U - h_B))^2 exp(-2 kappa_0 d) with
zeta = 1/150. In the limit they are for, L_ex dominates, so that the sign is the other one and does not go with eps. The
scale of energies in the hopping term, printed as hbar^2 kappa_0/d = 100 K in eq 45, is hbar^2 kappa_0/(m d), 2000 K at
0.2 eV and 1 nm.
"""

from .attachment import ExchangeCoupling, MagneticLayer
from .coupling import Coupling, decompose, exchange_coupling, exchange_field
from .critical import critical_barrier, critical_splitting, sign_changes
from .hopping import bruno_factor
from .junction import ExchangeModel, ExchangeWarning, Junction
from .permittivity import TTF_CA, CuriePeak, FieldTable, branches
from .sweeps import exchange_map

__all__ = [
    "TTF_CA",
    "Coupling",
    "CuriePeak",
    "ExchangeCoupling",
    "ExchangeModel",
    "ExchangeWarning",
    "FieldTable",
    "Junction",
    "MagneticLayer",
    "branches",
    "bruno_factor",
    "critical_barrier",
    "critical_splitting",
    "decompose",
    "exchange_coupling",
    "exchange_field",
    "exchange_map",
    "sign_changes",
]
