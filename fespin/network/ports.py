"""Fixing potentials or currents at ports for good: what is left is again a conductance matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..errors import InputError, must_be
from .amplitudes import WEAKEST_TIE, Amplitudes, Array, Ports
from .conductance import ConductanceMatrix
from .elimination import schur_complement


def ground(G: ConductanceMatrix, ports: Ports) -> ConductanceMatrix:
    """Hold the potentials of some ports at zero: their rows and columns leave.

    Grounded spin is that of a reservoir without spin accumulation, which takes up any spin current. A terminal
    all of whose potentials are grounded leaves. After charge was grounded somewhere, potentials count from
    there and the charge that flows to ground is missing from the sums over the other terminals.

    Parameters
    ----------
    G : ConductanceMatrix
    ports : mapping of str to str or sequence of str, or str
        Components by terminal: ``{"left": ["x", "y"], "F": "m"}``, or "charge", "spin", "all" of a terminal.
        One of these words alone means every terminal.

    Returns
    -------
    ConductanceMatrix
        Siemens, in the convention of G; 4T x 4T over the terminals that are left, with zeros for what is gone.

    Raises
    ------
    InputError
        Unknown terminal or component, or nothing would be left.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=2.0, length=1.0, area=1.0)
    >>> G = ground(wire, {"1": "spin"})
    >>> G.spaces["1"].labels, G["2", "z", "2", "z"], G["2", "e", "1", "e"]
    (('e',), -2.0, 2.0)
    """
    amplitudes = Amplitudes(G)
    gone = amplitudes.select(ports)
    keep = _others(amplitudes, gone, "ground")
    return _left(amplitudes, keep, gone, amplitudes.g[keep][:, keep], grounded=True)


def open_ports(G: ConductanceMatrix, ports: Ports) -> ConductanceMatrix:
    """Let no current flow at some ports, whose potentials adjust themselves: a Schur complement.

    Open spin is that of a contact that takes up charge only, or of an end of the device.

    Parameters
    ----------
    G : ConductanceMatrix
    ports : mapping of str to str or sequence of str, or str
        As for `ground`.

    Returns
    -------
    ConductanceMatrix
        Siemens, in the convention of G; symmetric, conserving and passive as far as G is.

    Raises
    ------
    InputError
        Unknown terminal or component, nothing would be left, or the potentials of the ports float: nothing that
        is left ties them down by more than 1e-9 of what ties them to each other.

    Examples
    --------
    The spin resistance of a wire with open ends is lambda coth(L/lambda)/(sigma A) in place of tanh:

    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1.0, spin_diffusion_length=1.0, length=1.0, area=1.0)
    >>> round(ground(wire, {"2": "spin"})["1", "z", "1", "z"], 6)
    -1.313035
    >>> round(open_ports(wire, {"2": "spin"})["1", "z", "1", "z"], 6)
    -0.761594
    """
    amplitudes = Amplitudes(G)
    gone = amplitudes.select(ports)
    keep = _others(amplitudes, gone, "open")

    def refuse(loose: list[int]) -> InputError:
        names = amplitudes.names(gone[k] for k in loose)
        return InputError(
            f"opening {names} leaves them floating: nothing that is left ties their potentials down; "
            "keep one of them, or ground it"
        )

    matrix = schur_complement(amplitudes.g, keep, gone, refuse=refuse, tolerance=WEAKEST_TIE)
    return _left(amplitudes, keep, gone, matrix, grounded=False)


def eliminate(G: ConductanceMatrix, terminals: str | Iterable[str]) -> ConductanceMatrix:
    """Make terminals internal: no current of any kind flows there (Kron reduction).

    Voltage probes that draw neither charge nor spin, and nodes of a circuit at which currents balance.

    Parameters
    ----------
    G : ConductanceMatrix
    terminals : str or sequence of str

    Returns
    -------
    ConductanceMatrix
        Over the other terminals.

    Raises
    ------
    InputError
        Unknown terminal, nothing would be left, or a potential there floats.

    Examples
    --------
    >>> from fespin.network.elements import normal_wire
    >>> wire = normal_wire(conductivity=1.0, spin_diffusion_length=1.0, length=1.0, area=1.0)
    >>> eliminate(wire, "2").terminals
    ('1',)
    """
    names = [terminals] if isinstance(terminals, str) else list(terminals)
    return open_ports(G, dict.fromkeys(names, "all"))


def _others(amplitudes: Amplitudes, gone: Sequence[int], verb: str) -> list[int]:
    keep = [k for k in range(len(amplitudes.labels)) if k not in set(gone)]
    if not keep:
        raise must_be(f"the ports to {verb}", "some of the ports, so that one is left", amplitudes.names(gone))
    return keep


def _left(
    amplitudes: Amplitudes, keep: Sequence[int], gone: Sequence[int], matrix: Array, *, grounded: bool
) -> ConductanceMatrix:
    """The matrix over what is kept, with the history in `info`."""
    G = amplitudes.matrix
    lost: dict[str, list[str]] = {name: [] for name in G.terminals}
    for k in gone:
        terminal, label = amplitudes.labels[k]
        lost[terminal].append(label)
    spaces = {name: G.spaces[name].without(labels, grounded=grounded) for name, labels in lost.items()}
    left = {name: space for name, space in spaces.items() if space is not None}
    step = {"grounded" if grounded else "open": {name: labels for name, labels in lost.items() if labels}}
    info = {**G.info, "ports": [*G.info.get("ports", []), step]}
    reduced = ConductanceMatrix.from_reduced(matrix, terminals=list(left), spaces=list(left.values()), info=info)
    return replace(reduced, convention=G.convention)
