"""One table of a netlist: its keys read with units, what is missing, unknown or of the wrong kind refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import InputError, must_be, suggest
from ..network.terminal import COMPONENTS
from ..units import quantity


class Entry:
    """A table and the words errors use for its place.

    Parameters
    ----------
    where : str
        Such as ``[elements.R1]``.
    table : Any
        What the TOML file has there.

    Raises
    ------
    InputError
        Not a table.

    Examples
    --------
    >>> Entry("[elements.R1]", {"length": "20 nm"}).quantity("length", "m")
    2e-08
    """

    def __init__(self, where: str, table: Any) -> None:
        if not isinstance(table, Mapping):
            raise must_be(where, "a table", table)
        self.where = where
        self._table = table

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def only(self, keys: Sequence[str]) -> None:
        """Refuse the first key that is not among `keys`."""
        for key in self._table:
            if key not in keys:
                raise InputError(f"{self.where} has the unknown key {key!r}; {suggest(key, keys)}")

    def get(self, key: str, hint: str = "") -> Any:
        """The value of a key that must be there."""
        if key not in self._table:
            raise InputError(f"{self.where} must have the key {key!r}, got none" + (f"; {hint}" if hint else ""))
        return self._table[key]

    def quantity(self, key: str, unit: str, default: float | None = None) -> float:
        """A number with its unit; `default` makes the key optional."""
        if default is not None and key not in self._table:
            return default
        return quantity(self.get(key), unit, f"{self.where} {key}")

    def complex_quantity(self, key: str, unit: str) -> complex:
        """One quantity, or a list of the real and the imaginary part."""
        value = self.get(key)
        if not isinstance(value, list):
            return complex(quantity(value, unit, f"{self.where} {key}"), 0.0)
        if len(value) != 2:
            raise must_be(f"{self.where} {key}", "a quantity or a list of its real and imaginary part", value)
        return complex(*(quantity(part, unit, f"{self.where} {key}") for part in value))

    def text(self, key: str, hint: str = "") -> str:
        """A string."""
        value = self.get(key, hint)
        if not isinstance(value, str):
            raise must_be(f"{self.where} {key}", "a string", value)
        return value

    def vector(self, key: str) -> list[float]:
        """Three numbers."""
        value = self.get(key, "three numbers like [0, 0, 1]")
        if not isinstance(value, list) or len(value) != 3 or any(type(v) not in (int, float) for v in value):
            raise must_be(f"{self.where} {key}", "three numbers like [0, 0, 1]", value)
        return [float(v) for v in value]

    def names(self, key: str) -> list[str]:
        """A list of strings."""
        value = self.get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise must_be(f"{self.where} {key}", "a list of names", value)
        return list(value)

    def components(self, key: str) -> list[str]:
        """A list of components."""
        names = self.names(key)
        for name in names:
            if name not in COMPONENTS:
                raise InputError(f"{self.where} {key} has no component {name!r}; {suggest(name, COMPONENTS)}")
        return names

    def table(self, key: str) -> Mapping[str, Any]:
        """A table inside this one."""
        value = self.get(key)
        if not isinstance(value, Mapping):
            raise must_be(f"{self.where} {key}", "a table", value)
        return value
