"""The package as a whole: layers, lazy imports, optional packages, public names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fespin

PACKAGE = Path(fespin.__file__).parent

# floor of each module or folder; imports go to the same floor or below
FLOORS = {
    "_version": 0, "errors": 0, "units": 0, "uncertain": 0, "notebook": 0, "materials": 0, "table": 0,
    "interface_table": 0, "atomic": 0, "tomlfile": 0, "kernels": 0,
    "network": 1, "wigner": 1, "assemblies": 1, "exchange": 1, "device": 2, "transport": 3, "distributed": 3,
    "batteries": 3, "audit": 4,
    "benchmark": 4, "netlist": 4, "sweeps": 4, "switching": 4, "plotting": 5, "report": 6, "cli": 7, "__main__": 8,
}  # fmt: skip
# inside transport: each step knows those before it only
STEPS = [
    "stages",
    "laws",
    "frame",
    "constraints",
    "space",
    "numbering",
    "facets",
    "simplices",
    "operators",
    "couplings",
    "contact_law",
    "terms",
    "blocks",
    "linsolve",
    "lift",
    "system",
    "energy",
    "response",
    "cuts",
    "export",
    "solution",
    "solve",
    "parameters",
    "slopes",
    "sensitivities",
    "sensitivity",
]
# one folder may import another one on its own floor or below; these are the only ones to see heavy libraries
ONLY_IN = {
    "skfem": {"transport", "device", "batteries", "benchmark"},
    "meshio": {"transport", "device", "benchmark"}, "pint": {"units"},
    "matplotlib": {"plotting"}, "gmsh": {"device"}, "pyamg": {"transport"}, "numba": {"kernels"},
    "llvmlite": {"kernels"}, "threadpoolctl": {"kernels"},
    "xarray": {"network", "batteries", "sweeps"}, "pyvista": {"plotting"},
    "petsc4py": {"distributed", "benchmark"}, "mpi4py": {"distributed", "benchmark"}, "h5py": {"device"},
}  # fmt: skip


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def imports(path):
    """Absolute dotted names that a file imports, anywhere in it, except for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    branches = [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    hidden = {id(n) for branch in branches for n in ast.walk(branch)}
    package = ["fespin", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *(node.module.split(".") if node.module else [])])
            yield from (f"{name}.{alias.name}" for alias in node.names)


def home(parts):
    """First part below fespin that has a floor."""
    return parts[0] if parts else ""


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downward(path):
    """A module imports its own floor or lower ones: the folders are the architecture."""
    place = path.relative_to(PACKAGE).with_suffix("").parts[0]
    if place == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "fespin" and len(parts) > 1 and parts[1] in FLOORS:
            assert FLOORS[parts[1]] <= FLOORS[place], f"{path.name} imports {name}"
        for library, places in ONLY_IN.items():
            if parts[0] == library:
                assert place in places, f"{path.name} imports {library}"


@pytest.mark.parametrize("step", STEPS)
def test_steps_of_the_solution_know_only_earlier_ones(step):
    """mesh -> operators -> node spaces -> system -> solver -> reactions -> matrix: none knows a later one."""
    place = PACKAGE / "transport" / step
    files = list(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    for path in files:
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["fespin", "transport"] and len(parts) > 2 and parts[2] in STEPS:
                assert STEPS.index(parts[2]) <= STEPS.index(step), f"{path.name} imports {name}"


def test_operators_know_no_device():
    """Scalar operators take points, cells and numbers."""
    names = list(imports(PACKAGE / "transport" / "operators.py"))
    assert not [n for n in names if n.startswith(("fespin.device.device", "fespin.materials", "fespin.network"))]


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_import_is_light():
    """`import fespin` brings in none of the libraries it will need."""
    heavy = (
        "numpy",
        "scipy",
        "skfem",
        "meshio",
        "pint",
        "matplotlib",
        "pyamg",
        "xarray",
        "gmsh",
        "h5py",
        "mpi4py",
        "petsc4py",
    )
    assert run(f"import sys, fespin; print(*[m for m in {heavy} if m in sys.modules])") == []


@pytest.mark.parametrize("missing", ["matplotlib", "xarray", "gmsh", "h5py", "pyvista", "hypothesis"])
def test_works_without_optional_packages(missing):
    """The main job needs none of the extras; what needs one says which."""
    wire = PACKAGE.parent / "meshes" / "fn_wire_1d.toml"
    if not wire.exists():
        pytest.skip("not run from a checkout")
    job = f"import fespin; print(fespin.conductance(fespin.load({str(wire)!r})))"
    assert "conductance" in run(f"import sys; sys.modules[{missing!r}] = None; {job}")


def test_public_names_exist_and_are_documented():
    """Everything in __all__ can be imported and says what it is."""
    for name in fespin.__all__:
        value = getattr(fespin, name)
        if name != "__version__":
            assert (value.__doc__ or "").strip(), name
    assert set(fespin.__all__) <= set(dir(fespin))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = fespin.nonsense


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_hold_one_concept(path):
    """No file grows beyond what can be read in one sitting."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
