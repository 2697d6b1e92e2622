"""The built-in table of materials: published numbers and their sources, for ``base = "Cu"`` in device files.

A metal has no single spin diffusion length: it scales with purity, so that rho lambda is nearer to a
constant of the metal than lambda is. The table therefore has several entries per metal, named after the
film and the temperature, and every number says where it comes from and whether it was read there
("confirmed") or is only known in general ("UNCONFIRMED": check it before you rely on it). What is not known
is absent, to be given by the user.

Traps between publications and the numbers of fespin:

* Polarization is that of the conductivities, p = (sigma_up - sigma_down)/(sigma_up + sigma_down). It equals
  the beta of Valet and Fert, rho_up,down = 2 rho* (1 -+ beta); the ratio alpha = rho_down/rho_up of others
  gives p = (alpha - 1)/(alpha + 1).
* Their rho* is not the resistivity: rho = rho* (1 - beta^2). Likewise AR* = (AR_up + AR_down)/4 of
  interfaces; tables often print 2 AR*, or AR of a normal pair, for which the asymmetry is zero.
* Lateral spin valves analysed with one polarization for bulk and interface give Py and Co about half the
  value of multilayers (Villamor et al 2013, arXiv:1304.2123).
* The spin accumulation of fespin is V_s = mu_s/(2e) with mu_s = mu_up - mu_down; some authors call half of
  that mu_s.
* Spin Hall conductivities come in hbar/e or hbar/(2e), mixing conductances in 1/m^2 or in S/m^2 (e^2/h
  between them).
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from .errors import InputError, must_be, suggest
from .units import quantity

_KEYS = ("resistivity", "spin_diffusion_length", "polarization")
_PRODUCT = "resistivity_times_length"
_SYMBOLS = {
    "resistivity": "resistivity",
    "spin_diffusion_length": "spin diffusion length",
    "polarization": "polarization",
    "spin_hall_angle": "spin Hall angle",
    _PRODUCT: "resistivity x length",
    "spin_hall_conductivity": "spin Hall conductivity",
    "spin_hall_magnitude": "|spin Hall angle|",
    "spin_lifetime": "spin lifetime",
    "tunnel_polarization": "tunnel polarization",
    "area_resistance": "area resistance AR*",
    "asymmetry": "asymmetry gamma",
    "spin_memory_loss": "spin memory loss delta",
    "mixing_conductance": "Re mixing conductance",
    "mixing_conductance_imaginary": "Im mixing conductance",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One published number.

    Parameters
    ----------
    quantity : str
        Name of the quantity as in device files, or ``resistivity_times_length``.
    value, uncertainty, temperature : str
        With units; empty where not known.
    method : str
        How it was measured.
    citation, doi, arxiv : str
        Source; doi and arxiv empty where not known.
    confirmed : bool
        Whether the number was read in the source.
    note : str
    """

    quantity: str
    value: str
    temperature: str
    method: str
    citation: str
    confirmed: bool
    uncertainty: str = ""
    doi: str = ""
    arxiv: str = ""
    note: str = ""

    @property
    def spread(self) -> str:
        """The uncertainty with its unit, the larger one of two; empty where none is published."""
        if not self.uncertainty.startswith("+"):
            return self.uncertainty
        above, below, *unit = self.uncertainty.split()
        return " ".join([max(above[1:], below[1:], key=float), *unit])

    @property
    def source(self) -> str:
        """Citation with its identifiers, one line."""
        links = [f"doi:{self.doi}"] if self.doi else []
        links += [f"arXiv:{self.arxiv}"] if self.arxiv else []
        return ", ".join([self.citation, *links])


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A metal as prepared and measured in one way: kind as in device files, a title, rows of numbers."""

    name: str
    kind: str
    title: str
    rows: tuple[Row, ...]

    def get(self, quantity: str) -> Row | None:
        """The row of a quantity, None if the table does not know it."""
        return next((row for row in self.rows if row.quantity == quantity), None)


@functools.cache
def entries_of(table: str = "materials") -> dict[str, Entry]:
    """The table, read at first use."""
    text = resources.files("fespin").joinpath("data", "materials.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    entries = {}
    for name, entry in document[table].items():
        rows = []
        for row in entry["rows"]:
            source = document["sources"][row["source"]]
            rows.append(Row(**{k: v for k, v in row.items() if k != "source"}, **source))
        entries[name] = Entry(name=name, kind=entry.get("kind", "interface"), title=entry["title"], rows=tuple(rows))
    return entries


def materials() -> tuple[str, ...]:
    """Names of all entries, normal metals first.

    Examples
    --------
    >>> "Cu" in materials(), "Py-4K" in materials()
    (True, True)
    """
    return tuple(entries_of())


def entry(name: object) -> Entry:
    """The entry of a name, with the rows and sources of all its numbers.

    Raises
    ------
    InputError
        Not a string, or a name that the table does not have.

    Examples
    --------
    >>> entry("Py").get("resistivity_times_length").value
    '0.91 fohm m^2'
    """
    if not isinstance(name, str):
        raise must_be("base", "the name of a material in the built-in table", name, 'written like base = "Cu"')
    entries = entries_of()
    if name not in entries:
        raise InputError(f"base: no material {name!r} in the built-in table; {suggest(name, entries)}")
    return entries[name]


def base_entry(name: object, *, resistivity: float | None = None) -> dict[str, str | float]:
    """What the built-in table knows of a material, with the keys of device files.

    Parameters
    ----------
    name : str
        An entry of the table, see `materials`.
    resistivity : float, optional
        Of the user's film, ohm m. Where the product rho lambda is published, the spin diffusion length is
        that of this resistivity, not of the one in the table.

    Returns
    -------
    dict
        ``kind`` and those of ``resistivity``, ``spin_diffusion_length``, ``polarization`` that are known:
        strings with units, a number for the polarization.

    Raises
    ------
    InputError
        Not a string, a name that the table does not have, or a resistivity that is not positive.

    Examples
    --------
    >>> base_entry("Cu")
    {'kind': 'normal', 'resistivity': '2.9 uohm cm', 'spin_diffusion_length': '350 nm'}
    >>> base_entry("Py", resistivity=50e-8)["spin_diffusion_length"]
    '1.82 nm'
    """
    found = entry(name)
    out: dict[str, str | float] = {"kind": found.kind}
    for key in _KEYS:
        row = found.get(key)
        if row is not None:
            out[key] = float(row.value) if key == "polarization" else row.value
    if resistivity is not None:
        out["resistivity"] = f"{_positive(resistivity)!r} ohm m"
    length = _length(found, resistivity)
    if length:
        out["spin_diffusion_length"] = length
    return out


def spreads(name: object, *, resistivity: float | None = None) -> dict[str, str]:
    """Published uncertainties of what `base_entry` gives, by the same keys; of two, the larger one.

    A length that follows from the product rho lambda has the relative uncertainty of the product.

    Examples
    --------
    >>> spreads("Pt"), spreads("Py", resistivity=50e-8)
    ({'spin_diffusion_length': '0.4 nm'}, {'spin_diffusion_length': '0.08 nm'})
    """
    found = entry(name)
    rows = {key: row for key in _KEYS if (row := found.get(key)) is not None and row.uncertainty}
    out = {key: row.spread for key, row in rows.items()}
    if _length(found, resistivity):
        product = found.get(_PRODUCT)
        assert product is not None
        out.pop("spin_diffusion_length", None)
        if product.uncertainty:
            out["spin_diffusion_length"] = _length(found, resistivity, product.spread)
    return out


def unconfirmed(name: object) -> dict[str, str]:
    """Quantities of an entry whose source was not read, with that source: device-file key -> citation.

    Examples
    --------
    >>> sorted(unconfirmed("Cu"))
    ['resistivity', 'spin_diffusion_length']
    """
    found = entry(name)
    doubts = {row.quantity: row.citation for row in found.rows if not row.confirmed and row.quantity in _KEYS}
    product = found.get(_PRODUCT)
    if product is not None:  # the length follows from the product, whatever another row says
        doubts.pop("spin_diffusion_length", None)
        if not product.confirmed:
            doubts["spin_diffusion_length"] = product.citation
    return doubts


def _positive(resistivity: float) -> float:
    if not 0 < resistivity < float("inf"):
        raise must_be("resistivity", "a positive finite number in ohm m", resistivity)
    return float(resistivity)


def _length(found: Entry, resistivity: float | None, value: str = "") -> str:
    """Spin diffusion length from the published product rho lambda (or from `value`); empty where it does not follow."""
    product, tabulated = found.get(_PRODUCT), found.get("resistivity")
    if product is None or (resistivity is None and tabulated is None):
        return ""
    if resistivity is None:
        resistivity = quantity(tabulated.value, "ohm m", "resistivity")  # type: ignore[union-attr]
    nanometres = quantity(value or product.value, "ohm m^2", _PRODUCT) / resistivity * 1e9
    return f"{nanometres:.4g} nm"  # the product has two digits; four leave no trace of binary rounding


def describe(name: object) -> str:
    """The entry in readable lines: values, temperatures, methods, sources; 'UNCONFIRMED' where not read.

    Raises
    ------
    InputError
        As for `entry`.

    Examples
    --------
    >>> print(describe("Cu-10K"))
    Cu-10K: copper, thin film with impurities, 10 K (normal)
      spin diffusion length  200 nm +- 20 nm, at 10 K; lateral spin valve, Co contacts
        Ji et al, Appl. Phys. Lett. 88, 052509 (2006)
      not known, to be given: resistivity
    """
    found = entry(name)
    lines = [f"{found.name}: {found.title} ({found.kind})"]
    for row in found.rows:
        lines += row_lines(row)
    derived = _length(found, None)
    if derived:
        lines.append(f"  {'spin diffusion length':<21}  {derived} at this resistivity, from the product")
    if found.get("spin_hall_angle") is not None:
        lines.append("  `base` leaves the spin Hall effect out: write spin_hall_angle in the device file to have it")
    missing = _missing(found)
    if missing:
        lines.append("  not known, to be given: " + ", ".join(missing))
    return "\n".join(lines)


def row_lines(row: Row) -> list[str]:
    spread = (
        "" if not row.uncertainty else f" {row.uncertainty}" if row.uncertainty[0] in "+-" else f" +- {row.uncertainty}"
    )
    where = f"at {row.temperature}" if row.temperature[0].isdigit() else row.temperature
    mark = "" if row.confirmed else "  [UNCONFIRMED]"
    lines = [
        f"  {_SYMBOLS[row.quantity]:<21}  {row.value}{spread}, {where}; {row.method}{mark}",
        f"    {row.source}",
    ]
    if row.note:
        lines.append(f"    {row.note}")
    return lines


def _missing(found: Entry) -> list[str]:
    """Quantities that a device file has to add to this entry."""
    known = base_entry(found.name)
    needed = _KEYS if found.kind == "ferromagnet" else _KEYS[:2]
    follows = found.get(_PRODUCT) is not None  # lambda follows once the resistivity is given
    return [_SYMBOLS[key] for key in needed if key not in known and not (key == "spin_diffusion_length" and follows)]
