"""What an audit says: checks with number, tolerance and verdict, and the report that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ..network.conductance import ConductanceMatrix


@dataclass(frozen=True, kw_only=True)
class Check:
    """One identity, measured.

    Parameters
    ----------
    name : str
    value : float
        What was measured, relative to max |G| unless the statement says otherwise.
    tolerance : float
        The bound that the value was held against.
    statement : str
        The law in words, with the equation it comes from.
    at_least : bool
        Whether the bound is a lower one; by default the value must not exceed it.
    """

    name: str
    value: float
    tolerance: float
    statement: str
    at_least: bool = False

    @property
    def passed(self) -> bool:
        """Whether the value keeps to the tolerance; one that is not a number does not."""
        return self.value >= self.tolerance if self.at_least else self.value <= self.tolerance

    def __str__(self) -> str:
        bound = f"({'>=' if self.at_least else '<='} {self.tolerance:.3g})"
        return f"{'PASS' if self.passed else 'FAIL'}  {self.name:<20} {self.value:>10.3g} {bound:<13} {self.statement}"

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON-able values."""
        names = ("name", "value", "tolerance", "at_least", "passed", "statement")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class BreakingTerm:
    """A term of the model that makes G differ from its transpose.

    Parameters
    ----------
    name : str
        What it is.
    size : float
        max |G - G without it| / max |G|.
    asymmetry : float
        max |G - G^T| / max |G| of the reactions with this term alone, the other ones switched off.
    """

    name: str
    size: float
    asymmetry: float

    def __str__(self) -> str:
        return f"   -  {self.name}: changes G by {self.size:.3g}; alone it makes G - G^T {self.asymmetry:.3g}"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReciprocityReport:
    """The identities of a device's conductance matrix.

    Parameters
    ----------
    device : str
    checks : tuple of Check
    not_applicable : tuple of str
        Identities that this device is not subject to, or that were not measured, each with the reason.
    conductance : ConductanceMatrix
    asymmetry : float
        max |G - G^T| / max |G| of the terminal reactions; a check only where nothing breaks it.
    breaking : tuple of BreakingTerm
        Terms odd in m or B, and the spin Hall effect: with them Onsager's relation to the reversed device is checked in
        place of plain symmetry.
    """

    device: str
    checks: tuple[Check, ...]
    not_applicable: tuple[str, ...]
    conductance: ConductanceMatrix
    asymmetry: float = 0.0
    breaking: tuple[BreakingTerm, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def verdict(self) -> str:
        """One sentence."""
        failed = [check.name for check in self.checks if not check.passed]
        if failed:
            return f"{self.device}: {len(failed)} of {len(self.checks)} checks FAIL: {', '.join(failed)}"
        what = "is reciprocal"
        if self.breaking:
            what = f"obeys Onsager's relation, its matrix is not symmetric ({self.asymmetry:.3g})"
        return f"{self.device}: all {len(self.checks)} checks pass; the device {what}"

    def __getitem__(self, name: str) -> Check:
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(f"no check {name!r}; there: {', '.join(c.name for c in self.checks)}")

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __str__(self) -> str:
        notes = [f"   -  {reason}" for reason in self.not_applicable]
        if self.breaking:
            notes = [f"   -  plain asymmetry {self.asymmetry:.3g}, from:", *map(str, self.breaking), *notes]
        return "\n".join([*map(str, self.checks), *notes, self.verdict])

    def __repr__(self) -> str:
        return f"<fespin.ReciprocityReport: {self.verdict}>"

    def _repr_html_(self) -> str:
        """The checks as a table for notebooks."""
        from ..notebook import html_table

        rows = [(c.name, "PASS" if c.passed else "FAIL", f"{c.value:.3g}",
                 f"{'>=' if c.at_least else '<='} {c.tolerance:.3g}", c.statement) for c in self.checks]  # fmt: skip
        rows += [(term.name, "-", f"{term.size:.3g}", "", "breaks plain reciprocity") for term in self.breaking]
        rows += [("", "-", "", "", reason) for reason in self.not_applicable]
        return html_table(["check", "verdict", "value", "bound", "law"], rows, caption=self.verdict)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able values."""
        return {"device": self.device, "passed": self.passed, "verdict": self.verdict,
                "checks": [c.to_dict() for c in self.checks], "not_applicable": list(self.not_applicable),
                "asymmetry": self.asymmetry, "breaking": [asdict(term) for term in self.breaking]}  # fmt: skip
