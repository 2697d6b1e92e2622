"""A nonlocal spin valve meshed in 3D becomes a part of an electronic circuit: exported, and pulsed in ngspice.

A current pulse I flows from the ferromagnetic injector into the left end of a copper wire. No charge flows to the
right, but spin does: its accumulation decays over the diffusion length and reaches the detector, a second ferromagnet,
which turns m.V_s into a voltage V against the right end. R_nl = V/I changes sign with the detector's magnetization, up
to an offset R_0 from the spreading of the current,

    R_nl = R_0 + R_s (parallel),    R_nl = R_0 - R_s (antiparallel).

The terminals are reservoirs: their spin potentials are zero, so that in I = -G V only the charge entries of the
conductance matrix matter, and R_nl follows from 4 x 4 numbers. The subcircuits of both states have to give the same
in ngspice at every instant: the valve is far faster than its circuit. An amplifier of finite bandwidth then shows what
an instrument would record.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import fespin
from fespin.network.spice import to_spice

MESHES = Path(__file__).resolve().parents[1] / "meshes"
STATES = {"parallel": (0, 1, 0), "antiparallel": (0, -1, 0)}
CURRENT = 1e-3  # A
GAIN, RISE_TIME = 1000, 0.3e-9  # of the amplifier; s

# + 1 mA for 2 ns, then -1 mA for 2 ns; pins in the order e, x, y, z of injector, detector, left, right
CIRCUIT = """\
I{n} 0 injector{n} PWL(0 0 1n 0 1.1n 1m 3.1n 1m 3.2n 0 4.2n 0 4.3n -1m 6.3n -1m 6.4n 0)
X{n} injector{n} 0 0 0 detector{n} 0 0 0 0 0 0 0 right{n} 0 0 0 {state}
E{n} amplified{n} 0 detector{n} right{n} {gain}
R{n} amplified{n} out{n} 1k
C{n} out{n} 0 {capacitance}
"""
CONTROL = """\
.options reltol=1e-6
.control
set filetype=ascii
tran 10p 9n 0 10p
write out.raw
quit
.endc
.end
"""


def nonlocal_resistance(G: fespin.ConductanceMatrix) -> float:
    """V(detector) - V(right) per ampere from injector to left, spin held at zero in all terminals; ohm."""
    names = [name for name in G.terminals if name != "left"]  # left is at 0 V
    N = np.array([[-G[out, "e", into, "e"] for into in names] for out in names])
    V = np.linalg.solve(N, [float(name == "injector") for name in names])
    return float(V[names.index("detector")] - V[names.index("right")])


def ngspice(deck: str) -> dict[str, np.ndarray]:
    """Run a deck that writes out.raw; all its vectors by name, lower case."""
    if shutil.which("ngspice") is None:
        raise SystemExit("this example runs ngspice, which is not installed; on Debian: apt-get install ngspice")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "deck.cir").write_text(deck, encoding="ascii")
        done = subprocess.run(
            ["ngspice", "-n", "-b", "deck.cir"], cwd=folder, capture_output=True, text=True, check=False
        )
        raw = Path(folder) / "out.raw"
        if not raw.exists():
            raise SystemExit(f"ngspice failed:\n{done.stdout}{done.stderr}")
        variables, values = raw.read_text(encoding="ascii").split("Variables:\n")[1].split("Values:\n")
    names = [line.split()[1] for line in variables.splitlines() if line.strip()]
    table = np.array(values.split(), dtype=float).reshape(-1, len(names) + 1)[:, 1:]  # each point has its number first
    return dict(zip(names, table.T, strict=True))


def run(out: Path | None = None) -> dict[str, float]:
    """Pulse the valve in both states; `out` is the folder for the picture."""
    valve = fespin.load(MESHES / "lateral_valve.toml")
    matrices = {
        state: fespin.conductance(valve.with_region("ferro_detector", magnetization=m)) for state, m in STATES.items()
    }
    deck = ["nonlocal spin valve in both states", *(to_spice(G, name=state) for state, G in matrices.items())]
    for number, state in enumerate(STATES, start=1):
        deck.append(CIRCUIT.format(n=number, state=state, gain=GAIN, capacitance=RISE_TIME / 1e3))
    waves = ngspice("\n".join([*deck, CONTROL]))

    time = waves["time"]
    current = np.interp(
        time * 1e9, [1, 1.1, 3.1, 3.2, 4.2, 4.3, 6.3, 6.4], CURRENT * np.array([0, 1, 1, 0, 0, -1, -1, 0])
    )
    exact = {state: nonlocal_resistance(G) for state, G in matrices.items()}
    voltages = {s: waves[f"v(detector{n})"] - waves[f"v(right{n})"] for n, s in enumerate(STATES, start=1)}
    outputs = {s: waves[f"v(out{n})"] for n, s in enumerate(STATES, start=1)}
    top = int(np.argmin(np.abs(time - 3e-9)))  # on the plateau
    if out is not None:
        draw(out, time, current, voltages, outputs, exact)
    worst = max(np.abs(voltages[s] - exact[s] * current).max() / abs(exact[s] * CURRENT) for s in STATES)
    return {
        "R_parallel": float(voltages["parallel"][top]) / CURRENT,
        "R_parallel_matrix": exact["parallel"],
        "R_antiparallel": float(voltages["antiparallel"][top]) / CURRENT,
        "R_antiparallel_matrix": exact["antiparallel"],
        "R_spin": float(voltages["parallel"][top] - voltages["antiparallel"][top]) / 2 / CURRENT,
        "worst_error": float(worst),
        "amplified": float(outputs["parallel"][top]) / (GAIN * CURRENT),
    }


def draw(
    out: Path,
    time: np.ndarray,
    current: np.ndarray,
    voltages: dict[str, np.ndarray],
    outputs: dict[str, np.ndarray],
    exact: dict[str, float],
) -> None:
    """The pulse, the nonlocal voltage with the matrix's own answer, and what the amplifier makes of it."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(3, 1, figsize=(6, 6.5), sharex=True, layout="constrained", height_ratios=[1, 2, 2])
    ns = time * 1e9
    axes[0].plot(ns, current * 1e3, color="black")
    axes[0].set(ylabel="current (mA)")
    sparse = np.linspace(0, len(ns) - 1, 45).astype(int)
    for (state, voltage), color in zip(voltages.items(), ("C0", "C3"), strict=True):
        axes[1].plot(ns, voltage * 1e6, color=color, label=state)
        axes[1].plot(ns[sparse], (exact[state] * current[sparse]) * 1e6, "o", ms=4, mfc="none", color=color)
        axes[2].plot(ns, outputs[state] * 1e3, color=color, label=state)
    axes[1].plot([], [], "o", ms=4, mfc="none", color="black", label="matrix")
    axes[1].set(ylabel="nonlocal voltage (µV)")
    axes[2].set(ylabel="after the amplifier (mV)", xlabel="time (ns)", xlim=(0, 9))
    for ax in axes[1:]:
        ax.legend(frameon=False, fontsize="small", loc="upper right")
    for ax in axes:
        ax.axhline(0, color="0.8", lw=0.8, zorder=0)
    figure.savefig(out / "spice_lateral_valve.png", dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    r = run(Path())
    for state in STATES:
        found, matrix = r[f"R_{state}"], r[f"R_{state}_matrix"]
        print(f"{state:>12}: R_nl = {found * 1e3:+.9f} mohm in ngspice, {matrix * 1e3:+.9f} mohm from the matrix")
    print(f"spin signal R_s = {r['R_spin'] * 1e3:.6f} mohm")
    print(f"largest difference over the whole pulse: {r['worst_error']:.1e} of its height")
