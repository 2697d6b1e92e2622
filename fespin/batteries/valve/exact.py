"""The stack without a mesh: every layer as its exact matrix between its two faces, at any frequency.

In a layer the charge-weighted potential W = (s_up w_up + s_dn w_dn)/sigma is linear in x and the splitting obeys
m'' = K^2 m with K^2 = sigma (c_q/tau + i omega c_q)/(s_up s_dn), so that currents and potentials at the faces are
related by d/sigma, coth and 1/sinh alone (Valet and Fert, PRB 48, 7099). It shares no line with the finite elements.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import InputError, must_be
from .layers import Layer
from .stack import SpinValve

Complex = NDArray[np.complex128]


def coth_and_csch(x: ArrayLike) -> tuple[Complex, Complex]:
    """x coth x and x/sinh x for complex x with a real part >= 0, without overflow and cancellation.

    Examples
    --------
    >>> [complex(v) for v in coth_and_csch(0.0)]
    [(1+0j), (1+0j)]
    """
    z = np.asarray(x, dtype=complex)
    small = np.abs(z) < 1e-3
    safe = np.where(small, 1.0, z)
    decay = np.exp(-2 * safe)
    coth = np.where(small, 1 + z**2 / 3, safe * (1 + decay) / (1 - decay))
    csch = np.where(small, 1 - z**2 / 6, 2 * safe * np.exp(-safe) / (1 - decay))
    return coth, csch


def conductor(up: float, down: float, X: ArrayLike) -> Complex:
    """Currents per area into a layer at up-, dn-, up+, dn+ per potentials there, (..., 4, 4).

    Parameters
    ----------
    up, down : float
        Conductances of the channels across the layer, s/d, S/m^2.
    X : array_like
        K d: thickness over spin diffusion length in direct current.
    """
    total = up + down
    coth, csch = coth_and_csch(X)
    diagonal, across = up * down / total * coth, -up * down / total * csch
    W = np.array([up / total, down / total])
    charge = total * np.outer(W, W)
    spin = np.array([[1.0, -1.0], [-1.0, 1.0]])
    own = charge + diagonal[..., None, None] * spin
    other = -charge + across[..., None, None] * spin
    return np.concatenate([np.concatenate([own, other], -1), np.concatenate([other, own], -1)], -2)


def _layer_matrix(layer: Layer, omega: NDArray[np.float64]) -> Complex:
    up, down = (s / layer.thickness for s in layer.conductivities)
    if not layer.two_channels:
        out = np.zeros((*omega.shape, 4, 4), dtype=complex)
        s = 0 if up > 0 else 1
        out[..., s::2, s::2] = (up + down) * np.array([[1.0, -1.0], [-1.0, 1.0]])
        return out
    stored = 1j * omega * layer.spin_capacitance if np.any(omega) else 0.0 * omega
    X = layer.thickness * np.sqrt((layer.relaxation + stored) / layer.spin_conductivity)
    return conductor(up, down, X)


def exact_admittance(valve: SpinValve, frequency: ArrayLike = 0.0) -> Complex:
    """Charge current per volt between the reservoirs, both spins at one potential in each, S.

    Parameters
    ----------
    valve : SpinValve
    frequency : array_like
        Hz, >= 0, any shape.

    Returns
    -------
    ndarray of complex
        Of the shape of `frequency`.

    Raises
    ------
    InputError
        A channel whose potential nothing determines (direct current without spin flip).

    Examples
    --------
    >>> from fespin.batteries.valve import half_metal_valve
    >>> from fespin import HalfMetal, NormalMetal
    >>> valve = half_metal_valve(NormalMetal(conductivity=2, spin_diffusion_length=0.5**0.5, diffusivity=0.5),
    ...                          thickness=1, plate=HalfMetal(conductivity=10), plate_thickness=1)
    >>> round(float(1 / exact_admittance(valve).real), 11)
    1.86136306973
    """
    f = np.asarray(frequency, dtype=float)
    if not (np.isfinite(f).all() and (f >= 0).all()):
        raise must_be("frequency", "finite numbers >= 0 in Hz", frequency)
    omega = 2 * np.pi * f
    n = len(valve.layers)
    Y = np.zeros((*omega.shape, 4 * n, 4 * n), dtype=complex)  # up-, dn-, up+, dn+ of each layer in turn
    for k, layer in enumerate(valve.layers):
        Y[..., 4 * k : 4 * k + 4, 4 * k : 4 * k + 4] = _layer_matrix(layer, omega)
    T = _joined(valve)
    for k, gate in enumerate(valve.interfaces):
        if gate is None:
            continue
        here = [4 * k + 2, 4 * k + 3, 4 * k + 4, 4 * k + 5]
        up, down = valve.gate(k)
        if gate.loses:
            Y[_block(here)] += conductor(up, down, gate.memory_loss)
        else:
            shared = [all(pair) for pair in zip(valve.layers[k].channels, valve.layers[k + 1].channels, strict=True)]
            for s, g in ((0, up), (1, down)):
                if np.isfinite(g) and shared[s]:
                    Y[_block(here[s::2])] += g * np.array([[1, -1], [-1, 1]])
        sides = [pair for pair, layer in ((here[:2], valve.layers[k]), (here[2:], valve.layers[k + 1]))
                 if layer.two_channels]  # fmt: skip
        for pair in sides:
            flip = gate.spin_flip_conductance / len(sides)
            Y[_block(pair)] += flip * np.array([[1, -1], [-1, 1]])
    Y = T.T @ Y @ T
    inner = np.flatnonzero(np.abs(Y).max(axis=tuple(range(omega.ndim))).any(axis=1))
    inner = inner[inner > 1]
    bottom = Y[..., inner[:, None], inner]
    try:
        response = np.linalg.solve(bottom, Y[..., inner, 0:1])
    except np.linalg.LinAlgError:
        raise InputError("a spin channel has no path to a reservoir and no spin flip: it is undetermined in direct "
                         "current; give a finite spin diffusion length or a frequency") from None  # fmt: skip
    out = Y[..., 0, 0] - (Y[..., 0:1, inner] @ response)[..., 0, 0]
    return np.asarray(out * valve.cross_section, dtype=complex)


def _block(rows: list[int]) -> Any:
    return (Ellipsis, *np.ix_(rows, rows))


def _joined(valve: SpinValve) -> NDArray[np.float64]:
    """Potentials at all faces from the independent ones; columns 0 and 1 are the left and right reservoirs."""
    n = 4 * len(valve.layers)
    owner = np.arange(n) + 2
    owner[:2], owner[-2:] = 0, 1
    for k in range(len(valve.layers) - 1):
        for s, g in enumerate(valve.gate(k)):
            if not np.isfinite(g):
                owner[4 * k + 4 + s] = owner[4 * k + 2 + s]
    # the last layer's far face keeps the reservoir; chains through one-layer stacks are not possible
    T = np.zeros((n, n + 2))
    T[np.arange(n), owner] = 1.0
    return T
