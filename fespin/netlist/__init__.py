"""Circuits in TOML files: lumped elements, saved matrices and meshed devices between named nodes."""
