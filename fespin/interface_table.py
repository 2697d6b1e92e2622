"""The built-in table of interfaces: published numbers and their sources, for ``base = "Co/Cu"`` in device files.

Every area resistance is AR* = (AR_up + AR_dn)/4, whatever was printed, and every mixing conductance is in
1/(ohm m^2); a note says what was printed. Mixing conductances are shown and not taken by ``base``: they come from other
samples and theories than AR*, and together they must obey Re g_mix >= (g_up + g_dn)/2.
"""

from __future__ import annotations

from .errors import InputError, must_be, suggest
from .table import Entry, entries_of, row_lines

_KEYS = ("area_resistance", "asymmetry", "spin_memory_loss")


def interfaces() -> tuple[str, ...]:
    """Names of all entries.

    Examples
    --------
    >>> interfaces()[:2]
    ('Co/Pt', 'Co/Cu')
    """
    return tuple(entries_of("interfaces"))


def interface_entry(name: object) -> Entry:
    """The entry of a name, with the rows and sources of all its numbers.

    Raises
    ------
    InputError
        Not a string, or a name that the table does not have.

    Examples
    --------
    >>> interface_entry("Ni/Ru").get("area_resistance").note      # AR* is half of it
    'printed as 2AR* = 1.7 (+0.4 -0.3)'
    """
    if not isinstance(name, str):
        raise must_be("base", "the name of an interface in the built-in table", name, 'written like base = "Co/Cu"')
    entries = entries_of("interfaces")
    if name not in entries:
        raise InputError(f"base: no interface {name!r} in the built-in table; {suggest(name, entries)}")
    return entries[name]


def base_interface(name: object) -> dict[str, str]:
    """What the built-in table knows of an interface with the keys of device files, uncertainties included.

    Examples
    --------
    >>> base_interface("Pd/Ir")
    {'area_resistance': '0.51 fohm m^2 +- 0.03 fohm m^2'}
    """
    rows = [row for row in interface_entry(name).rows if row.quantity in _KEYS]
    return {row.quantity: f"{row.value} +- {row.spread}" if row.uncertainty else row.value for row in rows}


def unconfirmed_interface(name: object) -> dict[str, str]:
    """Quantities of an entry whose source was not read: device-file key -> citation."""
    return {row.quantity: row.citation for row in interface_entry(name).rows if not row.confirmed}


def describe_interface(name: object) -> str:
    """The entry in readable lines, as `fespin.table.describe` does for materials.

    Examples
    --------
    >>> print(describe_interface("Co/Ru"))
    Co/Ru: cobalt on ruthenium, liquid helium (interface)
      spin memory loss delta  0.34 +0.04 -0.02, at 4.2 K; multilayers, current perpendicular
        Spin memory loss at Co/Ru interfaces (2011), arXiv:1104.3095
      not known, to be given: area_resistance
    """
    found = interface_entry(name)
    lines = [f"{found.name}: {found.title} ({found.kind})"]
    for row in found.rows:
        lines += row_lines(row)
    if found.get("area_resistance") is None:
        lines.append("  not known, to be given: area_resistance")
    return "\n".join(lines)
