"""Pictures of devices, potentials, currents and conductance matrices with matplotlib.

Every ``plot_`` function takes ``ax=None``, draws, labels with units and returns the axes. Nothing is shown or saved,
no global style is touched; further keywords go to the matplotlib function that draws the values, unchanged and in the
units shown. Axes made here come in a figure with constrained layout. Large solid meshes are ParaView's:
`Solution.write` makes VTU files. matplotlib is imported when the first picture is drawn.
"""

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
from .matrix import plot_conductance
from .potential import plot_potential, save_potentials
from .winding import plot_cycle, plot_ledger, plot_vi, plot_winding, save_winding

__all__ = [
    "plot_angles",
    "plot_conductance",
    "plot_coupling",
    "plot_current",
    "plot_cycle",
    "plot_device",
    "plot_exchange_map",
    "plot_exchange_panel",
    "plot_ledger",
    "plot_potential",
    "plot_switching",
    "plot_vi",
    "plot_winding",
    "save_exchange_figure",
    "save_exchange_line",
    "save_exchange_map",
    "save_potentials",
    "save_switching",
    "save_winding",
]
