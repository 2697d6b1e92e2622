"""One point of a sweep: the device with its parameters set, solved on what the workspace keeps."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..device.device import Device
from ..errors import FespinError, InputError
from ..transport.solve import conductance_matrix
from .plan import Plan
from .variant import variant
from .workspace import Workspace

Point = tuple[float, ...]  # coordinates in the order of the plan's parameters


@dataclass(frozen=True, kw_only=True, eq=False)
class PointResult:
    """What came out at one point.

    Parameters
    ----------
    point : tuple of float
    values : ndarray (4T, 4T), optional
        Siemens; None if the point failed.
    spaces : tuple of dict
        What each terminal can hold, see `TerminalSpace`.
    residual, reaction_difference : float
        Measured residual of the linear solver; largest difference of G from the currents at the terminals over max |G|.
    seconds : float
    backend : str
    blocks, reused : int
        Decoupled systems, and how many of them were those of the point before.
    cautions : tuple of str
        What may mislead in the device.
    remarks : tuple of str
        Other warnings on the way.
    error : str
        Why it failed; empty if it did not.
    """

    point: Point
    values: np.ndarray | None = None
    spaces: tuple[dict[str, Any], ...] = ()
    residual: float = float("nan")
    reaction_difference: float = float("nan")
    seconds: float = 0.0
    backend: str = ""
    blocks: int = 0
    reused: int = 0
    cautions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    error: str = ""


@dataclass(eq=False)
class Evaluator:
    """Solves points of a plan one after the other.

    Examples
    --------
    >>> from fespin.sweeps.plan import make_plan
    >>> plan = make_plan("meshes/fn_wire_1d.toml", {"regions.normal.spin_diffusion_length": [1e-7, 2e-7]}, functions={},
    ...                  units={}, order=1, backend="auto", tolerance=1e-8)
    >>> evaluator = Evaluator(plan)
    >>> [evaluator(point).reused for point in plan.grid], evaluator.workspace.assemblies
    ([0, 0], 1)
    """

    plan: Plan
    workspace: Workspace = field(init=False)
    _seen: tuple[Device, tuple[str, ...]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.workspace = Workspace(self.plan.order)

    def __call__(self, point: Point) -> PointResult:
        """Solve one point; whatever goes wrong there is part of the result."""
        start = time.perf_counter()
        with _collected() as caught:
            try:
                values = self._solve(point)
            except (FespinError, ArithmeticError, MemoryError, np.linalg.LinAlgError) as error:
                values = {"error": _text(error)}
            except Exception as error:
                if not self.plan.has_functions:
                    raise  # a bug of ours, which must not pass as a failed point
                values = {"error": f"{type(error).__name__}: {error}"}
        seconds = time.perf_counter() - start
        return PointResult(point=point, seconds=seconds, remarks=tuple(caught), **values)

    def _solve(self, point: Point) -> dict[str, Any]:
        plan = self.plan
        device, frequency = variant(plan.device, list(zip(plan.parameters, point, strict=True)))
        if list(device.terminals) != list(plan.device.terminals):
            raise InputError(f"every device of a sweep must have the terminals {', '.join(plan.device.terminals)}, got "
                             f"{', '.join(device.terminals)}")  # fmt: skip
        problem = self.workspace.problem(device, frequency)
        responses, reused = self.workspace.respond(problem, backend=plan.backend, tolerance=plan.tolerance)
        G = conductance_matrix(problem, responses)
        solver = G.info["solver"]
        return {
            "values": np.array(G.values),
            "spaces": tuple(G.spaces[name].as_dict() for name in G.terminals),
            "residual": solver["residual"],
            "reaction_difference": solver["reaction_difference"],
            "backend": solver["backend"],
            "blocks": len(responses),
            "reused": reused,
            "cautions": self._cautions(device),
        }

    def _cautions(self, device: Device) -> tuple[str, ...]:
        """Those of the device; looked for once where it stays the same (frequencies)."""
        if self._seen is None or self._seen[0] is not device:
            self._seen = (device, device.cautions)
        return self._seen[1]


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, FespinError) else f"{type(error).__name__}: {error}".rstrip(": ")


@contextmanager
def _collected() -> Iterator[list[str]]:
    """Texts of the warnings given inside; in other threads they stay where they are, filters belong to the process."""
    texts: list[str] = []
    if threading.current_thread() is not threading.main_thread():
        yield texts
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield texts
    texts += [str(w.message) for w in caught]
