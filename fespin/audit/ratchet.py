"""`check_ratchet`: does spin pass more easily one way than the other? Claims of geometric spin ratchets, decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from ..device.device import Device, check_device
from ..errors import InputError, must_be, suggest
from ..network.conductance import ConductanceMatrix
from ..transport.response import assemble_conductance
from ..transport.solve import conductance_matrix, conductance_responses, prepare
from ..transport.terms import BREAKING
from .onsager import breaking_causes
from .reciprocity import AUDIT_TOLERANCE

# forward and backward transmissions that agree to this fraction of the larger one are equal
EQUAL = 1e-9


@dataclass(frozen=True, kw_only=True)
class Transmission:
    """Spin transport between two terminals for one spin component.

    Parameters
    ----------
    component : str
    forward, backward : float
        Current out of the grounded terminal per volt of spin potential on the driven one, S: G^aa_21 and G^aa_12.
    drawn_forward, drawn_backward : float
        Current that the driven terminal draws, S: -G^aa_11 and -G^aa_22.
    enhancement : float or None
        Forward transmission over that of the reference device.
    """

    component: str
    forward: float
    backward: float
    drawn_forward: float
    drawn_backward: float
    enhancement: float | None = None

    @property
    def fraction_forward(self) -> float:
        """Transmitted over drawn current, drive at the first terminal."""
        return self.forward / self.drawn_forward

    @property
    def fraction_backward(self) -> float:
        """Transmitted over drawn current, drive at the second terminal."""
        return self.backward / self.drawn_backward

    @property
    def difference(self) -> float:
        """|forward - backward| over the larger of them; 0 if both vanish."""
        scale = max(abs(self.forward), abs(self.backward))
        return abs(self.forward - self.backward) / scale if scale else 0.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RatchetReport:
    """Transmissions both ways and a verdict in words.

    Parameters
    ----------
    device : str
    terminals : tuple of 2 str
    transmissions : tuple of Transmission
        For the spin components that both terminals can hold: x, y, z, or "m" along the magnetization of each magnetic
        terminal.
    asymmetry : float
        max |G_21 - G_12^T| of the 3 x 3 spin blocks over their largest entry: all components, mixed ones included.
    reference : str or None
        Name of the reference device.
    conductance : ConductanceMatrix
        From terminal reactions: forward and backward are independent numbers.
    breaking : tuple of str
        What in the device makes G differ from its transpose (a field, complex mixing conductances, ...).
    onsager : float or None
        Where something does: max |G_21(m, B) - eps eps G_12^T(-m, -B)| of the spin blocks over their largest entry.
    """

    device: str
    terminals: tuple[str, str]
    transmissions: tuple[Transmission, ...]
    asymmetry: float
    reference: str | None
    conductance: ConductanceMatrix = field(repr=False)
    breaking: tuple[str, ...] = ()
    onsager: float | None = None

    @property
    def is_ratchet(self) -> bool:
        """Whether spin passes more easily one way."""
        return self.asymmetry > EQUAL

    @property
    def verdict(self) -> str:
        """The decision in plain language."""
        one, two = self.terminals
        if not self.transmissions:
            return f"No ratchet to test: {one} and {two} hold no common spin component."
        if self.is_ratchet and self.onsager is not None and self.onsager <= EQUAL:
            return (
                f"Spin transmission differs with direction by {self.asymmetry:.2g}: not by shape, but by "
                f"{' and '.join(self.breaking)}. With magnetizations and field turned around it differs the other way "
                f"(Onsager's relation holds to {self.onsager:.1g})."
            )
        if self.is_ratchet:
            return (
                f"Spin transmission differs with direction by {self.asymmetry:.2g}: this contradicts reciprocity "
                "(eq 16) and points to an inaccurate solution."
            )
        t = self.transmissions[0]
        text = (
            f"Not a ratchet: spin passes equally well from {one} to {two} and back (difference {self.asymmetry:.1g})."
        )
        if abs(t.drawn_forward - t.drawn_backward) > 1e-6 * max(t.drawn_forward, t.drawn_backward):
            text += (
                " The driven terminals draw different currents, so the transmitted fraction is"
                f" {t.fraction_forward:.3g} one way and {t.fraction_backward:.3g} the other:"
                " a property of the contacts that can be misread as a ratchet."
            )
        if t.enhancement is not None:
            text += (
                f" Against {self.reference!r} it transmits {t.enhancement:.3g} times as much, in both directions alike:"
                " the shape changes the transmission, not its direction."
            )
        return text

    def __str__(self) -> str:
        one, two = self.terminals
        heads = (f"{one} -> {two}", f"{two} -> {one}", "difference", f"drawn at {one}", f"drawn at {two}", "fractions")
        lines = [f"{self.device}: spin transmission between {one} and {two}, siemens"]
        lines.append(" spin " + " ".join(f"{h:>{w}}" for h, w in zip(heads, (20, 20, 11, 18, 18, 17), strict=True)))
        for t in self.transmissions:
            lines.append(
                f"{t.component:>5} {t.forward:>20.12g} {t.backward:>20.12g} {t.difference:>11.1e}"
                f" {t.drawn_forward:>18.8g} {t.drawn_backward:>18.8g}"
                f" {t.fraction_forward:>8.4g} {t.fraction_backward:>8.4g}"
            )
            if t.enhancement is not None:
                lines.append(f"{'':>5} {t.enhancement:.6g} times the reference {self.reference!r}")
        return "\n".join([*lines, self.verdict])

    def _repr_html_(self) -> str:
        from ..notebook import html_text

        return html_text(self)

    def __repr__(self) -> str:
        return f"<fespin.RatchetReport: {self.verdict}>"

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able values."""
        numbers = ("component", "forward", "backward", "drawn_forward", "drawn_backward", "fraction_forward",
                   "fraction_backward", "enhancement")  # fmt: skip
        return {
            "device": self.device,
            "terminals": list(self.terminals),
            "transmissions": [{name: getattr(t, name) for name in numbers} for t in self.transmissions],
            "asymmetry": self.asymmetry,
            "is_ratchet": self.is_ratchet,
            "breaking": list(self.breaking),
            "onsager": self.onsager,
            "reference": self.reference,
            "verdict": self.verdict,
        }


