"""Netlists: what they say is what Python builds, the examples' numbers, the command, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

import fespin
from fespin.cli import main
from fespin.errors import InputError
from fespin.netlist.reader import load_circuit
from fespin.network.circuit import Circuit
from fespin.network.elements import (
    contact,
    ferromagnetic_wire,
    half_metal_wire,
    normal_wire,
    resistor,
    spin_relaxing_node,
)
from fespin.network.sources import current_source, spin_battery, voltage_source

ROOT = Path(__file__).parents[2]
CIRCUITS = ROOT / "examples" / "circuits"

EVERYTHING = """
[circuit]
name = "one of each"

[materials.Cu]
kind = "normal"
resistivity = "2 uohm cm"
spin_diffusion_length = "400 nm"

[materials.Co]
kind = "ferromagnet"
conductivity = "5 S/um"
spin_diffusion_length = "40 nm"
polarization = 0.4

[materials.CrO2]
kind = "half-metal"
resistivity = "30 uohm cm"
polarization = -1

[nodes.a]
potential = { e = "1 mV", z = "-20 uV" }
[nodes.g]
ground = true
[nodes.b]
potential = { e = "0.5 mV" }
hold = ["e"]

[elements]
cu = { kind = "wire", material = "Cu", length = "100 nm", area = "1e4 nm^2", between = ["a", "n"] }
end = { kind = "resistor", resistance = "2 ohm", spin = "transmitted", between = ["h", "g"] }
relax = { kind = "relaxing node", conductance = "0.3 S", at = "n" }
drive = { kind = "voltage source", voltage = "3 mV", resistance = "1 kohm", spin = "blocked", between = ["b", "g"] }
pump = { kind = "spin battery", direction = [0, 0, 1], accumulation = "2 uV", conductance = "0.1 S", at = "b" }
tie = { kind = "resistor", resistance = "3 ohm", spin = "blocked", nodes = { 1 = "b", 2 = "n" } }

[elements.co]
kind = "wire"
material = "Co"
length = "50 nm"
area = "1e4 nm^2"
magnetization = [0, 1, 1]
between = ["f", "g"]

[elements.half]
kind = "wire"
material = "CrO2"
length = "50 nm"
area = "1e4 nm^2"
magnetization = [1, 0, 0]
between = ["n", "h"]

[elements.push]
kind = "current source"
current = "1 uA"
spin_polarization = [0, 0.5, 0]
conductance = "1 mS"
between = ["n", "g"]

