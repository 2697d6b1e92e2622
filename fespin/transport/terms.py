"""The operator on all four components as a sum of scalar operators times 4 x 4 laws, each with its cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from ..device.device import Device
from ..device.region import Region
from ..materials import Material
from . import laws
from .contact_law import contact_law
from .operators import ScalarOperators

# what takes spin out of the volume, or turns it there
REACTIONS = ("relaxation", "dephasing", "storage", "precession", "exchange")
# terms that make G differ from its transpose; "mixing" stands for Im(g_mix)
BREAKING = {
    "spin Hall": "spin Hall effect",
    "precession": "precession in the magnetic field (Hanle)",
    "exchange": "precession about the magnetization (lambda_J)",
    "mixing": "imaginary part of the mixing conductance",
}


class Term(NamedTuple):
    """One contribution operator (x) law to K.

    ``cause`` is "conduction", "relaxation", "dephasing", "storage", "contact" or one of `BREAKING`; ``pattern`` is
    equal for operators of equal sparsity, which can be summed entry by entry.
    """

    cause: str
    owner: tuple[str, int]  # ("region", number) or ("interface", number)
    operator: csr_array
    law: np.ndarray
    pattern: tuple

    @property
    def symmetric(self) -> bool:
        """Whether operator and law are both symmetric, so that the term leaves G equal to its transpose."""
        return self.cause not in BREAKING


def by_operator(pairs: Iterable[tuple[Term, np.ndarray]]) -> list[tuple[csr_array, np.ndarray]]:
    """Each operator once, with the sum of what stands beside the terms that hold it (their laws, say)."""
    out: dict[int, tuple[csr_array, np.ndarray]] = {}
    for term, beside in pairs:
        before = out.get(id(term.operator))
        out[id(term.operator)] = (term.operator, beside if before is None else before[1] + beside)
    return list(out.values())


def device_terms(device: Device, operators: ScalarOperators, omega: float = 0.0) -> tuple[Term, ...]:
    """All terms of a device; `omega` in rad/s makes the storage terms imaginary."""
    return (*region_terms(device, operators, omega), *_contact_terms(device, operators))


def region_terms(device: Device, operators: ScalarOperators, omega: float = 0.0) -> list[Term]:
    """What happens in the volume of the regions."""
    out: list[Term] = []
    for r, region in enumerate(device.regions.values()):
        out += terms_of_region(device, operators, r, region.material, region.magnetization, omega)
    return out


def terms_of_region(
    device: Device, operators: ScalarOperators, r: int, material: Material, m: Any, omega: float
) -> list[Term]:
    """The terms of region number r with a material and magnetization that need not be its own.

    They are polynomials of degree two in m and in the polarization, so that central differences of them are exact.
    """
    return (_textured if callable(m) else _uniform)(device, operators, r, material, m, omega)


def _contact_terms(device: Device, operators: ScalarOperators) -> list[Term]:
    out: list[Term] = []
    regions = list(device.regions.values())
    for c, contact in enumerate(device.split.contacts):
        law = contact_law(contact.interface, *(regions[r] for r in contact.regions))
        gamma = operators.contacts[c]
        parts = [("contact", gamma.first, law.first - law.mixing[0], "first"),
                 ("contact", gamma.second, law.second - law.mixing[1], "second"),
                 ("contact", gamma.across, law.across, "across"),
                 ("contact", csr_array(gamma.across.T), law.across.T, "back"),
                 ("mixing", gamma.first, law.mixing[0], "first"),
                 ("mixing", gamma.second, law.mixing[1], "second")]  # fmt: skip
        out += [Term(cause, ("interface", c), op, m, ("contact", c, side)) for cause, op, m, side in parts if m.any()]
    return out


def needs_mass(device: Device, region: Region, omega: float) -> bool:
    """Whether anything reacts in a region."""
    if region.is_textured:
        return True
    return any(law.any() for _, law in _reactions(device, region.material, region.magnetization, omega))


def _reactions(device: Device, material: Material, m: laws.Vector | None, omega: float) -> list[tuple[str, np.ndarray]]:
    return [
        ("relaxation", laws.relaxation(material, m)),
        ("dephasing", laws.dephasing(material, m)),
        ("exchange", laws.exchange_precession(material, m)),
        ("precession", laws.field_precession(material, m, device.precession)),
        ("storage", 1j * omega * laws.storage(material, m) if omega else np.zeros((4, 4))),
    ]


def _uniform(
    device: Device, operators: ScalarOperators, r: int, material: Material, m: laws.Vector | None, omega: float
) -> list[Term]:
    owner = ("region", r)
    out = [Term("conduction", owner, operators.stiffness[r], laws.conduction(material, m), ("cells", r))]
    for cause, law in _reactions(device, material, m, omega):
        mass = operators.mass[r]
        if law.any() and mass is not None:
            out.append(Term(cause, owner, mass, law, ("cells", r)))
    curl = operators.curl[r] if operators.curl else None
    if curl is not None:
        for alpha, law in enumerate(laws.spin_hall(material)):
            if law.any() and curl[alpha].nnz:
                out.append(Term("spin Hall", owner, curl[alpha], law, ("curl", r, alpha)))
    return out


def _textured(
    device: Device, operators: ScalarOperators, r: int, material: Material, _: Any, omega: float
) -> list[Term]:
    """The laws are of degree 0, 1 and 2 in m: each power goes with an operator that is weighted with it."""
    texture, mass = operators.texture[r], operators.mass[r]
    assert texture is not None
    assert mass is not None
    stiffness: dict[tuple[int, ...], csr_array] = {
        (): operators.stiffness[r],
        **{(a,): matrix for a, matrix in enumerate(texture.stiffness)},
    }
    masses: dict[tuple[int, ...], csr_array] = {
        (): mass,
        **{(a,): matrix for a, matrix in enumerate(texture.mass)},
        **texture.mass_pairs,
    }
    owner, cells = ("region", r), ("cells", r)
    powers = _in_powers(lambda m: laws.conduction(material, m))
    out = [Term("conduction", owner, stiffness[power], law, cells) for power, law in powers]
    for index, (cause, _) in enumerate(_reactions(device, material, (0.0, 0.0, 1.0), omega)):
        law_of = partial(_reaction, device, material, omega, index)
        out += [Term(cause, owner, masses[power], law, cells) for power, law in _in_powers(law_of)]
    return out


def _reaction(device: Device, material: Material, omega: float, index: int, m: laws.Vector) -> np.ndarray:
    return _reactions(device, material, m, omega)[index][1]


def _in_powers(law: Callable[[laws.Vector], np.ndarray]) -> list[tuple[tuple[int, ...], np.ndarray]]:
    """A law that is a polynomial of degree two in m, as coefficients of 1, m_a and m_a m_b (a <= b)."""

    def at(vector: np.ndarray) -> np.ndarray:
        x, y, z = vector.tolist()
        return law((x, y, z))

    axes = np.eye(3)
    out: dict[tuple[int, ...], np.ndarray] = {(): at(np.zeros(3))}
    for a in range(3):
        out[a,] = (at(axes[a]) - at(-axes[a])) / 2.0
        out[a, a] = (at(axes[a]) + at(-axes[a])) / 2.0 - out[()]
    for a in range(3):
        for b in range(a + 1, 3):
            out[a, b] = at(axes[a] + axes[b]) - out[()] - out[a,] - out[b,] - out[a, a] - out[b, b]
    largest = max(np.abs(part).max() for part in out.values())
    return [(power, part) for power, part in out.items() if np.abs(part).max() > 1e-13 * largest]
