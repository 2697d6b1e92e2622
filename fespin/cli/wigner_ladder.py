"""``fespin wigner ladder``: one point of (mu, delta_eta), or all phases along one of them."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from ..errors import InputError
from ..wigner.bounds import bounds, thermal_bound
from ..wigner.ladder import Ladder
from ..wigner.phases import Sweep, polarization_of, sweep_delta_eta, sweep_mu, thermal_means
from ..wigner.table import LONGEST, exact_table
from .wigner import ladder_dict, ladder_line, ladder_of

Report = tuple[str, dict[str, Any], Any]


def report(arguments: argparse.Namespace) -> Report:
    """Text, numbers and picture of what was asked for."""
    ladder = ladder_of(arguments)
    exact = ladder.chains == 2 and ladder.length <= LONGEST and arguments.reach is None
    if arguments.sweep:
        return _sweep(ladder, arguments)
    if arguments.mu is None:
        raise InputError("fespin wigner ladder needs --mu X for one state, or --sweep mu for all phases")
    if arguments.temperature is not None:
        return _means(ladder, arguments, exact=exact)
    return _exact(ladder, arguments) if exact else _bounds(ladder, arguments)


def _sweep(ladder: Ladder, arguments: argparse.Namespace) -> Report:
    from ..plotting.wigner import plot_polarization

    if arguments.temperature is not None:
        raise InputError("--sweep must go without --temperature: phases end at T = 0; ask for single points instead")
    table = exact_table(ladder)
    if arguments.sweep == "mu":
        if arguments.mu is not None:
            raise InputError("--sweep mu must go without --mu, which is swept")
        sweep, fixed = sweep_mu(table, arguments.delta_eta), {"delta_eta": arguments.delta_eta}
    else:
        if arguments.mu is None:
            raise InputError("--sweep delta-eta must come with --mu X, which is kept")
        sweep, fixed = sweep_delta_eta(table, arguments.mu), {"mu": arguments.mu}
    first = -np.inf if sweep.variable == "mu" else 0.0
    low, high = np.r_[first, sweep.edges], np.r_[sweep.edges, np.inf]
    ((name, value),) = fixed.items()
    rows = [f"{ladder_line(ladder)}, {name} = {value:g} E0: exact phases along {sweep.variable}",
            f"{'N_up':>5}{'N_dn':>5}{'m':>10}{'from':>16}{'to':>16}"]  # fmt: skip
    for phase in zip(sweep.up, sweep.down, sweep.polarization, low, high, strict=True):
        rows.append("{:5}{:5}{:10.6f}{:16.10f}{:16.10f}".format(*phase))
    names = ("up", "down", "polarization", "low", "high")
    values = zip(sweep.up, sweep.down, sweep.polarization, low, high, strict=True)
    numbers = {"ladder": ladder_dict(ladder), "unit": "E0", "variable": sweep.variable,
               "fixed": fixed,
               "phases": [dict(zip(names, one, strict=True)) for one in values]}  # fmt: skip
    return "\n".join(rows), numbers, lambda ax: plot_polarization(sweep, _ends(sweep), ax)


def _ends(sweep: Sweep) -> tuple[float, float]:
    """All edges and some room."""
    low, high = (float(sweep.edges[0]), float(sweep.edges[-1])) if len(sweep.edges) else (0.0, 1.0)
    room = 0.05 * (high - low + 1)
    return (low - room if sweep.variable == "mu" else 0.0), high + room


def _exact(ladder: Ladder, arguments: argparse.Namespace) -> Report:
    table = exact_table(ladder)
    sweep = sweep_mu(table, arguments.delta_eta)
    k = int(sweep.at(arguments.mu))
    up, down = int(sweep.up[k]), int(sweep.down[k])
    gain = ladder.potentials(arguments.mu, arguments.delta_eta) @ (up, down)
    numbers = {**_labels(ladder, arguments), "up": up, "down": down, "polarization": float(sweep.polarization[k]),
               "energy": float(table.energy[up, down]), "grand_energy": float(table.energy[up, down] - gain),
               "exact": True, "occupations": table.state(up, down)}  # fmt: skip
    m = numbers["polarization"]
    rows = [_title(ladder, arguments), f"exact ground state: N_up = {up}, N_dn = {down}, m = {m:.9f}",
            f"E = {numbers['energy']:.12f}, E - mu.N = {numbers['grand_energy']:.12f} E0"]  # fmt: skip
    return _with_state(ladder, rows, numbers)


def _bounds(ladder: Ladder, arguments: argparse.Namespace) -> Report:
    found = bounds(ladder, mu=arguments.mu, delta_eta=arguments.delta_eta, reach=arguments.reach)
    numbers = {**_labels(ladder, arguments), "up": found.up, "down": found.down, "polarization": found.polarization,
               "lower": found.lower, "upper": found.upper, "gap_per_site": found.gap_per_site, "reach": found.reach,
               "exact": False, "occupations": found.occupations}  # fmt: skip
    rows = [_title(ladder, arguments),
            f"best state found: N_up = {found.up}, N_dn = {found.down}, m = {found.polarization:.9f}",
            f"proven: {found.lower:.9f} <= min (E - mu.N) <= {found.upper:.9f} E0, {found.gap_per_site:.2g} per site "
            f"(transfer matrix over R = {found.reach} rungs)"]  # fmt: skip
    return _with_state(ladder, rows, numbers)


def _means(ladder: Ladder, arguments: argparse.Namespace, *, exact: bool) -> Report:
    T = arguments.temperature
    if arguments.plot:
        raise InputError("--plot must go without --temperature: there is no single state to draw")
    if exact:
        means = thermal_means(exact_table(ladder, [T]), T, arguments.mu, arguments.delta_eta)
        up, down, omega = float(means.up), float(means.down), float(means.grand_potential)
        ends = {"grand_potential": omega, "imbalance": float(means.imbalance)}
        line = f"exact: Omega = {omega:.12f} E0, <|N_up - N_dn|> = {float(means.imbalance):.9f}"
    else:
        found = thermal_bound(ladder, T, mu=arguments.mu, delta_eta=arguments.delta_eta, reach=arguments.reach)
        up, down = float(found.occupations[::2].sum()), float(found.occupations[1::2].sum())
        ends = {"grand_potential_lower": found.grand_potential, "grand_potential_upper": found.upper}
        line = (f"proven: {found.grand_potential:.9f} <= Omega <= {found.upper:.9f} E0; the means are those of the "
                "bound's model")  # fmt: skip
    m = polarization_of(up, down)
    rows = [f"{_title(ladder, arguments)}, T = {T:g} E0/k_B", line,
            f"<N_up> = {up:.9f}, <N_dn> = {down:.9f}, m of the means = {m:.9f}"]  # fmt: skip
    numbers = {**_labels(ladder, arguments), "temperature": T, "up": up, "down": down, "polarization": m,
               "exact": exact, **ends}  # fmt: skip
    return "\n".join(rows), numbers, None


def _labels(ladder: Ladder, arguments: argparse.Namespace) -> dict[str, Any]:
    return {"ladder": ladder_dict(ladder), "unit": "E0", "mu": arguments.mu, "delta_eta": arguments.delta_eta}


def _title(ladder: Ladder, arguments: argparse.Namespace) -> str:
    return f"{ladder_line(ladder)}, mu = {arguments.mu:g}, delta_eta = {arguments.delta_eta:g} E0"


def _with_state(ladder: Ladder, rows: list[str], numbers: dict[str, Any]) -> Report:
    from ..plotting.wigner import plot_state

    state = np.asarray(numbers["occupations"])
    if ladder.length <= 110:
        for chain, sites in enumerate(state):
            rows.append(f"{'down' if chain % 2 else 'up':>5} " + "".join("#" if one else "." for one in sites))

    def draw(ax: Any) -> Any:
        ax.figure.set_size_inches(9.0, 1.1 + 0.3 * ladder.chains)
        return plot_state(ladder, state, ax)

    return "\n".join(rows), numbers, draw
