"""Circuits: a nonlocal valve from a netlist, and a spin valve of which one half is meshed and the other half lumped.

Kirchhoff's rules for charge and three components of spin join meshed devices, wires, contacts of circuit theory and
sources. First the netlist `circuits/lateral_valve.toml`, whose signal is known (Takahashi and Maekawa, PRB 67, 052409
(2003)): turning the detector around changes the nonlocal resistance by 28.709389 mohm.

Then a meshed F/N wire ends in a lumped contact whose magnet is turned by theta, an analyser of spins. Expected: the
current of a circuit with exact wires (coth and sinh of L/lambda, eqs 52-55 of Bazaliy and Ramazashvili, "Reciprocity in
diffusive spin-current circuits") in the place of the mesh, at every angle; it falls from 0 to 180 deg. The imaginary
part of the mixing conductance turns the spins at the joint out of the plane of the two magnets: V_y is not zero there.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np

import fespin
from fespin.network.elements import contact, ferromagnetic_wire, normal_wire

HERE = Path(__file__).resolve().parent
AREA, ANGLES = 8e-16, np.radians(np.arange(0, 181, 15))  # m^2: 40 nm x 20 nm
COBALT = {"conductivity": 1 / 21e-8, "polarization": 0.36, "spin_diffusion_length": 38e-9}
COPPER = {"conductivity": 1 / 2.9e-8, "spin_diffusion_length": 350e-9}


def netlist_signal() -> float:
    """R_P - R_AP of the netlist in ohm, its drive being 1 uA."""
    text = (HERE / "circuits" / "lateral_valve.toml").read_text(encoding="utf-8")
    first, second = text.split("[elements.junction2]")
    voltages = []
    with tempfile.TemporaryDirectory() as folder:
        for m in ("[0, 0, 1]", "[0, 0, -1]"):  # the detector and its contact
            path = Path(folder) / "valve.toml"
            path.write_text(f"{first}[elements.junction2]{second.replace('[0, 0, 1]', m)}", encoding="utf-8")
            V = fespin.load_circuit(path).solve().potentials
            voltages.append(V["F2"]["e"] - V["right"]["e"])
    return (voltages[0] - voltages[1]) / 1e-6


def analysed(wire: dict[str, fespin.ConductanceMatrix], theta: float) -> tuple[float, float]:
    """Current per volt, siemens, and V_y at the joint per volt; the wire leads from "Co" to "joint"."""
    m = (math.sin(theta), 0, math.cos(theta))
    face = contact(conductance_up=3e14, conductance_down=1e14, mixing_conductance=3e14 + 2e14j, magnetization=m,
                   area=AREA)  # fmt: skip
    circuit = fespin.Circuit("analyser")
    for name, matrix in wire.items():
        nodes = {"mesh": ("Co", "joint"), "cobalt": ("Co", "middle"), "copper": ("middle", "joint")}[name]
        circuit.add(name, matrix, nodes)
    circuit.add("face", face, {"normal": "joint", "ferromagnet": "analyser"})
    circuit.hold("Co", {"e": 1.0})
    circuit.ground("analyser")
    found = circuit.solve()
    return found.supply["analyser"]["e"], found.potentials["joint"]["y"]


def run(out: Path | None = None) -> dict[str, float]:
    """Meshed and exact wires at thirteen angles; `out` is the folder for the picture."""
    device = fespin.load(HERE.parent / "meshes" / "fn_wire_2d.toml")
    meshed = {"mesh": fespin.conductance(device, order=2)}
    exact = {"cobalt": ferromagnetic_wire(**COBALT, magnetization=(0, 0, 1), length=100e-9, area=AREA),
             "copper": normal_wire(**COPPER, length=300e-9, area=AREA)}  # fmt: skip
    found, closed = (np.array([analysed(wire, theta) for theta in ANGLES]) for wire in (meshed, exact))
    if out is not None:
        draw(out, found, exact)
    current = found[:, 0]
    return {
        "netlist_signal": netlist_signal(),
        "worst_error": float(np.abs(found - closed).max(axis=0)[0] / np.ptp(current)),
        "worst_error_of_V_y": float(np.abs(found - closed).max(axis=0)[1] / np.abs(closed[:, 1]).max()),
        "magnetoresistance": current[0] / current[-1] - 1,
        "largest_rise": float(np.diff(current).max()),
        "V_y_at_90": found[6, 1],
    }


def draw(out: Path, found: np.ndarray, exact: dict[str, fespin.ConductanceMatrix]) -> None:
    """Current and out-of-plane spin against the angle of the analyser."""
    import matplotlib.pyplot as plt

    theta = np.linspace(0, np.pi, 61)
    curve = np.array([analysed(exact, t) for t in theta])
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
    labels = ("current (mA per V)", "$V_y$ at the joint (mV per V)")
    for k, (ax, label) in enumerate(zip(axes, labels, strict=True)):
        ax.plot(np.degrees(theta), curve[:, k] * 1e3, label="exact wires")
        ax.plot(np.degrees(ANGLES), found[:, k] * 1e3, "o", ms=5, mfc="none", color="black", label="meshed wire")
        ax.set(xlabel="angle of the analyser (deg)", ylabel=label, xticks=range(0, 181, 45))
    axes[0].legend(frameon=False)
    figure.savefig(out / "circuit_valve.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"netlist: R_P - R_AP = {result['netlist_signal'] * 1e3:.6f} mohm (exact 28.709389)")
    print(f"meshed against exact wires: {result['worst_error']:.1e} of the change of the current, "
          f"{result['worst_error_of_V_y']:.1e} of V_y")  # fmt: skip
    print(
        f"I(0)/I(180 deg) - 1 = {result['magnetoresistance']:.4%}, V_y = {result['V_y_at_90'] * 1e3:.4f} mV/V at 90 deg"
    )
