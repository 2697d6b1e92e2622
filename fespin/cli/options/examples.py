"""Examples at the end of each help text; they run in a checkout, and the tests run them."""

from __future__ import annotations

EXAMPLES = {
    "": ["init my_mesh.msh", "info meshes/cross.toml", "conductance meshes/cross.toml --json cross.json",
         "reciprocity meshes/fn_wire_2d.toml"],
    "info": ["info meshes/cross.toml", "info meshes/cross.msh"],
    "conductance": [
        "conductance meshes/fn_wire_2d.toml",
        "conductance meshes/cross.toml --json cross.json -v",
        "conductance examples/devices/uncertain.toml --uncertainty",
    ],
    "reciprocity": ["reciprocity meshes/fn_wire_2d.toml --no-refine"],
    "ratchet": ["ratchet meshes/arrow_wire.toml left right --reference meshes/arrow_reference.toml"],
    "solve": ["solve meshes/fn_wire_2d.toml --set left:e=1mV --set right:e=0 --vtu fields.vtu"],
    "sweep": ["sweep meshes/fn_wire_1d.toml --vary regions.ferro.angle.y=0deg:180deg:5 --csv angles.csv"],
    "report": ["report meshes/fn_wire_1d.toml -o wire.html --set left:e=1mV"],
    "circuit": ["circuit examples/circuits/lateral_valve.toml"],
    "export": ["export meshes/fn_wire_2d.toml --spice ngspice --out wire.cir"],
    "winding run": ["winding run examples/winding/tight.toml --out tight.npz"],
    "winding info": ["winding info examples/winding/yig.toml"],
    "valve info": ["valve info examples/valve/copper.toml"],
    "valve static": ["valve static examples/valve/copper.toml --voltage 1mV"],
    "wigner staircase": ["wigner staircase --q-max 20", "wigner staircase --at 0.5 --at 1"],
    "wigner ladder": ["wigner ladder --length 8 --distance 1 --mu 1"],
    "assemblies conversion": ["assemblies conversion --r 0 1 2"],
    "assemblies interact": ["assemblies interact 1 1 90deg"],
    "exchange coupling": [
        "exchange coupling --well-depth 5eV --splitting 4.5eV --barrier-height 0.2eV --thickness 1nm",
    ],
    "exchange equilibrium": ["exchange equilibrium examples/exchange/curie.toml --temperature 30K"],
    "init": ["init my_mesh.msh", "init my_mesh.msh -o device.toml --overwrite"],
    "mesh": ["mesh", "mesh normal_strip --param mesh_size=25 --name strip",
             "mesh convert meshes/cross.toml cross.h5"],
    "materials": ["materials", "materials Py", "materials Co/Cu", "materials --interfaces"],
    "benchmark": ["benchmark 2d_1e3 --repeat 1", "benchmark 2d_1e3 --repeat 1 --peers scikit-fem",
                  "benchmark --accuracy bar_400"],
    "schema": ["schema --out device.schema.json"],
    "completion": ["completion bash"],
}  # fmt: skip
