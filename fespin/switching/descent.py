"""Down the energy of macrospins to the nearest minimum: Newton's method on spheres in short steps."""

from __future__ import annotations

import numpy as np

from ..errors import SolverError
from .macrospins import Macrospins

_REACH = 0.1  # rad, of a step: it stays in the valley that it is in
_FLAT = 1e-12  # curvatures below this share of the largest one are zero: rotations that cost nothing
_ROUNDING = 4e-15  # of the gradient, of the largest energies of a layer
_DONE = 1e-13  # rad
_MOST = 10_000


def nearest_minimum(system: Macrospins, start: np.ndarray) -> np.ndarray:
    """Follow the energy down from `start` to a local minimum.

    Each step is -|H|^-1 g with the Hessian H and the gradient g in the tangent planes, at most 0.1 rad long and cut
    until the energy falls. Where the gradient vanishes but a curvature is negative, as for a magnet that points
    exactly against what pulls it, the state turns along the most unstable direction, always to the same side.

    Parameters
    ----------
    system : Macrospins
    start : (n, 3) array
        Unit vectors.

    Returns
    -------
    (n, 3) array

    Raises
    ------
    SolverError
        No minimum after 10000 steps.
    """
    m = np.array(start, float)
    m /= np.linalg.norm(m, axis=1)[:, None]
    scales = _scales(system)
    scale = float(scales.max())
    if scale == 0:
        return m
    for _ in range(_MOST):
        gradient, curvatures, modes = _local(system, m)
        gradient[np.abs(gradient) < _ROUNDING * scales] = 0.0
        size = max(float(np.abs(curvatures).max()), _FLAT * scale)
        curved = np.maximum(np.abs(curvatures), _FLAT * size)
        step = modes @ (-(modes.T @ gradient) / curved)
        if np.abs(step).max() < _DONE:
            if curvatures[0] > -_FLAT * size:
                return m
            step = _aside(modes[:, 0])
        length = float(np.linalg.norm(step.reshape(-1, 2), axis=1).max())
        m = _lower(system, m, step * min(1.0, _REACH / length), 1e-15 * scale)
    raise SolverError("the macrospins found no minimum of their energy; the last step was "
                      f"{np.abs(step).max():.1e} rad")  # fmt: skip


def _scales(system: Macrospins) -> np.ndarray:
    """The largest energy that acts on the layer of each tangent, (2n,): layers may differ by many orders."""
    rows = np.abs(system.stiffness).sum(axis=1) + np.abs(system.force)
    return np.repeat(rows.reshape(-1, 3).max(axis=1), 2)


def is_stable(system: Macrospins, directions: np.ndarray) -> bool:
    """Whether no rotation of the layers lowers the energy to second order.

    Examples
    --------
    >>> from fespin.exchange import MagneticLayer
    >>> pair = [MagneticLayer(region=name, thickness=1e-9, saturation_magnetization=1e6) for name in "ab"]
    >>> system = Macrospins.of(pair, {("a", "b"): 2e-6})
    >>> up = np.array([0.0, 0.0, 1.0])
    >>> is_stable(system, np.array([up, up])), is_stable(system, np.array([up, -up]))
    (True, False)
    """
    _, curvatures, _ = _local(system, np.asarray(directions, float))
    return bool(curvatures[0] > -1e-9 * np.abs(curvatures).max())


def _tangents(m: np.ndarray) -> np.ndarray:
    """Two unit vectors normal to each direction, (n, 2, 3)."""
    helper = np.eye(3)[np.abs(m).argmin(axis=1)]
    first = np.cross(m, helper)
    first /= np.linalg.norm(first, axis=1)[:, None]
    return np.stack([first, np.cross(m, first)], axis=1)


def _local(system: Macrospins, m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradient (2n,), curvatures in rising order and their modes in the tangent planes."""
    n = len(m)
    frame, full = _tangents(m), np.zeros((3 * n, 2 * n))
    for k in range(n):
        full[3 * k : 3 * k + 3, 2 * k : 2 * k + 2] = frame[k].T
    slope = system.stiffness @ m.ravel() - system.force
    radial = np.einsum("ij,ij->i", slope.reshape(n, 3), m)
    hessian = full.T @ system.stiffness @ full - np.diag(np.repeat(radial, 2))
    curvatures, modes = np.linalg.eigh((hessian + hessian.T) / 2)
    return full.T @ slope, curvatures, modes


def _aside(mode: np.ndarray) -> np.ndarray:
    """A nudge along an unstable mode; its largest part is positive, so that it is the same every time."""
    return 1e-4 * mode * np.sign(mode[np.abs(mode).argmax()])


def _lower(system: Macrospins, m: np.ndarray, step: np.ndarray, rounding: float) -> np.ndarray:
    """The state after a step, shortened until the energy does not rise."""
    frame = _tangents(m)
    before = system.energy(m)
    for _ in range(40):
        turned = _turned(m, frame, step)
        if system.energy(turned) <= before + rounding:
            return turned
        step = step / 2
    return turned


def _turned(m: np.ndarray, frame: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Directions moved along great circles."""
    move = np.einsum("ik,ikj->ij", step.reshape(-1, 2), frame)
    angle = np.linalg.norm(move, axis=1)[:, None]
    out = np.cos(angle) * m + np.sinc(angle / np.pi) * move
    return out / np.linalg.norm(out, axis=1)[:, None]