[elements.face]
kind = "contact"
conductance_up = "6e14 S/m^2"
conductance_down = "2e14 S/m^2"
mixing_conductance = ["5e14 S/m^2", "1e14 S/m^2"]
magnetization = [0, 1, 1]
area = "1e4 nm^2"
memory_loss = 0.2
nodes = { normal = "n", ferromagnet = "f" }
"""


def by_hand():
    circuit = Circuit("one of each")
    size = {"area": 1e-14}
    circuit.add("cu", normal_wire(conductivity=5e7, spin_diffusion_length=4e-7, length=1e-7, **size), ["a", "n"])
    args = {"conductivity": 5e6, "polarization": 0.4, "spin_diffusion_length": 4e-8, "length": 5e-8}
    circuit.add("co", ferromagnetic_wire(magnetization=[0, 1, 1], **args, **size), ["f", "g"])
    half = half_metal_wire(conductivity=1 / 3e-7, polarization=-1, magnetization=[1, 0, 0], length=5e-8, **size)
    circuit.add("half", half, ["n", "h"])
    circuit.add("end", resistor(resistance=2, spin="transmitted"), ["h", "g"])
    circuit.add("relax", spin_relaxing_node(conductance=0.3), "n")
    circuit.add("drive", voltage_source(voltage=3e-3, resistance=1e3, spin="blocked"), ["b", "g"])
    circuit.add("push", current_source(current=1e-6, spin_polarization=[0, 0.5, 0], conductance=1e-3), ["n", "g"])
    circuit.add("pump", spin_battery(direction=[0, 0, 1], accumulation=2e-6, conductance=0.1), "b")
    circuit.add("tie", resistor(resistance=3, spin="blocked"), ["b", "n"])
    face = contact(
        conductance_up=6e14,
        conductance_down=2e14,
        mixing_conductance=5e14 + 1e14j,
        magnetization=[0, 1, 1],
        memory_loss=0.2,
        **size,
    )
    circuit.add("face", face, {"normal": "n", "ferromagnet": "f"})
    circuit.hold("a", {"e": 1e-3, "z": -2e-5})
    circuit.ground("g")
    circuit.hold("b", {"e": 5e-4}, components=["e"])
    return circuit


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "c.toml"
        path.write_text(text)
        return path

    return write


def test_a_netlist_is_the_circuit_built_by_hand(write):
    """Every kind of element with its units; the same potentials to rounding."""
    read, built = load_circuit(write(EVERYTHING)), by_hand()
    assert read.name == built.name
    assert read.held.keys() == built.held.keys()
    for node, values in built.held.items():
        assert read.held[node] == pytest.approx(values)
    for name, (element, nodes) in built.elements.items():
        other, places = read.elements[name]
        assert places == nodes
        for one, two in ((other, element), (getattr(other, "matrix", None), getattr(element, "matrix", None))):
            for key in ("values", "currents"):
                if isinstance(getattr(two, key, None), np.ndarray):
                    scale = np.abs(getattr(two, key)).max()
                    assert np.allclose(getattr(one, key), getattr(two, key), rtol=0, atol=1e-14 * scale)
    one, two = read.solve(), built.solve()
    for node, values in two.potentials.items():
        assert one.potentials[node] == pytest.approx(values, abs=1e-15)
    assert one.balance < 1e-12


def test_lateral_valve_example(capsys):
    """B2 (Takahashi and Maekawa): 28.709389 mohm between both directions of the detector, 1 uA of drive."""
    assert main(["circuit", str(CIRCUITS / "lateral_valve.toml"), "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["circuit"] == "lateral spin valve"
    assert found["units"]["potentials"] == "V"
    V = found["potentials"]
    assert V["F2"]["e"] - V["right"]["e"] == pytest.approx(0.5 * 28.709389e-9, rel=1e-6)


def test_turning_the_detector_turns_the_signal(write):
    """The example with the detector reversed: the opposite nonlocal voltage."""
    head, tail = (CIRCUITS / "lateral_valve.toml").read_text().split("[elements.junction2]")
    turned = load_circuit(write(head + "[elements.junction2]" + tail.replace("[0, 0, 1]", "[0, 0, -1]")))
    V = turned.solve().potentials
    assert V["F2"]["e"] - V["right"]["e"] == pytest.approx(-0.5 * 28.709389e-9, rel=1e-6)


def test_meshed_device_and_contact_example(capsys):
    """The netlist's matrix is that of the device solved in Python and joined by hand."""
    path = str(CIRCUITS / "meshed_wire_and_contact.toml")
    assert main(["circuit", path, "--reduce", "Co,analyser", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    face = contact(
        conductance_up=3e14,
        conductance_down=1e14,
        mixing_conductance=3e14 + 0.2e14j,
        magnetization=[1, 0, 0],
        area=8e-16,
    )
    circuit = Circuit()
    wire = fespin.conductance(fespin.load(ROOT / "meshes" / "fn_wire_2d.toml"))
    circuit.add("wire", wire, {"left": "Co", "right": "spacer"})
    circuit.add("face", face, {"normal": "spacer", "ferromagnet": "analyser"})
    G = circuit.reduce(["Co", "analyser"])
    assert found["terminals"] == ["Co", "analyser"]
    assert np.allclose(found["conductance"], G.values, rtol=0, atol=1e-14)
    assert found["source_currents"] == [0.0] * 8
    assert main(["circuit", path]) == 0
    out, err = capsys.readouterr()
    assert "node potentials, V" in out
    assert "power balance" in out
    assert err == ""


def test_saved_matrices_are_elements(write, tmp_path):
    """kind = "matrix" reads what `fespin conductance --json` and `save` write."""
    wire = normal_wire(conductivity=1, length=2, area=1, terminals=("l", "r"))
    wire.save(tmp_path / "w.json")
    wire.save(tmp_path / "w.npz")
    text = "".join(
        f'[elements.{k}]\nkind = "matrix"\nfile = "w.{k}"\nnodes = {{ l = "a", r = "b" }}\n' for k in ("json", "npz")
    )
    G = load_circuit(write(text)).reduce(["a", "b"])
    assert G["a", "e", "b", "e"] == pytest.approx(1.0)


def test_sources_show_in_the_reduced_circuit(write, capsys):
    """--reduce prints the currents that the circuit sends out of its nodes."""
    text = '[elements.b]\nkind="voltage source"\nvoltage="1 V"\nresistance="2 ohm"\nspin="blocked"\nbetween=["p","m"]\n'
    assert main(["circuit", str(write(text)), "--reduce", "p, m"]) == 0
    out = capsys.readouterr().out
    assert "currents out of the circuit" in out
    assert "5.000000e-01" in out


def test_failed_balance_gives_exit_code_1(write, monkeypatch, capsys):
    monkeypatch.setattr("fespin.cli.circuit._BALANCE", 0.0)
    assert main(["circuit", str(write(EVERYTHING))]) == 1
    assert "power balance" in capsys.readouterr().out


RESISTOR = '[elements.R]\nkind = "resistor"\nresistance = "1 ohm"\nspin = "blocked"\nbetween = ["a", "b"]\n'
WIRE = (
    '[materials.Cu]\nkind = "normal"\nresistivity = "2 uohm cm"\nspin_diffusion_length = "inf"\n'
    '[elements.w]\nkind = "wire"\nmaterial = "Cu"\nlength = "1 nm"\narea = "1 nm^2"\nbetween = ["a", "b"]\n'
)
FACE = (
    '[elements.c]\nkind = "contact"\nconductance_up = "2 S"\nconductance_down = "1 S"\n'
    'mixing_conductance = "2 S"\nmagnetization = [0, 0, 1]\nnodes = { normal = "a", ferromagnet = "b" }\n'
)
GROUND = "[nodes.a]\nground = true\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"must have a table \[elements.NAME\]"),
        ("[elements", "is not valid TOML"),
        ("elements = 3", r"\[elements\] must be a table of tables, got 3"),
        ("[elements]\nR = 3", r"\[elements.R\] must be a table, got 3"),
        ("[device]\nname = 'x'", "unknown key 'device'"),
        ("[elemets.R]", "unknown key 'elemets'; did you mean 'elements'"),
        (RESISTOR + "[circuit]\ntitle = 'x'", r"\[circuit\] has the unknown key 'title'"),
        (RESISTOR + "[circuit]\nname = 3", r"\[circuit\] name must be a string, got 3"),
        ("[elements.R]\nresistance = 3", r"\[elements.R\] must have the key 'kind', got none; one of wire"),
        (RESISTOR.replace("resistor", "resister"), "unknown kind 'resister'; did you mean 'resistor'"),
        (RESISTOR + "lenght = 3", "unknown key 'lenght'"),
        (RESISTOR.replace("spin = ", "spn = "), r"unknown key 'spn'; did you mean 'spin'"),
        (RESISTOR.replace('spin = "blocked"\n', ""), "must have the key 'spin', got none; 'blocked' or 'transmitted'"),
        (RESISTOR.replace("blocked", "lost"), "'blocked' or 'transmitted', got 'lost'"),
        (RESISTOR.replace("1 ohm", "1 S"), "resistance must be a quantity with a unit that converts to ohm"),
        (RESISTOR.replace("1 ohm", "-1 ohm"), "resistance must be a positive number in ohm"),
        (RESISTOR.replace('["a", "b"]', '["a"]'), r"\[elements.R\] between must be exactly one of 'at'"),
        (RESISTOR.replace('["a", "b"]', "3"), r"between must be a list of names, got 3"),
        (RESISTOR.replace("between", "at"), r"at must be a string"),
        (RESISTOR.replace('between = ["a", "b"]', ""), "must have exactly one of .* got none"),
        (RESISTOR + 'at = "a"', "got between and at"),
        (RESISTOR.replace('between = ["a", "b"]', 'nodes = { 1 = "a" }'), "a node for every terminal"),
        (RESISTOR.replace('between = ["a", "b"]', 'nodes = { 1 = "a", 2 = 3 }'), "to nodes with names"),
        (RESISTOR, "has no node with a held voltage"),
        (RESISTOR + "[nodes.c]\nground = true", r"\[nodes.c\] is at no terminal of an element; known: a, b"),
        (RESISTOR + "[nodes.a]", r"\[nodes.a\] must have exactly one of 'ground' and 'potential'"),
        (RESISTOR + "[nodes.a]\nground = false", r"ground must be true or a list of components"),
        (RESISTOR + "[nodes.a]\nground = ['w']", r"ground has no component 'w'"),
        (RESISTOR + "[nodes.a]\nground = true\nhold = ['e']", r"hold goes with 'potential'"),
        (RESISTOR + "[nodes.a]\ngrounded = true", r"unknown key 'grounded'; did you mean 'ground'"),
        (RESISTOR + "[nodes.a]\npotential = 3", r"potential must be a table, got 3"),
        (RESISTOR + "[nodes.a]\npotential = { s = '1 V' }", r"potential has the unknown key 's'"),
        (RESISTOR + "[nodes.a]\npotential = { e = '1 A' }", r"potential e must be a quantity with a unit"),
        (RESISTOR + "[nodes.a]\npotential = { e = inf }", r"a finite number in V"),
        (RESISTOR + "[nodes.a]\npotential = { e = 1 }\nhold = ['z']", "with e to give it a value"),
        (
            RESISTOR + GROUND + RESISTOR.replace(".R", ".Q").replace('"a", "b"', '"c", "d"'),
            r"'c' \(e\), 'd' \(e\) floating",
        ),
        (WIRE.replace('material = "Cu"', 'material = "Co"'), "names the material 'Co', which is not under"),
        (WIRE + "magnetization = [0, 0, 1]", "must be left out for the normal metal Cu"),
        (
            WIRE.replace('kind = "normal"', 'kind = "ferromagnet"\npolarization = 0.3'),
            "must have the key 'magnetization'",
        ),
        (WIRE.replace("2 uohm cm", "2 m"), r"\[materials.Cu\] resistivity must be"),
        (WIRE.replace('length = "1 nm"\n', ""), "must have the key 'length', got none"),
        (FACE.replace("[0, 0, 1]", "[0, 1]"), "magnetization must be three numbers like"),
        (FACE.replace("[0, 0, 1]", "[0, 0, 0]"), "a direction of three numbers, not all zero"),
        (FACE.replace('mixing_conductance = "2 S"', 'mixing_conductance = ["2 S"]'), "real and imaginary part"),
        (FACE.replace('mixing_conductance = "2 S"', 'mixing_conductance = "1 S"'), "a real part of at least"),
        (FACE + 'area = "1 nm^2"', "converts to S/m"),
        (
            FACE.replace('nodes = { normal = "a", ferromagnet = "b" }', 'between = ["a", "b"]'),
            "replaced by nodes = { normal",
        ),
        ('[elements.d]\nkind = "device"\nfile = "no.toml"\nnodes = { l = "a" }', "no.toml cannot be read"),
        ('[elements.d]\nkind = "device"\nfile = "no.json"\nnodes = { l = "a" }', 'kind = "matrix" reads saved'),
        ('[elements.d]\nkind = "device"\nfile = "no.toml"\norder = 3\nnodes = { l = "a" }', "order must be 1 or 2"),
        ('[elements.d]\nkind = "matrix"\nfile = "no.json"\nnodes = { l = "a" }', "no.json cannot be read"),
        ('[elements.d]\nkind = "spin battery"\ndirection = [0, 0, 1]\nat = "a"', "exactly one of accumulation"),
        (RESISTOR.replace("elements.R", 'elements.""'), "a text that no other element"),
    ],
)
def test_bad_netlists_get_one_line_and_exit_code_2(text, message, write, capsys):
    path = write(text)
    assert main(["circuit", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    with pytest.raises(InputError, match=message):
        load_circuit(path).solve()
    assert str(path) in err


@pytest.mark.parametrize("nodes", ["a", "a,q", "a,,b", "a,a", ""])
def test_bad_reductions(nodes, write, capsys):
    """One good node is a matrix of one terminal; names that repeat, are empty or unknown are refused."""
    code = main(["circuit", str(write(RESISTOR)), "--reduce", nodes])
    out, err = capsys.readouterr()
    if nodes == "a":
        assert code == 0
        assert "conductance in S" in out
    else:
        assert code == 2
        assert out == ""
        assert err.count("\n") == 1


def test_what_is_no_path_or_no_text(tmp_path):
    with pytest.raises(InputError, match="the path of a netlist, got 3"):
        load_circuit(3)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="text file in UTF-8"):
        load_circuit(tmp_path / "b.toml")
    with pytest.raises(InputError, match="cannot be read"):
        load_circuit(tmp_path)
