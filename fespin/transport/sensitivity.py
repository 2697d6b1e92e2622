"""`sensitivities(device)`: how every entry of G changes with every parameter, from the solution that G itself needs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array

from ..device.contacts import space as kind_of_space
from ..device.device import Device, check_device
from .parameters import AXES, chosen_parameters, split_name
from .response import BlockResponse, respond, unit_fields
from .sensitivities import Sensitivities
from .slopes import Slope, contact_slopes, field_slopes, region_slopes, turned_contact_slopes, turning
from .solve import FIELD_TOLERANCE, conductance_matrix, conductance_responses, prepare
from .stages import Stages
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
        Names as `fespin.transport.parameters.parameter_names` lists them, all of them by default:
        ``"regions.ferro.polarization"``, ``"interfaces.fn.conductance_up"``, ``"field.z"``, ``"device.thickness"``. The
        magnetization of a region turns by an angle in rad about an axis, ``"regions.ferro.rotation_x"``.
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
    chosen = chosen_parameters(device, parameters, frequency)
    stages = Stages()
    problem = prepare(device, order, frequency=frequency, stages=stages)
    responses = conductance_responses(problem, backend=backend, tolerance=tolerance, stages=stages)
    right = unit_fields(problem, responses)
    left = right
    if not all(r.block.symmetric for r in responses):
        left = unit_fields(problem, [_transposed(problem, r, backend, tolerance) for r in responses])
    G = conductance_matrix(problem, responses)
    with stages.stage("sensitivities"):
        moments = _Moments(left, right)
        values = [_derivative(problem, name, moments, G.values) for name in chosen]
    G = conductance_matrix(problem, responses, stages)
    shape = (len(chosen), *G.values.shape)
    return Sensitivities(device=device, parameters=tuple(chosen), values=np.reshape(values, shape), conductance=G)


def _transposed(problem: Problem, response: BlockResponse, backend: str, tolerance: float) -> BlockResponse:
    """The potentials that probe the currents: those of the transposed system; the same where it is symmetric."""
    if response.block.symmetric:
        return response
    return respond(problem, [response.block.transposed()], backend=backend, tolerance=tolerance)[0]


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
    """What the turning of V_s = m u adds: dY^T K X + Y^T K dX, with dX the change of potentials at fixed amplitudes.

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
