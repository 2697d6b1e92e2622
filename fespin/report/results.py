"""Parts of the page about what was computed: matrix, checks, fields, ratchet."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.constants import e, h, hbar

from ..audit.ratchet import RatchetReport
from ..audit.report import Check
from ..network.conductance import ConductanceMatrix
from ..network.terminal import COMPONENTS
from ..plotting.coordinates import scaled
from .gather import MOST_PAIRS, Findings
from .html import Markup, data, join, listing, picture, quantity, section, table, tag
from .pictures import draw_checks, draw_fields, draw_matrix

UNITS = {"S": 1.0, "mS": 1e3, "µS": 1e6, "nS": 1e9, "kS": 1e-3, "e²/h": h / e**2}  # of 1 S
_NOISE = 1e-12  # of the largest entry
_SHADES = 5


def matrix_part(found: Findings) -> Markup:
    """Controls, the table, the picture; without the script the whole matrix stands there."""
    G = found.G
    _, unit = scaled(G.values, "S")
    unit = unit if unit in UNITS else "S"
    value = {"terminals": list(G.terminals), "components": list(COMPONENTS), "values": G.values.tolist(),
             "convention": G.convention, "units": UNITS, "unit": unit, "noise": _NOISE}  # fmt: skip
    sign = "out of" if G.convention == "out" else "into"
    words = (
        f"I = G V. A row is a current {sign} the device, a column a potential; spin currents count charge, so all "
        "entries have one unit. Colours: red positive, blue negative, logarithmic over four decades."
    )
    return section(
        "Conductance matrix",
        "matrix",
        tag("p", words),
        _controls(G, unit),
        tag("div", _matrix_table(G, unit), cls="scroll", tabindex="0", role="region", aria_label="Conductance matrix",
            id="matrix-box"),
        Markup('<p id="matrix-status" role="status" aria-live="polite"></p>'),
        picture(draw_matrix(G), "Heat map of the conductance matrix; the table above holds its numbers.",
                "The matrix in colours with a fixed zero."),
        data("matrix-data", value),
    )  # fmt: skip


def _controls(G: ConductanceMatrix, unit: str) -> Markup:
    def choice(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> Markup:
        made = [
            tag("option", words, value=value, **({"selected": "selected"} if value == chosen else {}))
            for value, words in options
        ]
        return tag("label", join([tag("span", label), tag("select", join(made), id=name)]))

    terminals = [("", "all terminals"), *((str(k), t) for k, t in enumerate(G.terminals))]
    parts = [("exyz", "charge and spin"), ("e", "charge only"), ("xyz", "spin only"),
             *((c, f"spin {c} only") for c in "xyz")]  # fmt: skip
    boxes = [
        choice("matrix-rows", "Currents at", terminals, ""),
        choice("matrix-row-parts", "of", parts, "exyz"),
        choice("matrix-columns", "Potentials at", terminals, ""),
        choice("matrix-column-parts", "of", parts, "exyz"),
        choice("matrix-unit", "Unit", [(name, name) for name in UNITS], unit),
        choice(
            "matrix-sign", "Currents count", [("out", "out of the device"), ("in", "into the device")], G.convention
        ),
        Markup('<button type="button" id="matrix-copy">Copy as CSV</button>'),
    ]
    return tag("div", join(boxes), cls="controls", id="matrix-controls", hidden="hidden")


def _matrix_table(G: ConductanceMatrix, unit: str) -> Markup:
    names = [f"{t}:{c}" for t in G.terminals for c in COMPONENTS]
    values = G.values * UNITS[unit]
    top = float(np.abs(values).max()) or 1.0
    corner = tag("th", f"G in {unit}", scope="col")
    head = tag("tr", join([corner, *(tag("th", name, scope="col", cls="n") for name in names)]))
    rows = [
        tag("tr", join([tag("th", name, scope="row"), *(_cell(float(v), top) for v in row)]))
        for name, row in zip(names, values, strict=True)
    ]
    return tag("table", join([tag("thead", head), tag("tbody", join(rows))]), id="matrix-table", cls="matrix")


def _cell(value: float, top: float) -> Markup:
    if abs(value) <= _NOISE * top:
        return tag("td", "0", cls="n")
    return tag("td", f"{value:.4g}", cls=f"n {shade(value, top)}")


def shade(value: float, top: float) -> str:
    """Class of a cell's colour: p1 to p5 and n1 to n5 over four decades.

    Examples
    --------
    >>> shade(1.0, 1.0), shade(-0.011, 1.0), shade(1e-9, 1.0)
    ('p5', 'n3', 'p1')
    """
    place = 1 + math.log10(abs(value) / top) / 4
    return ("p" if value > 0 else "n") + str(min(max(math.ceil(_SHADES * place), 1), _SHADES))


def checks_part(found: Findings) -> Markup:
    """Every identity with value, tolerance, verdict and law."""
    report = found.reciprocity
    rows = [(c.name, _number(c.value), _bound(c), _verdict(c.passed), c.statement) for c in report]
    parts = [
        tag("p", f"{report.verdict}."),
        table("Identities of the matrix", ("check", "value", "bound", "verdict", "law"), rows, words=(0, 3, 4)),
        picture(draw_checks(report), "Bars of the deviations against their tolerances; the table holds the numbers.",
                "How far each identity is from exact, relative to the largest entry of G."),
    ]  # fmt: skip
    if report.breaking:
        words = (
            "G is not symmetric here, and need not be: Onsager's relation compares it with that of the device whose "
            f"magnetizations and field are turned around. Plain asymmetry {report.asymmetry:.3g}, from:"
        )
        terms = [(t.name, _number(t.size), _number(t.asymmetry)) for t in report.breaking]
        head = ("term", "changes G by", "asymmetry alone")
        parts += [tag("p", words), table("Terms that break plain reciprocity", head, terms)]
    if report.not_applicable:
        parts += [tag("h3", "Not applicable or not measured"), listing(report.not_applicable)]
    return section("Checks", "checks", *parts)


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"


def _bound(check: Check) -> str:
    return f"{'≥' if check.at_least else '≤'} {check.tolerance:.3g}"


def _verdict(passed: bool) -> Markup:
    return tag("span", "pass" if passed else "FAIL", cls="good" if passed else "bad")


def fields_part(found: Findings) -> Markup:
    """Pictures and integrals of one solution."""
    solution = found.solution
    driven = ", ".join(
        f"{t}:{c} = {quantity(v, 'V')}" for t, values in found.applied.items() for c, v in values.items()
    )
    parts = [tag("p", f"Drive: {driven or 'none'}; all other potentials of terminals are 0.")]
    pictures = join(picture(png, alt, caption) for png, alt, caption in draw_fields(solution))
    parts.append(tag("div", pictures, cls="figures"))
    top = max((abs(v) for values in solution.currents.values() for v in values.values()), default=0.0)
    rows = [(t, *(_current(values[c], top) for c in COMPONENTS)) for t, values in solution.currents.items()]
    parts.append(table("Currents out of the device", ("terminal", *(f"I {c}" for c in COMPONENTS)), rows))
    heat = [(name, quantity(power, "W")) for name, power in solution.dissipated_power.items()]
    parts.append(table("Heat", ("region or interface", "power"), heat))
    lost = [(name, *(_current(x, top) for x in current)) for name, current in solution.relaxation.items()]
    parts.append(table("Spin current lost to relaxation", ("region or interface", *"xyz"), lost))
    if solution.torques:
        turned = [(name, *(_torque(x, top) for x in t)) for name, t in solution.torques.items()]
        parts.append(table("Spin-transfer torque", ("magnet", *"xyz"), turned))
    balance = float(np.abs(solution.spin_balance).max()) / (top or 1.0)
    parts.append(tag("p", f"Spin balance: currents + relaxation + precession + torques leave {_number(balance)} of the "
                          "largest current."))  # fmt: skip
    return section("Fields", "fields", *parts)


def _current(value: float, top: float) -> str:
    return "0" if abs(value) <= _NOISE * top else quantity(value, "A")


def _torque(value: float, top: float) -> str:
    return "0" if abs(value) <= _NOISE * top * hbar / (2 * e) else f"{value:.4g} N m"


def ratchet_part(found: Findings) -> Markup:
    """Transmissions both ways between every two terminals."""
    if not found.ratchets:
        count = len(found.device.terminals)
        why = "a single terminal" if count < 2 else f"{count * (count - 1) // 2} pairs, more than {MOST_PAIRS}"
        said = [f"Not tested: {why}. ", tag("code", "fespin ratchet"), " compares any two."]
        return section("Ratchet", "ratchet", tag("p", join(said)))
    verdicts = {" and ".join(r.terminals): r.verdict for r in found.ratchets}
    said = [tag("p", v) for v in verdicts.values()] if len(verdicts) == 1 else [
        listing(join([tag("strong", f"{pair}: "), v]) for pair, v in verdicts.items())
    ]  # fmt: skip
    head = ("terminals", "spin", "forward", "backward", "difference", "fraction forward", "fraction backward")
    rows = [row for report in found.ratchets for row in _transmissions(report)]
    tables = [table("Spin transmission both ways", head, rows, words=(0, 1))] if rows else []
    words = (
        "Forward: spin current out of the second terminal per volt of spin potential at the first one. Reciprocity "
        "makes both ways equal for any shape; the fractions of the drawn current may differ."
    )
    return section("Ratchet", "ratchet", tag("p", words), *said, *tables)


def _transmissions(report: RatchetReport) -> Iterator[tuple[str, ...]]:
    one, two = report.terminals
    for t in report.transmissions:
        fractions = (
            f"{a / b:.4g}" if b else "–" for a, b in ((t.forward, t.drawn_forward), (t.backward, t.drawn_backward))
        )
        yield (f"{one} → {two}", t.component, quantity(t.forward, "S", 6), quantity(t.backward, "S", 6),
               _number(t.difference), *fractions)  # fmt: skip