def check_ratchet(
    device: Device,
    t1: str,
    t2: str,
    reference: Device | None = None,
    *,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = AUDIT_TOLERANCE,
) -> RatchetReport:
    """Decide whether a device passes spin more easily from `t1` to `t2` than back.

    Reciprocity makes the two transmissions equal for any shape (section IV of Bazaliy and Ramazashvili); the currents
    that the driven terminals draw, and with them the transmitted fractions, may differ (their fig 2).

    Parameters
    ----------
    device : Device
    t1, t2 : str
        Two terminals.
    reference : Device, optional
        A device with the same two terminals to compare the transmission with, e.g. the plain strip.
    order, backend, tolerance
        As for `conductance`.

    Returns
    -------
    RatchetReport

    Raises
    ------
    InputError
        An unknown terminal, or twice the same.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Mesh, NormalMetal, check_ratchet
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"thin": np.arange(5), "thick": np.arange(5, 10)},
    ...             boundaries={"left": [[0]], "right": [[10]]})
    >>> metals = {"thin": NormalMetal(conductivity=1e7, spin_diffusion_length=5e-8),
    ...           "thick": NormalMetal(conductivity=1e8, spin_diffusion_length=5e-8)}
    >>> device = Device.from_mesh(wire, regions=metals, terminals=["left", "right"], length_unit="nm",
    ...                           cross_section="1e4 nm^2")
    >>> report = check_ratchet(device, "left", "right")
    >>> report.is_ratchet, [round(x, 3) for t in report.transmissions[:1] for x in (t.fraction_forward,
    ...                                                                             t.fraction_backward)]
    (False, [0.396, 0.062])
    """
    check_device(device)
    if reference is not None:
        check_device(reference, "reference")
    for what in (d for d in (device, reference) if d is not None):
        for t in (t1, t2):
            if t not in what.terminals:
                raise InputError(f"device {what.name!r} has no terminal {t!r}; {suggest(t, what.terminals)}")
    if t1 == t2:
        raise must_be("t2", "another terminal than t1", t2)
    options: dict[str, Any] = {"order": order, "backend": backend, "tolerance": tolerance}
    G, breaking = _measured(device, **options)
    compared = None if reference is None else _measured(reference, **options)[0]
    back = _measured(device.reversed(), **options, warn=False)[0] if breaking else None
    report = _compare(device.name, (t1, t2), G, back, breaking, compared)
    return report if reference is None else replace(report, reference=reference.name)


