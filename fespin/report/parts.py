"""Parts of the page about the device itself: verdicts, drawing, materials, mesh, provenance."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..audit.convergence import Convergence
from ..device.device import Device
from ..device.region import direction_text
from ..device.topology import heights, longest_edges
from ..materials import Ferromagnet, HalfMetal, Material
from .gather import Findings
from .html import Markup, join, listing, picture, quantity, section, table, tag, text
from .pictures import draw_convergence, draw_device

_KINDS = {"normal": "normal: e, x, y, z", "ferromagnet": "ferromagnet: e, m", "half-metal": "half metal: one channel"}


_LARGE_ERROR = 0.02  # of G, from the mesh: more is worth a caution
_CELL_WORDS = (
    "*Of each cell its longest edge counts. Flatness is the smallest height of a cell over its longest edge: 1 for "
    "lines, 0.87 for a regular triangle, 0.82 for a regular tetrahedron. λ is the shortest length over which spins "
    "change in the region."
)


def summary(found: Findings) -> Markup:
    """What a reader in a hurry wants to know."""
    ok = found.reciprocity.passed
    words = f"{found.reciprocity.verdict.removeprefix(f'{found.device.name}: ')}."
    verdict = join([tag("strong", "Checks pass: " if ok else "Checks FAIL: "), words])
    facts = [("mesh", _mesh_words(found.device)), ("error of G from the mesh", mesh_error(found.convergence))]
    facts += [("ratchet", found.ratchets[0].verdict)] if len(found.ratchets) == 1 else []
    rows = [join([tag("dt", name), tag("dd", value)]) for name, value in facts]
    parts = [tag("p", verdict, cls=f"verdict {'good' if ok else 'bad'}"), tag("dl", join(rows))]
    cautions = [*_coarse(found.convergence), *found.warnings]
    if cautions:
        parts += [tag("h3", "Cautions"), listing(cautions)]
    return section("Summary", "summary", *parts)


def _coarse(convergence: Convergence | None) -> list[str]:
    """What to do where the mesh leaves a large error."""
    if convergence is None or convergence.error < _LARGE_ERROR:
        return []
    return [f"the mesh leaves an error of about {100 * convergence.error:.2g} % of the largest entry of G: "
            "refine it where potentials change fast, or take quadratic elements (order 2)"]  # fmt: skip


def _mesh_words(device: Device) -> str:
    mesh = device.mesh
    return f"{len(mesh.points)} nodes, {len(mesh.cells)} {mesh.cell_type} cells, {mesh.dimension}D"


def mesh_error(convergence: Convergence | None) -> str:
    """The estimate in words."""
    if convergence is None:
        return "not measured: no refined mesh was solved"
    rate = ", if it falls as h" if convergence.rate is None else f", falling as h^{convergence.rate:.2f}"
    return f"about {convergence.error:.1e} of the largest entry{rate}"


def device_part(found: Findings) -> Markup:
    """Drawing, regions with materials, interfaces, terminals, field."""
    device = found.device
    names = f"regions {', '.join(device.regions)}; terminals {', '.join(device.terminals)}"
    parts = [
        picture(draw_device(device), f"Drawing of the device: {names}.",
                "Regions, mesh, terminals; arrows are magnetizations, a dot in a circle points to the viewer."),
        table("Regions and materials", ("region", "material", "σ", "ρ", "λ", "p", "D", "further", "m", "volume"),
              _regions(device), words=(0, 1, 7, 8)),
    ]  # fmt: skip
    if device.split.contacts:
        head = ("interface", "between", "g↑ (S/m²)", "g↓ (S/m²)", "AR*", "γ", "g mix (S/m²)", "memory loss δ", "facets")
        parts.append(table("Interfaces that are not ohmic", head, _interfaces(device), words=(0, 1)))
    parts.append(
        table("Terminals", ("terminal", "what it holds", "axis", "facets"), _terminals(found), words=(0, 1, 2))
    )
    extra = {1: ("cross-section", device.cross_section, "m²"), 2: ("thickness", device.thickness, "m")}
    notes = []
    if device.dimension in extra:
        name, value, unit = extra[device.dimension]
        area = f"{value:.4g} m²" if unit == "m²" else quantity(value, unit)
        notes.append(f"{name[0].upper()}{name[1:]} {area}.")
    if device.magnetic_field is not None:
        notes.append(f"Magnetic field {device.magnetic_field} T, g factor {device.g_factor:g}.")
    return section("Device", "device", *parts, *(tag("p", note) for note in notes))


def _regions(device: Device) -> Iterator[tuple[object, ...]]:
    volumes = device.volumes()
    for name, region in device.regions.items():
        material = region.material
        m = "–" if region.magnetization is None else direction_text(region)
        p = "–" if not isinstance(material, (Ferromagnet, HalfMetal)) else f"{material.polarization:.4g}"
        yield (name, _kind(material), quantity(material.conductivity, "S/m"),
               f"{1e8 / material.conductivity:.4g} µΩ cm", quantity(material.spin_diffusion_length, "m"), p,
               "–" if material.diffusivity is None else f"{1e4 * material.diffusivity:.4g} cm²/s", _further(material),
               m, f"{volumes[name]:.4g} m³")  # fmt: skip


def _kind(material: Material) -> str:
    return {"NormalMetal": "normal metal", "Ferromagnet": "ferromagnet", "HalfMetal": "half metal"}[
        type(material).__name__
    ]


def _further(material: Material) -> str:
    """Spin Hall angle, lengths of transverse spins."""
    out = []
    if getattr(material, "spin_hall_angle", 0.0):
        out.append(f"spin Hall angle {material.spin_hall_angle:.4g}")  # type: ignore[union-attr]
    if isinstance(material, Ferromagnet) and material.transverse_length is not None:
        out.append(f"transverse length {quantity(material.transverse_length, 'm')}")
        if math.isfinite(material.precession_length):
            out.append(f"precession length {quantity(material.precession_length, 'm')}")
    return ", ".join(out) or "–"


def _interfaces(device: Device) -> Iterator[tuple[object, ...]]:
    for contact in device.split.contacts:
        i = contact.interface
        one, other = (list(device.regions)[r] for r in contact.regions)
        mixing = "–" if i.mixing_conductance is None else f"{complex(i.mixing_conductance):.4g}"
        resistance = "inf" if math.isinf(i.area_resistance) else f"{1e15 * i.area_resistance:.4g} fΩ m²"
        yield (contact.name, f"{one} | {other}", f"{i.conductance_up:.4g}", f"{i.conductance_down:.4g}", resistance,
               f"{i.asymmetry:.4g}", mixing, f"{i.spin_memory_loss:.4g}", len(contact.cells))  # fmt: skip


def _terminals(found: Findings) -> Iterator[tuple[object, ...]]:
    for name, facets in found.device.terminal_facets.items():
        space = found.G.spaces[name]
        axis = "–" if space.axis is None else f"({', '.join(f'{x + 0.0:.4g}' for x in space.axis)})"
        yield name, _KINDS.get(space.kind, space.kind), axis, len(facets)


def mesh_part(found: Findings) -> Markup:
    """Sizes and shapes of cells, resolution of the shortest length, convergence of G."""
    device = found.device
    head = ("region", "cells", "shortest edge*", "median", "longest", "longest edge / λ", "flattest cell", "median")
    low, high = device.points.min(axis=0), device.points.max(axis=0)
    box = " × ".join(quantity(size, "m") for size in high - low)
    parts = [
        tag("p", f"{_mesh_words(device)}; box {box}; unit of the mesh {quantity(device.length_unit, 'm')}."),
        table("Cells by region", head, _cells(device)),
        tag("p", _CELL_WORDS),
        *(tag("p", note) for note in device.mesh.notes),
    ]  # fmt: skip
    if found.convergence is None:
        parts.append(tag("p", f"Error of G from the mesh: {mesh_error(None)}."))
    else:
        c = found.convergence
        changes = [*(f"{change:.2e}" for change in c.changes), "–"]
        rows = zip((quantity(h, "m") for h in c.sizes), c.nodes, changes, strict=True)
        parts.append(table("Conductance matrix on refined meshes", ("longest edge", "nodes", "change of G on halving"),
                           rows, words=()))  # fmt: skip
        parts.append(tag("p", f"Error of G on the device's own mesh: {mesh_error(c)}. Curved edges stay the polygons "
                              "of this mesh; their own error is not part of the estimate."))  # fmt: skip
        if len(c.changes) > 1 and min(c.changes) > 0:
            caption = "Largest change of G when all cells are halved, relative to its largest entry."
            parts.append(picture(draw_convergence(c), "Change of G against cell size, both logarithmic.", caption))
    return section("Mesh", "mesh", *parts)


def _cells(device: Device) -> Iterator[tuple[object, ...]]:
    mesh = device.mesh
    edges = longest_edges(mesh.points, mesh.cells, mesh.cell_type)
    flat = heights(mesh.points, mesh.cells, mesh.cell_type) / edges
    edges = edges * device.length_unit
    for r, (name, region) in enumerate(device.regions.items()):
        mine, material = device.cell_region == r, region.material
        lengths = [material.spin_diffusion_length]
        if isinstance(material, Ferromagnet) and material.transverse_length is not None:
            lengths += [material.transverse_length, material.precession_length]
        ratio = edges[mine].max() / min(lengths)
        yield (name, int(mine.sum()), quantity(edges[mine].min(), "m"), quantity(float(np.median(edges[mine])), "m"),
               quantity(edges[mine].max(), "m"), f"{ratio:.3g}", f"{flat[mine].min():.2g}",
               f"{np.median(flat[mine]):.2g}")  # fmt: skip


def provenance(found: Findings) -> Markup:
    """Versions, solver, seconds, files."""
    solver = found.G.info["solver"]
    facts = [
        ("backend", solver["backend"]), ("order of elements", solver["order"]), ("unknowns", solver["unknowns"]),
        ("iterations", solver["iterations"]), ("relative residual, matrix", f"{solver['residual']:.2e}"),
        ("relative residual, fields", f"{found.solution.info['solver']['residual']:.2e}"),
        ("G from energy against currents", f"{solver['reaction_difference']:.2e}"),
        ("peak memory", f"{max(solver['peak_memory_mb'].values()):.0f} MB"),
    ]  # fmt: skip
    files = [(f.role, f.name, f"{f.size} bytes", tag("code", f.sha256)) for f in found.files]
    parts = [
        tag("p", f"Made on {found.made:%Y-%m-%d at %H:%M:%S} UTC."),
        table("Solver", ("what", "value"), facts),
        table("Seconds", ("step", "seconds"), [(name, f"{s:.2f}") for name, s in found.seconds.items()]),
        table("Versions", ("what", "version"), found.versions.items(), words=(0, 1)),
    ]
    if files:
        parts.append(table("Files", ("role", "name", "size", "SHA-256"), files, words=(0, 1, 3)))
    else:
        parts.append(tag("p", "The device was made in Python: there is no file to name."))
    return section("Provenance", "provenance", *parts)


def contents(titles: dict[str, str]) -> Markup:
    """Links to the parts."""
    links = join(tag("li", Markup(f'<a href="#{text(name)}">{text(title)}</a>')) for name, title in titles.items())
    return tag("nav", tag("ul", links), aria_label="Contents")
