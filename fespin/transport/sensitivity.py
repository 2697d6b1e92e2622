"""`sensitivities(device)`: how every entry of G changes with every parameter, from the solution that G itself needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..device.contacts import space as kind_of_space
from ..device.device import Device, check_device
from ..errors import InputError, must_be, suggest
from ..materials import HalfMetal, NormalMetal
from .response import BlockResponse, respond, unit_fields
from .sensitivities import Sensitivities, split_name
from .slopes import (
    AXES,
    Slope,
    contact_slopes,
    field_slopes,
    material_keys,
    region_slopes,
    turned_contact_slopes,
    turning,
)
from .solve import FIELD_TOLERANCE, conductance_matrix, conductance_responses, prepare
from .system import Problem

_CHUNK = 1_000_000  # numbers per work array


def sensitivities(
    device: Device,
    parameters: str | Iterable[str] | None = None,
    *,
    order: int = 1,
    backend: str = "auto",
    tolerance: float = FIELD_TOLERANCE,
    frequency: float = 0.0,
) -> Sensitivities:
    """Derivatives of every entry of G with respect to parameters of the device.

    With X the potentials for unit drives and K the operator, G = -X^T K X is stationary in X where K is symmetric, so
    dG/dp = -X^T (dK/dp) X holds exactly for the discrete device and costs no further solution. Where precession, the
    spin Hall effect or complex mixing conductances make K non-symmetric the left factor is the solution of the
    transposed system, which is solved as well.

    Parameters
    ----------
    device : Device
    parameters : str or iterable of str, optional
        Names as `parameter_names` lists them, all of them by default: ``"regions.ferro.polarization"``,
        ``"interfaces.fn.conductance_up"``, ``"field.z"``, ``"device.thickness"``. The magnetization of a region turns
        by an angle in rad about an axis, ``"regions.ferro.rotation_x"``.
    order, backend, frequency
        As for `conductance`.
    tolerance : float
        As for `solve`: derivatives carry the error of the potentials to first order.

    Returns
    -------
    Sensitivities
        One (4T, 4T) matrix per parameter, siemens per SI unit of it, with G itself as ``conductance``.

    Raises
    ------
    InputError
        An unknown parameter, or one that cannot change by itself; the message says why.

    Examples
    --------
    >>> import numpy as np
    >>> from fespin import Device, Mesh, NormalMetal, sensitivities
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = Device.from_mesh(wire, regions={"wire": NormalMetal(conductivity=1e7)},
    ...                           terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2")
    >>> found = sensitivities(device, "regions.wire.conductivity")
    >>> round(found["regions.wire.conductivity", "right", "e", "left", "e"] * 1e7, 12)   # G is linear in sigma
    1.0
    """
    check_device(device)
    chosen = _chosen(device, parameters, frequency)
    problem = prepare(device, order, frequency=frequency)
    responses = conductance_responses(problem, backend=backend, tolerance=tolerance)
    right = unit_fields(problem, responses)
    left = right
    if not all(r.block.symmetric for r in responses):
        left = unit_fields(problem, [_transposed(problem, r, backend, tolerance) for r in responses])
    G = conductance_matrix(problem, responses)
    moments = _Moments(left, right)
    values = [_derivative(problem, name, moments, G.values) for name in chosen]
    return Sensitivities(device=device, parameters=tuple(chosen), values=np.array(values), conductance=G)


def _transposed(problem: Problem, response: BlockResponse, backend: str, tolerance: float) -> BlockResponse:
    """The potentials that probe the currents: those of the transposed system; the same where it is symmetric."""
    if response.block.symmetric:
        return response
    block = replace(response.block, matrix=csr_array(response.block.matrix.T))
    return respond(problem, block, backend=backend, tolerance=tolerance)


class _Moments:
    """Y_a^T S X_b for scalar operators S, (4, P, 4, P), each computed once: laws are contracted with them."""

    def __init__(self, left: np.ndarray, right: np.ndarray) -> None:
        self.left, self.right = left, right
        self._known: dict[int, tuple[csr_array, np.ndarray]] = {}

    def contract(self, slopes: Iterable[Slope]) -> np.ndarray:
        """Y^T dK X, (P, P)."""
        count = self.right.shape[2]
        total = np.zeros((count, count), self.right.dtype)
        for operator, law, difference in slopes:
            total = total + np.einsum("ab,aibj->ij", law, self._of(operator, difference))
        return total

    def _of(self, operator: csr_array, difference: bool) -> np.ndarray:
        key = id(operator)
        if key not in self._known:  # the operator is kept beside its moment, so that its id stays its own
            self._known[key] = operator, (self._differences if difference else self._products)(operator)
        return self._known[key][1]

    def _products(self, operator: csr_array) -> np.ndarray:
        inside = np.flatnonzero(np.diff(operator.indptr))
        image = operator[inside] @ self.right.reshape(len(self.right), -1)
        return self._shaped(self.left[inside].reshape(len(inside), -1).T @ image)

    def _differences(self, stiffness: csr_array) -> np.ndarray:
        """Sum over pairs i < j of -S_ij (y_i - y_j)(x_i - x_j): exact zeros for constants, as in `bilinear_form`."""
        row = np.repeat(np.arange(stiffness.shape[0], dtype=np.int32), np.diff(stiffness.indptr))
        upper = np.flatnonzero(row < stiffness.indices)
        i, k, value = row[upper], stiffness.indices[upper], stiffness.data[upper]
        width = 4 * self.right.shape[2]
        y, x = (f.reshape(len(f), width) for f in (self.left, self.right))
        total = np.zeros((width, width), self.right.dtype)
        step = max(1, _CHUNK // width)
        for at in (slice(s, s + step) for s in range(0, len(i), step)):
            total -= (y[i[at]] - y[k[at]]).T @ ((x[i[at]] - x[k[at]]) * value[at, None])
        return self._shaped(total)

    def _shaped(self, flat: np.ndarray) -> np.ndarray:
        count = self.right.shape[2]
        return flat.reshape(4, count, 4, count)


def parameter_names(device: Device, *, frequency: float = 0.0) -> tuple[str, ...]:
    """The parameters of a device that `sensitivities` knows, those on which its matrix depends.

    Examples
    --------
    >>> import fespin
    >>> parameter_names(fespin.load("meshes/fn_wire_1d.toml"))[:3]    # doctest: +SKIP
    ('regions.ferro.conductivity', 'regions.ferro.spin_diffusion_length', 'regions.ferro.polarization')
    """
    field = device.precession is not None
    out = []
    for name, region in device.regions.items():
        keys = material_keys(region, field=field, frequency=bool(frequency))
        if region.magnetization is not None and not _refused_rotation(device, name):
            keys += list(AXES)
        out += [f"regions.{name}.{key}" for key in keys]
    for name in device.interfaces:
        out += [f"interfaces.{name}.{key}" for key in _interface_keys(device, name)]
    out += [f"field.{axis}" for axis in "xyz" if field]
    out += [f"device.{key}" for key in ("thickness", "cross_section") if getattr(device, key) is not None]
    return tuple(out)


def _interface_keys(device: Device, name: str) -> list[str]:
    """What an interface depends on; between normal metals both spins move together, so that only AR* is left."""
    interface = device.interfaces[name]
    regions = list(device.regions.values())
    magnets = [sum(regions[r].magnetization is not None for r in c.regions)
               for c in device.split.contacts if c.name == name]  # fmt: skip
    if not interface.conductance or not magnets:
        return []
    out = []
    if min(magnets) > 0:
        out += ["conductance_up", "conductance_down"] if _both(interface) or max(magnets) < 2 else []
        out += ["area_resistance", "asymmetry"] if _both(interface) else []
    elif _both(interface):
        out += ["area_resistance"]
    if interface.mixing_conductance is not None:
        out += ["mixing_conductance.real", "mixing_conductance.imag"]
    return [*out, "spin_memory_loss"] if max(magnets) < 2 else out


def _both(interface: Any) -> bool:
    return bool(interface.conductance_up and interface.conductance_down)


def _chosen(device: Device, parameters: Any, frequency: float) -> list[str]:
    known = parameter_names(device, frequency=frequency)
    if parameters is None:
        return list(known)
    names = [parameters] if isinstance(parameters, str) else parameters
    if not isinstance(names, Iterable):
        raise must_be("parameters", "names like 'regions.ferro.polarization'", parameters)
    out = []
    for name in names:
        if name not in known and not _allowed_beside(device, name):
            raise InputError(f"parameters: {name!r} is none of this device{_reason(device, name, known)}")
        out.append(name)
    return out


def _allowed_beside(device: Device, name: Any) -> bool:
    """A spin Hall angle that is 0 has a derivative as well."""
    kind, owner, key = split_name(name)
    if kind != "regions" or key != "spin_hall_angle" or owner not in device.regions:
        return False
    return isinstance(device.regions[owner].material, NormalMetal)


def _reason(device: Device, name: Any, known: Sequence[str]) -> str:
    kind, owner, key = split_name(name)
    region = device.regions.get(owner) if kind == "regions" else None
    if region is not None and key in AXES and region.magnetization is not None:
        return f": {_refused_rotation(device, owner)}"
    if region is not None and key == "polarization" and isinstance(region.material, HalfMetal):
        return ": the polarization of a half metal is +1 or -1, nothing between"
    if region is not None and key in ("diffusivity", "spin_diffusion_length") and hasattr(region.material, key):
        return f": its matrix does not depend on {key} as it is"
    if kind == "interfaces" and owner in device.interfaces and key in ("conductance_up", "conductance_down"):
        return ": both spins move together between normal metals, ask for area_resistance; a channel that does not " \
               "conduct has no derivative between ferromagnets"  # fmt: skip
    return f"; {suggest(name, known)}"


def _refused_rotation(device: Device, name: str) -> str:
    """Why the magnetization of a region cannot turn by itself; empty if it can."""
    from ..device.contacts import region_nodes

    region = device.regions[name]
    if region.is_textured:
        return f"the magnetization of {name!r} varies in space"
    if not region.is_strong:
        return ""
    touching = region_nodes(device)
    names = list(device.regions)
    own = touching[names.index(name)]
    for other, nodes in zip(names, touching, strict=True):
        if other != name and device.regions[other].is_strong and (own & nodes).any():
            return f"{name!r} touches {other!r}, and magnets in direct contact are collinear: they turn together only"
    return ""


def _derivative(problem: Problem, name: str, moments: _Moments, G: np.ndarray) -> np.ndarray:
    """dG/dp, (4T, 4T)."""
    device = problem.device
    kind, owner, key = split_name(name)
    if kind == "device":
        return G / getattr(device, key)  # a factor of all operators
    if kind == "field":
        return -moments.contract(field_slopes(problem, "xyz".index(key)))
    if kind == "interfaces":
        contacts = [c for c, contact in enumerate(device.split.contacts) if contact.name == owner]
        return -moments.contract(slope for c in contacts for slope in contact_slopes(problem, c, key))
    r = list(device.regions).index(owner)
    slopes = region_slopes(problem, r, key)
    if key not in AXES:
        return -moments.contract(slopes)
    out = -moments.contract([*slopes, *turned_contact_slopes(problem, r, key)])
    return out - _turned_spaces(problem, r, key, moments) if device.regions[owner].is_strong else out


def _turned_spaces(problem: Problem, r: int, key: str, moments: _Moments) -> np.ndarray:
    """What the turning of V_s = m u adds: dY^T K X + Y^T K dX, with dX the change of the potentials at fixed amplitudes.

    At terminals the amplitudes are those that m lets through of what is applied, u = m . V, and they change as well.
    """
    left, right = (_turned_fields(problem, r, key, fields) for fields in (moments.left, moments.right))
    count = right.shape[2]
    flows = [problem.apply(f).reshape(-1, count) for f in (moments.right, right)]
    return left.reshape(-1, count).T @ flows[0] + moments.left.reshape(-1, count).T @ flows[1]


def _turned_fields(problem: Problem, r: int, key: str, fields: np.ndarray) -> np.ndarray:
    device = problem.device
    region = list(device.regions.values())[r]
    m, turn = np.array(region.magnetization), turning(region, key)
    inside = np.unique(problem.space.element_dofs[:, device.cell_region == r])
    spin = np.array([kind.basis.shape[1] == 2 for kind in problem.nodes.kinds])[problem.nodes.kind]
    out = np.zeros_like(fields)
    tied = inside[spin[inside]]
    out[tied, 1:] = np.einsum("a,nj->naj", turn, np.einsum("b,nbj->nj", m, fields[tied, 1:]))
    for t, dofs in enumerate(problem.terminal_dofs):
        held = np.intersect1d(dofs, inside)
        columns = slice(4 * t + 1, 4 * t + 4)
        both = held[spin[held]]
        out[both, 1:, columns] += np.outer(m, turn)
        if kind_of_space(region) == "half-metal":
            single = held[~spin[held]]  # w = V_e + q . V_s
            out[single, 0, columns] += region.material.polarization * turn  # type: ignore[union-attr]
    return out
