"""Resistances with any wiring, and what is made of several: nonlocal signals, magnetoresistance, absorption."""

from __future__ import annotations

from typing import Literal

from ...errors import InputError, must_be
from ..conductance import ConductanceMatrix
from ..drive import Spin
from .measurement import Comparison, Experiment, Measurement, distinct, ratio

Pair = tuple[str, str]
States = tuple[ConductanceMatrix, ConductanceMatrix]


def resistance(G: ConductanceMatrix, *, current: Pair, voltage: Pair | None = None, spin: Spin) -> Measurement:
    """Two-, three- or four-terminal resistance R_{ab,cd} = (V_c - V_d)/I with I into a and out of b.

    No charge current flows at the other terminals. A half metal's voltage is that of its channel, which is V_e
    of a lead without spin accumulation on it. R_{ab,cd}(m) = R_{cd,ab}(-m) for any wiring of the spin.

    Parameters
    ----------
    G : ConductanceMatrix
    current : (a, b)
        Terminals where the current enters and leaves; potentials count from b.
    voltage : (c, d), optional
        Terminals of the voltmeter; by default (a, b), the two-terminal resistance, which is positive.
    spin : {"open", "grounded"} or mapping of str to these
        Whether spin currents flow out at the terminals, into leads without spin accumulation (grounded), or not
        (open); for all terminals or by terminal.

    Returns
    -------
    Measurement
        Ohm.

    Raises
    ------
    InputError
        Unknown terminal, a pair of one terminal, potentials that float.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=0.25, length=1.0, area=1.0, terminals=("a", "b"))
    >>> R = resistance(wire, current=("a", "b"), spin="grounded")
    >>> round(R.value, 12), R.unit, round(R.sensitivity[0, 0].item(), 12)
    (4.0, 'ohm', 16.0)
    """
    return _resistance(G, current, current if voltage is None else voltage, spin, "resistance")


def nonlocal_signal(G: ConductanceMatrix, *, inject: Pair, detect: Pair, spin: Spin) -> Measurement:
    """Nonlocal resistance R_NL = V/I: the four-terminal resistance with no terminal in both pairs.

    Parameters
    ----------
    G : ConductanceMatrix
    inject : (a, b)
        Current enters at a (the injector) and leaves at b.
    detect : (c, d)
        V = V_c - V_d, with c the detector.
    spin : {"open", "grounded"} or mapping of str to these
        See `resistance`.

    Returns
    -------
    Measurement
        Ohm.

    Raises
    ------
    InputError
        A terminal in both pairs; else as `resistance`.
    """
    if set(inject) & set(detect):
        shared = ", ".join(sorted(set(inject) & set(detect)))
        rule = "without the terminals that carry the current"
        raise must_be("nonlocal detection", rule, detect, f"shared: {shared}; use resistance for three terminals")
    return _resistance(G, inject, detect, spin, "nonlocal signal")


def delta_nonlocal(
    parallel: ConductanceMatrix, antiparallel: ConductanceMatrix, *, inject: Pair, detect: Pair, spin: Spin
) -> Comparison:
    """Spin signal Delta R_NS = R_NL(P) - R_NL(AP) of a lateral valve, in ohm.

    Twice the V/I of Takahashi and Maekawa, PRB 67, 052409 (2003), which changes sign between the states.

    Parameters
    ----------
    parallel, antiparallel : ConductanceMatrix
        The device with parallel and antiparallel magnetizations.
    inject, detect, spin
        See `nonlocal_signal`.
    """
    first, second = (nonlocal_signal(G, inject=inject, detect=detect, spin=spin) for G in (parallel, antiparallel))
    return Comparison(
        name="nonlocal spin signal",
        value=first.value - second.value,
        unit="ohm",
        parts=(first, second),
        weights=(1.0, -1.0),
    )


def magnetoresistance(
    parallel: ConductanceMatrix,
    antiparallel: ConductanceMatrix,
    *,
    current: Pair,
    voltage: Pair | None = None,
    spin: Spin,
    relative_to: Literal["parallel", "antiparallel"] = "parallel",
) -> Comparison:
    """(R_AP - R_P)/R_P, the ratio that GMR and TMR work quotes, or over R_AP, which stays below 1.

    Parameters
    ----------
    parallel, antiparallel : ConductanceMatrix
    current, voltage, spin
        See `resistance`.
    relative_to : {"parallel", "antiparallel"}
        The state in the denominator.

    Returns
    -------
    Comparison
        Unit 1; `parts` are R_P and R_AP in ohm.

    Raises
    ------
    InputError
        Another word in `relative_to`, a resistance of zero there; else as `resistance`.
    """
    if relative_to not in ("parallel", "antiparallel"):
        raise must_be("magnetoresistance.relative_to", "'parallel' or 'antiparallel'", relative_to)
    pair = current if voltage is None else voltage
    P, AP = (
        _resistance(G, current, pair, spin, f"{state} resistance")
        for G, state in ((parallel, "parallel"), (antiparallel, "antiparallel"))
    )
    return ratio("magnetoresistance", [(P, -1.0), (AP, 1.0)], [(P if relative_to == "parallel" else AP, 1.0)])


def spin_absorption_ratio(
    absorbing: States, reference: States, *, inject: Pair, detect: Pair, spin: Spin
) -> Comparison:
    """eta = Delta R_NS with an absorber / Delta R_NS without it: 1 for none, 0 for complete absorption.

    Kimura, Hamrle and Otani, PRB 72, 014461 (2005), in the form of Niimi. From one pair of matrices with a
    terminal M where the absorber goes: the reference is ``G.without("M")``, the absorbing state is `connect` of
    G with the matrix of the absorber, and ``G.grounded({"M": "spin"}).with_open({"M": "charge"})`` a perfect one.

    Parameters
    ----------
    absorbing, reference : (parallel, antiparallel)
        Matrices of the valve in its two states, with the absorber and without.
    inject, detect, spin
        See `nonlocal_signal`.

    Returns
    -------
    Comparison
        Unit 1; `parts` are the signals with absorber P, AP and without P, AP.

    Raises
    ------
    InputError
        No signal without the absorber; else as `nonlocal_signal`.
    """
    signals = [
        _named(nonlocal_signal(G, inject=inject, detect=detect, spin=spin), f"nonlocal signal {which} the absorber")
        for which, states in (("with", absorbing), ("without", reference))
        for G in states
    ]
    with_P, with_AP, without_P, without_AP = signals
    largest = max(abs(without_P.value), abs(without_AP.value))
    if abs(without_P.value - without_AP.value) <= 1e-13 * largest:
        raise InputError("the spin absorption ratio has no value: there is no spin signal without the absorber")
    return ratio("spin absorption ratio", [(with_P, 1.0), (with_AP, -1.0)], [(without_P, 1.0), (without_AP, -1.0)])


def _named(measured: Measurement, name: str) -> Measurement:
    return measured.scaled(1.0, name=name)


def _resistance(G: ConductanceMatrix, current: Pair, voltage: Pair, spin: Spin, name: str) -> Measurement:
    a, b = distinct("current", current)
    c, d = distinct("voltage", voltage)
    experiment = Experiment(G, spin=spin, reference=b)
    state = experiment.inject((experiment.charge(a), 1.0), (experiment.charge(b), -1.0))
    return experiment.read(name, "ohm", state, potential=[(experiment.charge(c), 1.0), (experiment.charge(d), -1.0)])
