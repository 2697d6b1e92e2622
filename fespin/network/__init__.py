"""Conductance matrices, exact lumped elements and the circuits made of them."""