def check_ratchets(
    device: Device, *, order: int = 1, backend: str = "auto", tolerance: float = AUDIT_TOLERANCE
) -> tuple[RatchetReport, ...]:
    """`check_ratchet` of every two terminals, from one solution of the device.

    Returns
    -------
    tuple of RatchetReport
        In the order of the terminals: (1, 2), (1, 3), ..., (2, 3), ...; empty for a single terminal.
    """
    check_device(device)
    if len(device.terminals) < 2:
        return ()
    options: dict[str, Any] = {"order": order, "backend": backend, "tolerance": tolerance}
    G, breaking = _measured(device, **options, warn=False)
    back = _measured(device.reversed(), **options, warn=False)[0] if breaking else None
    return tuple(_compare(device.name, pair, G, back, breaking) for pair in combinations(device.terminals, 2))


def _compare(
    name: str,
    pair: tuple[str, str],
    G: ConductanceMatrix,
    back: ConductanceMatrix | None,
    breaking: tuple[str, ...],
    compared: ConductanceMatrix | None = None,
) -> RatchetReport:
    """The report of two terminals; `back` is the matrix of the reversed device where something breaks reciprocity."""
    t1, t2 = pair
    forward, backward = G[t2, t1][1:, 1:], G[t1, t2][1:, 1:]
    scale = max(np.abs(forward).max(), np.abs(backward).max())
    onsager = None
    if back is not None:
        onsager = float(np.abs(forward - back[t1, t2][1:, 1:].T).max() / scale) if scale else 0.0
    return RatchetReport(
        device=name,
        terminals=pair,
        transmissions=tuple(_transmission(G, compared, t1, t2, axis, m) for axis, m in _components(G, t1, t2)),
        asymmetry=float(np.abs(forward - backward.T).max() / scale) if scale else 0.0,
        reference=None,
        conductance=G,
        breaking=breaking,
        onsager=onsager,
    )


def _measured(
    device: Device, *, order: int, backend: str, tolerance: float, warn: bool = True
) -> tuple[ConductanceMatrix, tuple[str, ...]]:
    """G from the nodal currents at the terminals, in which nothing makes the two directions equal, and what breaks
    it."""
    problem = prepare(device, order, warn=warn)
    responses = conductance_responses(problem, backend=backend, tolerance=tolerance)
    G = conductance_matrix(problem, responses)
    measured = replace(G, values=assemble_conductance(problem, responses, "reactions"))
    return measured, tuple(BREAKING[cause] for cause in breaking_causes(problem))


def _components(G: ConductanceMatrix, t1: str, t2: str) -> list[tuple[str, dict[str, np.ndarray]]]:
    """Spin directions to compare at both terminals: x, y, z between normal ones; a magnetic one has its own axis, and
    a normal one then that of the other."""
    found = {t: G.spaces[t].axis for t in (t1, t2)}
    magnetic = [axis for axis in found.values() if axis is not None]
    if magnetic:
        return [("m", {t: np.array(magnetic[0] if axis is None else axis) for t, axis in found.items()})]
    return [(name, {t1: axis, t2: axis}) for name, axis in zip("xyz", np.eye(3), strict=True)]


def _transmission(
    G: ConductanceMatrix,
    reference: ConductanceMatrix | None,
    t1: str,
    t2: str,
    name: str,
    axes: Mapping[str, np.ndarray],
) -> Transmission:
    def along(matrix: ConductanceMatrix, out: str, into: str) -> float:
        return float(axes[out] @ matrix[out, into][1:, 1:] @ axes[into])

    enhancement = None
    if reference is not None and along(reference, t2, t1) != 0:
        enhancement = along(G, t2, t1) / along(reference, t2, t1)
    return Transmission(
        component=name,
        forward=along(G, t2, t1),
        backward=along(G, t1, t2),
        drawn_forward=-along(G, t1, t1),
        drawn_backward=-along(G, t2, t2),
        enhancement=enhancement,
    )
