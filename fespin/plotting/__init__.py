"""Pictures of devices, potentials, currents and conductance matrices with matplotlib.

Every ``plot_`` function takes ``ax=None``, draws, labels with units and returns the axes. Nothing is shown or saved,
no global style is touched; further keywords go to the matplotlib function that draws the values, unchanged and in the
units shown. Axes made here come in a figure with constrained layout. Large solid meshes are ParaView's:
`Solution.write` makes VTU files. matplotlib is imported when the first picture is drawn.
"""

from .accumulation import plot_spin_accumulation
from .assemblies import (
    plot_angular_density,
    plot_conversion_coefficient,
    plot_interaction,
    plot_interaction_angles,
    plot_merging,
    plot_spin_states,
    plot_spin_transport,
    plot_torque_coefficients,
    save_spin_transport,
)
from .checks import plot_convergence, plot_reciprocity
from .current import plot_current
from .device import plot_device
from .exchange import (
    plot_angles,
    plot_coupling,
    plot_exchange_map,
    plot_exchange_panel,
    plot_switching,
    save_exchange_figure,
    save_exchange_line,
    save_exchange_map,
    save_switching,
)
from .files import save_picture
from .matrix import plot_conductance
from .potential import plot_potential, save_potentials
from .sweep import plot_sweep, save_sweep
from .valve import (
    plot_emf,
    plot_valve_impedance,
    plot_valve_ledger,
    plot_valve_potentials,
    plot_valve_run,
    save_valve_run,
)
from .view import save_view, view
from .wigner import plot_phase_diagram, plot_polarization, plot_staircase, plot_state, plot_thermal_filling
from .winding import plot_cycle, plot_ledger, plot_vi, plot_winding, save_winding

__all__ = [
    "plot_angles",
    "plot_angular_density",
    "plot_conductance",
    "plot_convergence",
    "plot_conversion_coefficient",
    "plot_coupling",
    "plot_current",
    "plot_cycle",
    "plot_device",
    "plot_emf",
    "plot_exchange_map",
    "plot_exchange_panel",
    "plot_interaction",
    "plot_interaction_angles",
    "plot_ledger",
    "plot_merging",
    "plot_phase_diagram",
    "plot_polarization",
    "plot_potential",
    "plot_reciprocity",
    "plot_spin_accumulation",
    "plot_spin_states",
    "plot_spin_transport",
    "plot_staircase",
    "plot_state",
    "plot_sweep",
    "plot_switching",
    "plot_thermal_filling",
    "plot_torque_coefficients",
    "plot_valve_impedance",
    "plot_valve_ledger",
    "plot_valve_potentials",
    "plot_valve_run",
    "plot_vi",
    "plot_winding",
    "save_exchange_figure",
    "save_exchange_line",
    "save_exchange_map",
    "save_picture",
    "save_potentials",
    "save_spin_transport",
    "save_sweep",
    "save_switching",
    "save_valve_run",
    "save_view",
    "save_winding",
    "view",
]
