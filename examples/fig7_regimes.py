"""When is an F/N element one contact of circuit theory? Without spin relaxation, and only then.

Fig 7 of Bazaliy and Ramazashvili, "Reciprocity in diffusive spin-current circuits", is a chart of regimes: a diffusive
F/N element is a single contact (eq 28) if 1/tau_s = 0, and a circuit with relaxing inner nodes otherwise. Here the
chart has numbers. An F/N wire with R_F = 0.1 R_N, p = 0.6 is meshed, its spin diffusion lengths grow together, and the
matrix is compared with the nearest contact and with the smallest circuit of contacts and relaxing nodes. Expected:

    misfit of one contact = |S^z + G|/max|G_NN| ~ (L/lambda)^2 -> 0,    misfit of the circuit = 0 up to the solver,

and for lambda = inf the contact of eq 56, G = -S^z = (R - p^2 R_N)/(R^2 - p^2 R_N^2), R = R_N + R_F.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import fespin

L, AREA, P = 100e-9, 1e-15, 0.6  # m, m^2
LENGTHS = np.geomspace(0.5, 100, 12)  # lambda_N/L; lambda_F = lambda_N/10


def element(ratio: float) -> fespin.ConductanceMatrix:
    """F left, N right, both of length L; R_N = 10 R_F = 1 ohm."""
    sigma = L / AREA
    x = np.concatenate([np.linspace(-L, 0, 161)[:-1], np.linspace(0, L, 41)])
    mesh = fespin.Mesh(
        points=x[:, None], cells=np.c_[np.arange(200), np.arange(1, 201)], cell_type="line",
        regions={"F": np.arange(160), "N": np.arange(160, 200)}, boundaries={"left": [[0]], "right": [[200]]},
    )  # fmt: skip
    magnet = fespin.Ferromagnet(conductivity=10 * sigma, polarization=P, spin_diffusion_length=0.1 * ratio * L)
    metal = fespin.NormalMetal(conductivity=sigma, spin_diffusion_length=ratio * L)
    device = fespin.Device.from_mesh(mesh, regions={"F": (magnet, (0, 0, 1)), "N": metal},
                                     terminals=["left", "right"], cross_section=AREA)  # fmt: skip
    return fespin.conductance(device, order=2)


def run(out: Path | None = None) -> dict[str, float]:
    """Misfits over the spin diffusion length; `out` is the folder for the picture."""
    contact, circuit, nodes = [], [], []
    for ratio in LENGTHS:
        found = fespin.relaxing_circuit(element(ratio), normal="right", ferromagnet="left")
        contact.append(found.contact.residual)
        circuit.append(found.error)
        nodes.append(len(found.inner))
    free = fespin.as_contact(element(np.inf), normal="right", ferromagnet="left")
    slope = np.polyfit(np.log(LENGTHS[-4:]), np.log(contact[-4:]), 1)[0]
    if out is not None:
        draw(out, contact, circuit)
    exact = (1.1 - P**2) / (1.1**2 - P**2)  # eq 56, siemens
    return {
        "slope": float(slope),
        "contact_at_0.5": contact[0],
        "circuit_worst": max(circuit),
        "most_inner_nodes": max(nodes),
        "free_residual": free.residual,
        "free_conductance": free.conductance_up + free.conductance_down,
        "free_exact": exact,
    }


def draw(out: Path, contact: list[float], circuit: list[float]) -> None:
    """Both misfits over the spin diffusion length."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(5.8, 4), layout="constrained")
    ax.loglog(LENGTHS, contact, "o-", ms=5, color="tab:red", label="one contact (eq 28)")
    ax.loglog(LENGTHS, np.maximum(circuit, 1e-17), "s-", ms=5, color="tab:blue", label="contacts and relaxing nodes")
    ax.loglog(LENGTHS, contact[-1] * (LENGTHS[-1] / LENGTHS) ** 2, ":", color="0.5", label=r"$\lambda^{-2}$")
    ax.set(xlabel=r"$\lambda_N/L_N$", ylabel="misfit / largest entry", ylim=(1e-17, 10))
    ax.legend(frameon=False)
    figure.savefig(out / "fig7_regimes.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    result = run(Path())
    print(f"one contact: misfit {result['contact_at_0.5']:.3f} at lambda = L/2, falls as lambda^{result['slope']:.3f}")
    print(f"contacts and at most {result['most_inner_nodes']:.0f} relaxing nodes: {result['circuit_worst']:.1e}")
    print(f"no relaxation: {result['free_conductance']:.10f} S, eq 56 {result['free_exact']:.10f} S")
