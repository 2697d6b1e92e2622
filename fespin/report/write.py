"""The verb: `write_report(device, path)`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..atomic import write_atomic
from ..device.device import Device, check_device
from ..plotting.figure import pyplot
from .gather import Findings, check_target, gather
from .page import page
from .parts import mesh_error


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Report:
    """A report that was written.

    Parameters
    ----------
    path : Path
    findings : Findings
        All that it shows: `G`, `reciprocity`, `convergence`, `solution`, `ratchets` and where they come from.
    """

    path: Path
    findings: Findings

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return self.findings.reciprocity.passed

    def __str__(self) -> str:
        found = self.findings
        lines = [f"{self.path}: {found.reciprocity.verdict}"]
        lines.append(f"error of G from the mesh: {mesh_error(found.convergence)}")
        if len(found.ratchets) == 1:
            lines.append(found.ratchets[0].verdict)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<fespin.Report {str(self.path)!r}: {self.findings.reciprocity.verdict}>"


def write_report(
    device: Device | str | os.PathLike[str],
    path: str | os.PathLike[str] = "report.html",
    *,
    potentials: Mapping[str, Mapping[str, float]] | None = None,
    order: int = 1,
    backend: str = "auto",
    refine: bool | None = None,
) -> Report:
    """Write a page about a device: pictures, materials, mesh, conductance matrix, checks, fields, ratchet verdict.

    The page is one file: it needs no network and refuses to load anything. It shows the device, its materials and mesh,
    the conductance matrix (in blocks and units to choose, to be copied as CSV), every identity with its number, how far
    G is from that of an infinitely fine mesh, the fields of one drive, spin transmission both ways between every two
    terminals, and what it was computed from.

    Parameters
    ----------
    device : Device or path of a device file
        From a file the page also names the file and its hash, and keeps the warnings of reading it.
    path : path
        Ends in .html; a file that is there is replaced once the page is complete.
    potentials : mapping, optional
        The drive whose fields are drawn, as for `fespin.solve`; by default 1 mV of charge at the first terminal.
    order, backend
        As for `fespin.conductance`.
    refine : bool, optional
        Whether refined meshes are solved too, for the error of the mesh; by default where they have no more than
        150 000 nodes (twice refined 40 000).

    Returns
    -------
    Report
        Path and all that was found; ``print(report)`` gives the verdicts.

    Raises
    ------
    InputError
        Not a device, potentials of no terminal, a path that cannot be written to, or no matplotlib.
    SolverError
        As for `fespin.conductance`.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from fespin import Device, Mesh, NormalMetal
    >>> wire = Mesh(points=np.linspace(0, 100, 11)[:, None], cells=np.c_[0:10, 1:11], cell_type="line",
    ...             regions={"wire": np.arange(10)}, boundaries={"left": [[0]], "right": [[10]]})
    >>> device = Device.from_mesh(wire, regions={"wire": NormalMetal(conductivity=1e7)}, name="wire",
    ...                           terminals=["left", "right"], length_unit="nm", cross_section="1e4 nm^2")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = write_report(device, Path(folder) / "wire.html")
    >>> report.passed, round(report.findings.G["right", "e", "left", "e"], 12)
    (True, 1.0)
    """
    source = device if isinstance(device, Device) else Path(device) if isinstance(device, (str, os.PathLike)) else None
    if source is None:
        check_device(device)
    assert source is not None
    target = check_target(path, source)
    pyplot()  # says what to install before the long work
    found = gather(source, potentials, order=order, backend=backend, refine=refine)
    write_atomic(target, page(found))
    return Report(path=Path(path), findings=found)
