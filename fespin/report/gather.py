"""Everything that a report shows, computed once."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .._version import __version__
from ..audit.convergence import Convergence, check_convergence
from ..audit.ratchet import RatchetReport, check_ratchets
from ..audit.reciprocity import REFINE_UP_TO, check_reciprocity
from ..audit.report import ReciprocityReport
from ..device.device import Device
from ..device.file import load
from ..errors import must_be
from ..network.conductance import ConductanceMatrix
from ..transport.solution import Solution
from ..transport.solve import conductance, solve
from ..transport.stages import Stages

# pairs of terminals beyond which the ratchet table would hide everything else
MOST_PAIRS = 45
_PACKAGES = ("numpy", "scipy", "scikit-fem", "meshio", "pyamg", "pint", "matplotlib")

Potentials = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that went into the result.

    Parameters
    ----------
    role, name : str
        What it is and its name without folders.
    size : int
        Bytes.
    sha256 : str
    """

    role: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """What is known about a device after all computations.

    Parameters
    ----------
    device : Device
    G : ConductanceMatrix
    reciprocity : ReciprocityReport
    convergence : Convergence or None
        None where a refined mesh would be too large, or was not wanted.
    solution : Solution
    applied : mapping
        The potentials that drive it, V.
    ratchets : tuple of RatchetReport
    warnings : tuple of str
        Each said once.
    files : tuple of SourceFile
    versions : mapping of str to str
    seconds : mapping of str to float
    made : datetime
    """

    device: Device
    G: ConductanceMatrix
    reciprocity: ReciprocityReport
    convergence: Convergence | None
    solution: Solution
    applied: Potentials
    ratchets: tuple[RatchetReport, ...]
    warnings: tuple[str, ...]
    files: tuple[SourceFile, ...]
    versions: Mapping[str, str]
    seconds: Mapping[str, float]
    made: datetime


def gather(
    source: Device | Path, potentials: Potentials | None, *, order: int, backend: str, refine: bool | None
) -> Findings:
    """Load and solve whatever the report needs; warnings are kept for the page and given on once each."""
    stages = Stages()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with stages.stage("read"):
            device = source if isinstance(source, Device) else load(source)
        applied = _drive(device) if potentials is None else potentials
        with stages.stage("fields"):  # first: it checks the potentials before the long work
            solution = solve(device, applied, order=order, backend=backend)
        with stages.stage("matrix"):
            G = conductance(device, order=order, backend=backend)
        with stages.stage("checks"):
            reciprocity = check_reciprocity(device, order=order, backend=backend, refine=refine)
        with stages.stage("refined meshes"):
            convergence = _convergence(device, order, backend, refine)
        with stages.stage("ratchet"):
            ratchets = _ratchets(device, order, backend)
    said = {str(w.message): w for w in caught}
    for one in said.values():
        warnings.warn(one.message, one.category, stacklevel=4)
    return Findings(
        device=device,
        G=G,
        reciprocity=reciprocity,
        convergence=convergence,
        solution=solution,
        applied=applied,
        ratchets=ratchets,
        warnings=tuple(said),
        files=_files(device, None if isinstance(source, Device) else source),
        versions=_versions(),
        seconds=dict(stages.seconds),
        made=datetime.now(UTC),
    )


def _drive(device: Device) -> Potentials:
    """1 mV of charge at the first terminal."""
    return {next(iter(device.terminals)): {"e": 1e-3}}


def _convergence(device: Device, order: int, backend: str, refine: bool | None) -> Convergence | None:
    if refine is False or (not refine and len(device.mesh.points) * 2**device.dimension > REFINE_UP_TO):
        return None
    return check_convergence(device, levels=2 if refine else None, order=order, backend=backend)


def _ratchets(device: Device, order: int, backend: str) -> tuple[RatchetReport, ...]:
    count = len(device.terminals)
    if count * (count - 1) // 2 > MOST_PAIRS:
        return ()
    return check_ratchets(device, order=order, backend=backend)


def _files(device: Device, path: Path | None) -> tuple[SourceFile, ...]:
    found = [("device", path), ("mesh", device.mesh.source)]
    found += [
        (f"magnetization of {name}", Path(region.magnetization.source[0]))
        for name, region in device.regions.items()
        if region.is_textured and region.magnetization.source
    ]
    out = []
    for role, file in found:
        if file is not None and Path(file).is_file():
            raw = Path(file).read_bytes()
            out.append(SourceFile(role=role, name=Path(file).name, size=len(raw),
                                  sha256=hashlib.sha256(raw).hexdigest()))  # fmt: skip
    return tuple(out)


def _versions() -> dict[str, str]:
    out = {"fespin": __version__, "Python": platform.python_version()}
    for package in _PACKAGES:
        try:
            out[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {**out, "system": f"{platform.system()} {platform.machine()}"}


def check_target(path: str | os.PathLike[str], source: Device | Path) -> Path:
    """A path that a report may be written to, checked before the long work."""
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise must_be("path of the report", "a file that ends in .html", str(path))
    if not isinstance(source, Device) and target.resolve() == source.resolve():
        raise must_be("path of the report", "another file than the device", str(path))
    if not target.resolve().parent.is_dir():
        raise must_be("path of the report", "in a folder that is there", str(path))
    return target
