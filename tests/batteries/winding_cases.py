"""Batteries in reduced units (A = chi = s = L = 1) for the tests."""

from fespin.batteries.winding import WindingBattery


def reduced(g=5.0, theta=1.0, R_w=0.5, friction=0.0, **more):
    """Contact g, spin torque theta, wires R_w, alpha s."""
    values = {"length": 1.0, "stiffness": 1.0, "susceptibility": 1.0, "spin_density": 1.0, **more}
    return WindingBattery(damping=friction, contact_conductance=g, spin_torque=theta, wire_resistance=R_w, **values)
