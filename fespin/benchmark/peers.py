"""Programs to compare with: where they are installed, and how a run of one is started."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, must_be, suggest


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A package with the way to solve that is asked of it.

    Parameters
    ----------
    package : str
        What an environment is chosen for (`pythons`).
    needs : tuple of str
        Modules that must be there, beside meshio.
    module : str
        In `fespin.benchmark`.
    arguments : tuple of str
    parallel : bool
        Runs under mpirun, a rank per processor.
    install : str
        What brings it.
    """

    package: str
    needs: tuple[str, ...]
    module: str
    arguments: tuple[str, ...] = ()
    parallel: bool = False
    install: str

    @property
    def modules(self) -> tuple[str, ...]:
        return (*self.needs, "meshio")


_DOLFINX = "apt-get install python3-dolfinx python3-petsc4py and pip install meshio"
PEERS = {
    "scikit-fem": Peer(package="scikit-fem", needs=("skfem",), module="skfem_peer", arguments=("superlu",),
                       install="pip install scikit-fem meshio"),
    "scikit-fem-cholmod": Peer(package="scikit-fem", needs=("skfem", "sksparse"), module="skfem_peer",
                               arguments=("cholmod",), install="pip install scikit-sparse"),
    "ngsolve": Peer(package="ngsolve", needs=("ngsolve",), module="ngsolve_peer", install="pip install ngsolve meshio"),
    "dolfinx-mumps": Peer(package="dolfinx", needs=("dolfinx", "petsc4py"), module="dolfinx_peer",
                          arguments=("mumps",), install=_DOLFINX),
    "dolfinx-gamg": Peer(package="dolfinx", needs=("dolfinx", "petsc4py"), module="dolfinx_peer", arguments=("gamg",),
                         install=_DOLFINX),
    "dolfinx-gamg-mpi": Peer(package="dolfinx", needs=("dolfinx", "petsc4py"), module="dolfinx_peer",
                             arguments=("gamg",), parallel=True, install=_DOLFINX),
}  # fmt: skip
PACKAGES = tuple(dict.fromkeys(peer.package for peer in PEERS.values()))
Pythons = Mapping[str, str]


def pythons_of(entries: Iterable[str]) -> dict[str, str]:
    """Interpreters by package from entries like "dolfinx=/usr/bin/python3", and from the environment.

    FESPIN_PYTHON_DOLFINX and the like say the same as an entry, which wins.

    Raises
    ------
    InputError
        An unknown package, no path, or nothing to run there.

    Examples
    --------
    >>> import sys
    >>> pythons_of([f"ngsolve={sys.executable}"])["ngsolve"] == sys.executable
    True
    """
    out = {}
    for package in PACKAGES:
        value = os.environ.get(f"FESPIN_PYTHON_{package.upper().replace('-', '')}")
        if value:
            out[package] = _interpreter(package, value)
    for entry in entries:
        package, equals, value = entry.partition("=")
        if package not in PACKAGES or not equals:
            raise must_be("--python", "PACKAGE=PATH with a package of " + ", ".join(PACKAGES), entry)
        out[package] = _interpreter(package, value)
    return out


def _interpreter(package: str, value: str) -> str:
    if not value:
        raise must_be(f"the Python of {package}", "a program that can be run", value)
    found = shutil.which(os.path.expanduser(value))  # noqa: PTH111 - Path would lose the "./" of a name from here
    if found is None:
        raise must_be(f"the Python of {package}", "a program that can be run", value)
    return str(Path(found).absolute())  # not resolved: an environment is the place of its link


def available(name: str, pythons: Pythons) -> bool:
    """Whether a peer is installed where it is looked for."""
    peer = PEERS[name]
    if peer.parallel and mpirun(_python(peer, pythons)) is None:
        return False
    return all(_has(_python(peer, pythons), module) for module in peer.modules)


def chosen_peers(names: Iterable[str] | None, pythons: Pythons) -> list[str]:
    """Peers by name, or all that are installed.

    Raises
    ------
    InputError
        A name that is unknown, or not installed.
    """
    if names is None:
        return [name for name in PEERS if available(name, pythons)]
    out = list(dict.fromkeys(names))
    for name in out:
        if name not in PEERS:
            raise InputError(f"--peers: no program {name!r} to compare with; {suggest(name, PEERS)}")
        if not available(name, pythons):
            peer = PEERS[name]
            needs = " and ".join((*peer.modules, *(("mpirun",) if peer.parallel else ())))
            raise InputError(
                f"--peers: {name} needs {needs}, not found for {_python(peer, pythons)}; {peer.install}, or say where "
                f"with --python {peer.package}=PATH"
            )
    return out


def mpirun(python: str) -> str | None:
    """The mpirun of an interpreter: beside it, beside the one its environment is made of, or on the path."""
    path = Path(python)
    beside = [str(path.parent), str(path.resolve().parent), os.environ.get("PATH", "")]
    return shutil.which("mpirun", path=os.pathsep.join(beside))


def command_of(name: str, job: Path, folder: Path, pythons: Pythons) -> tuple[list[str], dict[str, str]]:
    """Command line and environment of a run of a peer on a job; the folder is for what it needs to find fespin."""
    peer = PEERS[name]
    python = _python(peer, pythons)
    words = [python, "-m", f"fespin.benchmark.{peer.module}", str(job.resolve()), *peer.arguments]
    environment = environment_of(python, folder)
    if peer.parallel:
        ranks = os.cpu_count() or 1
        words = [mpirun(python) or "mpirun", "-n", str(ranks), *words, str(ranks)]
        environment |= {"OMP_NUM_THREADS": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
                        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}  # fmt: skip
    return words, environment


def environment_of(python: str, folder: Path) -> dict[str, str]:
    """Environment in which an interpreter finds this fespin, whichever folder it runs in.

    Another interpreter gets a path with fespin alone: packages that stand beside it are not its own. Bytecode is kept,
    as that of installed packages is, even where PYTHONDONTWRITEBYTECODE is set.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if python != sys.executable:
        return {**environment, "PYTHONPATH": str(_alone(folder))}
    beside = str(Path(__file__).resolve().parents[2])
    return {**environment, "PYTHONPATH": os.pathsep.join(filter(None, [beside, environment.get("PYTHONPATH", "")]))}


def _alone(folder: Path) -> Path:
    out = folder / "path"
    package = out / "fespin"
    if not package.exists():
        out.mkdir(exist_ok=True)
        source = Path(__file__).resolve().parents[1]
        try:
            package.symlink_to(source, target_is_directory=True)
        except OSError:  # systems on which links are a privilege
            shutil.copytree(source, package)
    return out


def _python(peer: Peer, pythons: Pythons) -> str:
    return pythons.get(peer.package, sys.executable)


@functools.cache
def _has(python: str, module: str) -> bool:
    if python == sys.executable:
        return importlib.util.find_spec(module) is not None
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
