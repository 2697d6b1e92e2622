"""Make the small pictures of the index and of the README again: run every example, shrink what it draws.

    python examples/thumbnails/make.py [NAME ...]

Without names all examples run (about a minute) and the overview is drawn. Pictures of the examples themselves are not
kept in the repository: each script writes its own into the folder where it runs.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent
WIDTH, TALLEST, LIMIT = 320, 320, 18_000  # pixels, pixels, bytes


def shrink(picture: Path, width: int = WIDTH, tallest: int = TALLEST) -> Image.Image:
    """The picture on white, `width` pixels wide, or narrower if it were taller than `tallest`."""
    with Image.open(picture) as opened:
        image = Image.new("RGB", opened.size, "white")
        image.paste(opened, mask=opened.getchannel("A") if opened.mode == "RGBA" else None)
    scale = min(width / image.width, tallest / image.height)
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def save(image: Image.Image, path: Path, limit: int = LIMIT) -> None:
    """With a palette of as many colours as keep the file below `limit` bytes."""
    for colours in (128, 48, 24, 12):
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < limit:
            return


def drawn(name: str, folder: Path) -> Path:
    """Run an example; the picture that it writes."""
    spec = importlib.util.spec_from_file_location(f"drawn_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.run(folder)
    return folder / f"{name}.png"


def overview(path: Path) -> None:
    """What fespin does in one picture: a device with a mesh, the spin in it, its conductance matrix."""
    import matplotlib.pyplot as plt

    import fespin
    from fespin.plotting import plot_conductance, plot_device, plot_spin_accumulation

    device = fespin.load(EXAMPLES.parent / "meshes" / "composite.toml")
    solution = fespin.solve(device, {"left": {"e": 1e-3}})
    figure = plt.figure(figsize=(13, 6.2), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.12))
    top, bottom = left.subplots(2, 1)
    plot_device(device, top)
    plot_spin_accumulation(solution, bottom)
    plot_conductance(fespin.conductance(device), right.subplots())
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(names: list[str]) -> None:
    """Write the thumbnails."""
    import matplotlib

    matplotlib.use("Agg")
    with tempfile.TemporaryDirectory() as folder:
        for name in names or sorted(path.stem for path in EXAMPLES.glob("*.py")):
            save(shrink(drawn(name, Path(folder))), HERE / f"{name}.png")
            print(f"{name}.png {(HERE / f'{name}.png').stat().st_size / 1000:.1f} kB")
        if not names:
            overview(Path(folder) / "overview.png")
            save(shrink(Path(folder) / "overview.png", 960, 960), HERE / "overview.png", 60_000)


if __name__ == "__main__":
    main(sys.argv[1:])
